// What happened, oldest first: the camera's messages and what people said. A long row of messages that say the same is
// one line.

import type { IncidentDetailAnswer } from '../../../../api/schemas/incidents.ts';
import { nowMs } from '../../live/stream.ts';
import { SeverityBadge, StateShape } from '../../parts/badge.tsx';
import { formatMoment } from '../../words/formats.ts';
import { measureLines } from './measures.ts';
import { fold, type TimelineEntry } from './timeline-fold.ts';
import { t } from './words.ts';

const STATES = {
  detected: 'stateDetected',
  updated: 'stateUpdated',
  confirmed: 'stateConfirmed',
  rejected: 'stateRejected',
  cleared: 'stateCleared',
} as const;

const SAID = {
  acknowledge: 'saidAcknowledge',
  confirm: 'saidConfirm',
  'false-alarm': 'saidFalseAlarm',
  clear: 'saidClear',
  note: 'saidNote',
} as const;

export function Timeline({ timeline }: Pick<IncidentDetailAnswer, 'timeline'>) {
  return (
    <ol class="timeline">
      {fold(timeline).map((entry) => (
        <Entry key={entry.key} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  if (entry.what === 'between')
    return (
      <li class="timeline-between">
        <span />
        <span>{t('versionsBetween', { n: entry.count })}</span>
      </li>
    );
  const at = formatMoment(entry.at, nowMs.value, true);
  if (entry.what === 'verdict')
    return (
      <li class="timeline-verdict">
        <time dateTime={entry.at}>{at}</time>
        <div>
          <strong>
            <StateShape tone="accent" /> {t(SAID[entry.verdict], { by: entry.by })}
          </strong>
          {entry.note !== null && <blockquote>{entry.note}</blockquote>}
        </div>
      </li>
    );
  const state = STATES[entry.state as keyof typeof STATES];
  const measures = measureLines(entry.measures)
    .filter(({ value }) => value !== '')
    .slice(0, 3);
  return (
    <li>
      <time dateTime={entry.at}>{at}</time>
      <div>
        <span>{t('versionTold', { state: state === undefined ? entry.state : t(state) })}</span>{' '}
        <SeverityBadge severity={entry.severity} />
        {measures.length > 0 && (
          <p class="timeline-measures">
            {measures.map(({ label, value }) => `${label}: ${value}`).join(' · ')}
          </p>
        )}
      </div>
    </li>
  );
}
