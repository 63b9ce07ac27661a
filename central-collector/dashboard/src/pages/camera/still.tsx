// What the camera sees, where its box lets pictures go. Asked for once when the page opens, then by hand: a picture over
// a mobile link costs.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { formatDuration, formatTime } from '../../words/formats.ts';
import { CameraSetup, type Still } from '../setup/api.ts';
import { t } from './words.ts';

type State =
  | { readonly is: 'asking'; readonly still: Still | null }
  | { readonly is: 'there'; readonly still: Still }
  | { readonly is: 'kept' }
  | { readonly is: 'failed'; readonly problem: unknown };

export function StillPicture({
  site,
  agent,
  camera,
  name,
}: {
  readonly site: string;
  readonly agent: string;
  readonly camera: string;
  readonly name: string;
}) {
  const [state, setState] = useState<State>({ is: 'asking', still: null });
  const stop = useRef<AbortController>();
  const url = useRef<string>();

  const take = useCallback(() => {
    stop.current?.abort();
    const now = new AbortController();
    stop.current = now;
    setState((before) => ({ is: 'asking', still: 'still' in before ? before.still : null }));
    new CameraSetup({ site, agent, camera }).still(now.signal).then(
      (still) => {
        if (url.current !== undefined) URL.revokeObjectURL(url.current);
        url.current = still.url;
        setState({ is: 'there', still });
      },
      (problem: unknown) => {
        if (now.signal.aborted) return;
        const kept = problem instanceof ApiProblem && problem.code === 'not-allowed';
        setState(kept ? { is: 'kept' } : { is: 'failed', problem });
      },
    );
  }, [site, agent, camera]);

  useEffect(() => {
    take();
    return () => {
      stop.current?.abort();
      if (url.current !== undefined) URL.revokeObjectURL(url.current);
      url.current = undefined;
    };
  }, [take]);

  return (
    <Panel
      title={t('still')}
      actions={
        state.is !== 'kept' && (
          <Button onClick={take} busy={state.is === 'asking'}>
            {t('stillTake')}
          </Button>
        )
      }
    >
      {state.is === 'kept' && <p>{t('stillKept')}</p>}
      {state.is === 'failed' && <Problem problem={state.problem} />}
      {state.is === 'asking' && state.still === null && <p aria-busy="true">{t('stillLoading')}</p>}
      {'still' in state && state.still !== null && <Picture still={state.still} name={name} />}
    </Panel>
  );
}

/** A still is never the present: it always says how old it is. */
function Picture({ still, name }: { readonly still: Still; readonly name: string }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <figure>
      <img class="still" src={still.url} alt={t('stillAlt', { camera: name })} />
      <figcaption class="age">
        {t('stillAt', { time: formatTime(still.atMs, true), age: formatDuration(Date.now() - still.atMs) })}
      </figcaption>
    </figure>
  );
}
