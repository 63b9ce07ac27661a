// The incidents that are going on, as a narrow column beside the overview and on the wall.

import { Link } from 'wouter-preact';
import type { IncidentAnswer, IncidentsAnswer } from '../../../../api/schemas/incidents.ts';
import { useGet } from '../../api/use-get.ts';
import { connection, nowMs } from '../../live/stream.ts';
import { SeverityBadge, StateShape } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { formatDuration, formatTime } from '../../words/formats.ts';
import { incidentTitle, whereOf } from './incident-words.ts';
import './severity.css';
import './strip.css';
import { byUrgency } from './order.ts';
import { activeIncidents, incidentsState, load, useActiveIncidents } from './store.ts';
import { t } from './words.ts';

const LEAST_ROWS = 4;
const LATELY_MS = 3_600_000;
/** The question changes so seldom that answers can stay on screen meanwhile. */
const STEP_MS = 15 * 60_000;

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
      {known && rows.length < LEAST_ROWS && <Lately />}
    </div>
  );
}

/** What has ended within the last hour, quietly. */
function Lately() {
  const fromMs = Math.floor((nowMs.value - LATELY_MS) / STEP_MS) * STEP_MS;
  const { data } = useGet<IncidentsAnswer>(
    '/incidents',
    { state: 'cleared', from: new Date(fromMs).toISOString(), limit: LEAST_ROWS + 1 },
    { refreshS: 20 },
  );
  if (data === undefined || data.incidents.length === 0) return null;
  return (
    <section class="strip-lately" aria-label={t('lately')}>
      <h3>{t('lately')}</h3>
      <ul>
        {data.incidents.map((incident) => (
          <li key={incident.id}>
            <Link href={`/incidents/${encodeURIComponent(incident.id)}`}>
              <span>{incidentTitle(incident)}</span>
              <span class="strip-where">{whereOf(incident)}</span>
              <time dateTime={incident.clearedAt ?? undefined}>{formatTime(incident.clearedAt)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function StripRow({ incident }: { readonly incident: IncidentAnswer }) {
  const { acknowledged, severity, unconfirmed } = incident;
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
        {unconfirmed !== null && (
          <span class="incident-word incident-unconfirmed">{t('unconfirmedShort')}</span>
        )}
      </Link>
    </li>
  );
}
