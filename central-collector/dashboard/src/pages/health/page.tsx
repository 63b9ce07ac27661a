// How boxes and links fare: what needs attention first, with what to do; the rest in a table.

import type { BoxAnswer } from '../../../../api/schemas/places.ts';
import { nowMs } from '../../live/stream.ts';
import { Badge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problem } from '../../parts/problem.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { common } from '../../words/common.ts';
import { formatBytes, formatMoment, formatNumber, formatShare, NONE } from '../../words/formats.ts';
import { BoxCard, formatOffset, STATE_TONES } from './box-card.tsx';
import { boxName, useBoxes } from './boxes.ts';
import { CentrePanel } from './centre-panel.tsx';
import './page.css';
import { compareVersions, newestVersion, troublesOf, weightOf } from './troubles.ts';
import { t, troubleAdvice } from './words.ts';

export function Page() {
  const { boxes, data, problem, reload } = useBoxes();
  const newest = newestVersion(boxes);
  const judged = boxes
    .map((box) => ({ box, troubles: troublesOf(box, nowMs.value, newest) }))
    .sort(
      (a, b) => weightOf(b.troubles) - weightOf(a.troubles) || (boxName(a.box) < boxName(b.box) ? -1 : 1),
    );
  const troubled = judged.filter(({ troubles }) => weightOf(troubles) > 0);
  const well = judged.filter(({ troubles }) => weightOf(troubles) === 0).map(({ box }) => box);
  return (
    <div class="health">
      <h1>{t('title')}</h1>
      <CentrePanel />
      {problem !== undefined && <Problem problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <p aria-busy="true">{common('loading')}</p>}
      {data !== undefined && boxes.length === 0 && <Empty title={t('none')}>{t('noneHint')}</Empty>}
      {boxes.length > 0 && (
        <>
          <Panel
            title={t('attention')}
            actions={<span class="age">{t('summary', { well: well.length, total: boxes.length })}</span>}
          >
            {troubled.length === 0 ? (
              <Badge tone="ok">{t('allWell')}</Badge>
            ) : (
              <ul class="boxes">
                {troubled.map(({ box, troubles }) => (
                  <li key={boxName(box)}>
                    <BoxCard box={box} troubles={troubles} />
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          {well.length > 0 && (
            <Panel title={t('well')}>
              <Table caption={t('boxes')} rows={well} rowKey={boxName} columns={columns(newest)} />
            </Panel>
          )}
        </>
      )}
    </div>
  );
}

function columns(newest: string | null): Column<BoxAnswer>[] {
  const live = (text: string) => <span class="live">{text}</span>;
  return [
    { key: 'box', title: t('box'), render: boxName },
    {
      key: 'state',
      title: t('state'),
      render: ({ state }) => <Badge tone={STATE_TONES[state]}>{t(state)}</Badge>,
    },
    {
      key: 'version',
      title: t('version'),
      render: ({ version }) =>
        version !== null && newest !== null && compareVersions(version, newest) < 0 ? (
          <span title={troubleAdvice('version')}>{t('older', { version })}</span>
        ) : (
          (version ?? NONE)
        ),
    },
    {
      key: 'cameras',
      title: t('cameras'),
      numeric: true,
      render: ({ health }) => live(formatNumber(health?.cameras.length)),
    },
    {
      key: 'fps',
      title: t('fps'),
      numeric: true,
      render: ({ health }) =>
        live(health?.cameras.map(({ fps }) => formatNumber(fps, 1)).join(' · ') ?? NONE),
    },
    { key: 'cpu', title: t('cpu'), numeric: true, render: ({ health }) => live(formatShare(health?.cpu)) },
    {
      key: 'memory',
      title: t('memory'),
      numeric: true,
      render: ({ health }) => live(formatBytes(health?.rssBytes)),
    },
    {
      key: 'temperature',
      title: t('temperature'),
      numeric: true,
      render: ({ health }) =>
        live(typeof health?.temperatureC === 'number' ? `${formatNumber(health.temperatureC)} °C` : NONE),
    },
    {
      key: 'clock',
      title: t('clock'),
      numeric: true,
      render: ({ health }) => live(formatOffset(health?.clockOffsetMs ?? null)),
    },
    {
      key: 'outbox',
      title: t('outbox'),
      numeric: true,
      render: ({ health }) => live(health === null ? NONE : t('batches', { n: health.outbox.batches })),
    },
    {
      key: 'lastBatch',
      title: t('lastBatch'),
      numeric: true,
      render: ({ lastBatchAt }) => live(formatMoment(lastBatchAt, nowMs.value, true)),
    },
  ];
}
