// One incident: evidence, what was measured, what happened, what to do, and the way to camera and history. Printable.

import { useEffect } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { IncidentDetailAnswer } from '../../../../api/schemas/incidents.ts';
import { ApiProblem } from '../../api/client.ts';
import { useGet } from '../../api/use-get.ts';
import { nowMs, on } from '../../live/stream.ts';
import { SeverityBadge } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { dateOf } from '../../parts/plot-time.ts';
import { Problem } from '../../parts/problem.tsx';
import { common } from '../../words/common.ts';
import { formatDateTime, formatDuration, formatShare, timeZone } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { GO_MS, isTyping } from './active-list.tsx';
import { stepsFor } from './advice.ts';
import { Clip, Snapshot } from './evidence.tsx';
import { Measured, Said } from './incident-summary.tsx';
import { cameraHref, incidentTitle, stateWord, whereOf } from './incident-words.ts';
import { Timeline } from './timeline.tsx';
import { type Acting, useActing, VerdictButtons, VerdictDialog } from './verdict-actions.tsx';
import { verdictOfKey } from './verdicts.ts';
import { t } from './words.ts';

const AROUND_MS = 90 * 60_000;

export function IncidentDetail({ id }: { readonly id: string }) {
  const { data, problem, loading, reload } = useGet<IncidentDetailAnswer>(
    `/incidents/${encodeURIComponent(id)}`,
  );
  const acting = useActing(reload);
  useEffect(() => {
    const ends = [
      on('incident', ({ data: { incident } }) => incident.id === id && reload()),
      on('verdict', ({ data: { incident } }) => incident.id === id && reload()),
      // Whether the box stands by it has changed, perhaps.
      on('box', ({ data: { site, agent } }) => id.startsWith(`${site}.${agent}.`) && reload()),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [id, reload]);
  useEffect(() => {
    document.title = `${data === undefined ? t('title') : incidentTitle(data)} – ngatu`;
  });
  useVerdictKeys(data, acting);

  if (data === undefined) {
    if (problem instanceof ApiProblem && problem.status === 404)
      return (
        <Empty title={t('noSuch')}>
          {t('noSuchHint')} <Link href="/incidents">{t('openList')}</Link>
        </Empty>
      );
    if (problem !== undefined) return <Problem problem={problem} onRetry={reload} />;
    return <p class="incident-quiet">{loading && common('loading')}</p>;
  }
  const endMs = data.clearedAt === null ? nowMs.value : Date.parse(data.clearedAt);
  return (
    <div class="detail">
      <header class="detail-head">
        <Link href="/incidents" class="detail-back">
          ← {t('back')}
        </Link>
        <div class="detail-title">
          <h1>{incidentTitle(data)}</h1>
          <SeverityBadge severity={data.severity} />
          <span class={`detail-state detail-state-${data.state}`}>{stateWord(data)}</span>
          <span class="detail-age">{formatDuration(endMs - Date.parse(data.detectedAt))}</span>
        </div>
        <p class="detail-where">
          <Link href={cameraHref(data)}>{whereOf(data)}</Link> <code>{data.camera}</code>
        </p>
        <VerdictButtons incident={data} acting={acting} />
        <Said incident={data} />
        {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      </header>
      <Panel title={t('evidence')} class="detail-evidence">
        <Snapshot incident={data} picture={data.picture} />
        <Clip incident={data} />
      </Panel>
      <div class="detail-side">
        <Panel title={t('measured')}>
          <Measured incident={data} />
        </Panel>
        <Panel title={t('where')}>
          <Facts incident={data} />
        </Panel>
        <Panel title={t('next')}>
          <ol class="steps">
            {stepsFor(data.kind).map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Panel>
      </div>
      <Panel title={t('timeline')} class="detail-timeline">
        <Timeline timeline={data.timeline} />
      </Panel>
      <VerdictDialog acting={acting} />
    </div>
  );
}

function Facts({ incident }: { readonly incident: IncidentDetailAnswer }) {
  const facts: [string, string | null][] = [
    [t('startedAt'), formatDateTime(incident.startedAt)],
    [t('detectedAt'), formatDateTime(incident.detectedAt)],
    [t('updatedAt'), formatDateTime(incident.updatedAt)],
    [t('endedAt'), incident.clearedAt === null ? null : formatDateTime(incident.clearedAt)],
    [t('confidence'), formatShare(incident.confidence)],
    [t('region'), incident.region === null ? null : slugText(incident.region)],
    [t('lane'), incident.lane],
  ];
  return (
    <>
      <dl class="measured">
        {facts.map(
          ([label, value]) =>
            value !== null && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div class="detail-links">
        <ButtonLink href={cameraHref(incident)} icon="camera">
          {t('toCamera')}
        </ButtonLink>
        <ButtonLink href={historyHref(incident)} icon="history">
          {t('toHistory')}
        </ButtonLink>
        <Button icon="download" onClick={() => window.print()}>
          {t('print')}
        </Button>
      </div>
    </>
  );
}

/** The traffic of its camera from an hour and a half before to as long after, beside a typical day. */
function historyHref({ camera, startedAt, clearedAt }: IncidentDetailAnswer): string {
  const zone = timeZone();
  const from = Date.parse(startedAt) - AROUND_MS;
  const to = Date.parse(clearedAt ?? startedAt) + AROUND_MS;
  const search = new URLSearchParams({
    camera,
    from: dateOf(from, zone),
    to: dateOf(to, zone),
    zoom: `${new Date(from).toISOString()},${new Date(to).toISOString()}`,
    compare: 'typical',
  });
  return `/history?${search}`;
}

function useVerdictKeys(incident: IncidentDetailAnswer | undefined, acting: Acting): void {
  useEffect(() => {
    let wentAtMs = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (event.key === 'g') wentAtMs = event.timeStamp;
      const verdict = verdictOfKey(event.key);
      if (verdict === null || incident === undefined || event.timeStamp - wentAtMs < GO_MS) return;
      event.preventDefault();
      acting.begin(incident, verdict);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
}
