// The incidents that are going on, as a narrow column beside the overview and on the wall.

import { Link } from 'wouter-preact';
import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { connection, nowMs } from '../../live/stream.ts';
import { SeverityBadge, StateShape } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { formatDuration } from '../../words/formats.ts';
import { incidentTitle, whereOf } from './incident-words.ts';
import './severity.css';
import './strip.css';
import { byUrgency } from './order.ts';
import { activeIncidents, incidentsState, load, useActiveIncidents } from './store.ts';
import { t } from './words.ts';

export function IncidentStrip() {
  useActiveIncidents();
  const { known, problem } = incidentsState.value;
  const rows = [...activeIncidents.value.values()].sort(byUrgency);
  return (
    <div class={`strip ${connection.value.state === 'live' ? '' : 'strip-stale'}`}>
      {problem !== undefined && <Problem problem={problem} onRetry={() => void load()} />}
      {!known && problem === undefined && <p class="incident-quiet">{common('loading')}</p>}
      {known && rows.length === 0 && <Empty title={t('noneActive')} />}
      <ul aria-label={t('activeTitle')}>
        {rows.map((incident) => (
          <StripRow key={incident.id} incident={incident} />
        ))}
      </ul>
    </div>
  );
}

function StripRow({ incident }: { readonly incident: IncidentAnswer }) {
  const { acknowledged, severity } = incident;
  return (
    <li>
      <Link
        href={`/incidents/${encodeURIComponent(incident.id)}`}
        class={`strip-row incident-${severity} ${acknowledged === null ? 'incident-waits' : ''}`}
        data-incident={incident.id}
      >
        <span class="strip-title">
          <SeverityBadge severity={severity} word={false} />
          <b>{incidentTitle(incident)}</b>
          <span class="strip-age">{formatDuration(nowMs.value - Date.parse(incident.detectedAt))}</span>
        </span>
        <span class="strip-where">{whereOf(incident)}</span>
        <span class={acknowledged === null ? 'incident-word incident-word-waits' : 'incident-word'}>
          {acknowledged === null ? (
            t('notAcknowledged')
          ) : (
            <>
              <StateShape tone="ok" /> {acknowledged.by}
            </>
          )}
        </span>
      </Link>
    </li>
  );
}
