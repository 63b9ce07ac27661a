// Says across the whole page that it does not show the present, and what the centre itself is in trouble with.

import { useEffect, useRef, useState } from 'preact/hooks';
import { centreProblems, connection } from '../live/stream.ts';
import { CentreProblem } from '../parts/centre-problem.tsx';
import { Icon } from '../parts/icon.tsx';
import { formatDuration, formatTime } from '../words/formats.ts';
import { t } from './words.ts';

const SAY_BACK_MS = 4000;

export function ConnectionBanner() {
  const { state, sinceMs } = connection.value;
  const problems = centreProblems.value;
  const back = useBack(state);
  const silentMs = useSilence(sinceMs, state === 'stale' || state === 'cut');
  const title =
    state === 'stale'
      ? t('staleTitle', { age: formatDuration(silentMs) })
      : state === 'cut'
        ? t('cutTitle')
        : null;
  return (
    <>
      {title !== null && (
        <div class={`banner banner-${state}`}>
          <Icon name="cut" size="1.5rem" />
          <div>
            <strong>{title}</strong>
            <p>
              {sinceMs === null
                ? t('cutNever')
                : t('cutSince', { time: formatTime(sinceMs, true), age: formatDuration(silentMs) })}
            </p>
          </div>
        </div>
      )}
      {back && title === null && <div class="banner banner-back">{t('backLive')}</div>}
      {title === null && problems.length > 0 && (
        <div class="banner banner-problem">
          <Icon name="incident" size="1.5rem" />
          <div>
            <strong>{t('problems')}</strong>
            <ul>
              {problems.map((problem) => (
                <li key={problem}>
                  <CentreProblem problem={problem} />
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      {/* Said once for each change, not with each second that the age grows. */}
      <div class="unseen" role="alert">
        {state === 'cut' || state === 'stale' ? t('cutTitle') : back ? t('backLive') : ''}
      </div>
    </>
  );
}

/** True for some seconds after the connection came back. */
function useBack(state: string): boolean {
  const wasLost = useRef(false);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (state === 'stale' || state === 'cut') wasLost.current = true;
    if (state !== 'live' || !wasLost.current) return;
    wasLost.current = false;
    setBack(true);
    const timer = setTimeout(() => setBack(false), SAY_BACK_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return back;
}

/** How long the centre has been silent, by this machine's clock; moves on by itself while nothing else does. */
function useSilence(sinceMs: number | null, running: boolean): number | null {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return sinceMs === null ? null : Date.now() - sinceMs;
}
