// An incident beside the list: its picture, what was measured, and the buttons.

import { Link } from 'wouter-preact';
import type { IncidentAnswer } from '../../../../api/schemas/incidents.ts';
import { nowMs } from '../../live/stream.ts';
import { SeverityBadge } from '../../parts/badge.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { formatMoment } from '../../words/formats.ts';
import { stepsFor } from './advice.ts';
import { Snapshot } from './evidence.tsx';
import {
  cameraHref,
  endWord,
  incidentTitle,
  roadUserOf,
  unconfirmedWords,
  whereOf,
} from './incident-words.ts';
import { measureLines } from './measures.ts';
import { type Acting, VerdictButtons } from './verdict-actions.tsx';
import { t } from './words.ts';

export function IncidentSummary({
  incident,
  acting,
}: {
  readonly incident: IncidentAnswer;
  readonly acting: Acting;
}) {
  return (
    <article class="summary">
      <header class="summary-head">
        <SeverityBadge severity={incident.severity} />
        <h3>{incidentTitle(incident)}</h3>
        <Link href={cameraHref(incident)}>{whereOf(incident)}</Link>
      </header>
      <VerdictButtons incident={incident} acting={acting} />
      <Said incident={incident} />
      <Snapshot incident={incident} picture={null} />
      <Measured incident={incident} />
      <ol class="steps">
        {stepsFor(incident.kind).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <ButtonLink href={`/incidents/${encodeURIComponent(incident.id)}`} icon="right">
        {t('details')}
      </ButtonLink>
    </article>
  );
}

/** Who has said what so far. */
export function Said({ incident }: { readonly incident: IncidentAnswer }) {
  const { acknowledged, verdict, state } = incident;
  const end = endWord(incident);
  const unconfirmed = unconfirmedWords(incident);
  return (
    <ul class="said">
      {unconfirmed !== null && (
        <li class="incident-unconfirmed">
          <b>{unconfirmed.since}</b> {unconfirmed.why}
        </li>
      )}
      <li>
        {acknowledged === null
          ? state === 'active' && t('notAcknowledged')
          : t('acknowledgedBy', {
              by: acknowledged.by,
              at: formatMoment(acknowledged.at, nowMs.value, true),
            })}
      </li>
      {verdict !== null && <li>{t(verdict === 'confirmed' ? 'confirmed' : 'falseAlarmed')}</li>}
      {end !== null && <li>{end}</li>}
    </ul>
  );
}

export function Measured({ incident }: { readonly incident: IncidentAnswer }) {
  const roadUser = roadUserOf(incident);
  const lines = [
    ...(roadUser === null ? [] : [{ key: 'roadUser', label: t('roadUser'), value: roadUser }]),
    ...measureLines(incident.measures),
  ];
  if (lines.length === 0) return null;
  return (
    <dl class="measured">
      {lines.map(({ key, label, value }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
