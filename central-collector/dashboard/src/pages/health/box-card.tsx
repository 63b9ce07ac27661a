// A box that needs attention: what is wrong and what to do first, then its numbers.

import { Link } from 'wouter-preact';
import type { BoxAnswer } from '../../../../api/schemas/places.ts';
import { nowMs } from '../../live/stream.ts';
import { Badge, StateShape } from '../../parts/badge.tsx';
import { Table } from '../../parts/table.tsx';
import {
  formatBytes,
  formatDuration,
  formatMoment,
  formatNumber,
  formatShare,
  NONE,
} from '../../words/formats.ts';
import { boxName } from './boxes.ts';
import type { Trouble } from './troubles.ts';
import { t, troubleAdvice, troubleWord } from './words.ts';

export const STATE_TONES = { online: 'ok', offline: 'bad', unknown: 'off' } as const;

export function BoxCard({
  box,
  troubles,
}: {
  readonly box: BoxAnswer;
  readonly troubles: readonly Trouble[];
}) {
  const name = boxName(box);
  const old = box.state !== 'online';
  return (
    <article class={`box ${old ? 'is-old' : ''}`} aria-label={name}>
      <header class="box-head">
        <h3>{name}</h3>
        <Badge tone={STATE_TONES[box.state]}>{t(box.state)}</Badge>
        {box.since !== null && (
          <span class="age">{t('since', { time: formatMoment(box.since, nowMs.value) })}</span>
        )}
      </header>
      <ul class="troubles">
        {troubles.map((trouble) => (
          <li key={`${trouble.is} ${trouble.camera ?? ''}`} class={`trouble trouble-${trouble.grade}`}>
            <StateShape tone={trouble.grade === 'note' ? 'off' : trouble.grade} />
            <p>
              <strong>{told(trouble, box)}</strong> {troubleAdvice(trouble.is)}
            </p>
          </li>
        ))}
      </ul>
      <Measures box={box} />
      {box.health !== null && box.health.cameras.length > 0 && (
        <Cameras box={box} cameras={box.health.cameras} />
      )}
    </article>
  );
}

function told({ is, value, camera }: Trouble, box: BoxAnswer): string {
  const text =
    value === undefined
      ? ''
      : is === 'cpu' || is === 'framesDropped'
        ? formatShare(value)
        : is === 'silent' || is === 'waiting'
          ? formatDuration(value)
          : is === 'clock' || is === 'slow'
            ? formatOffset(value)
            : is === 'hot'
              ? formatNumber(value)
              : value;
  return troubleWord(is, { value: text, camera: camera ?? '', problem: box.problem ?? '' });
}

/** `+3 ms`, `−2,4 s` */
export function formatOffset(ms: number | null): string {
  if (ms === null) return NONE;
  return Math.abs(ms) < 1000 ? `${formatNumber(ms)} ms` : `${formatNumber(ms / 1000, 1)} s`;
}

function Measures({ box }: { readonly box: BoxAnswer }) {
  const { health } = box;
  const now = nowMs.value;
  const rows: [string, string][] = [
    [t('version'), box.version ?? NONE],
    [t('uptime'), formatDuration(health === null ? null : health.uptimeS * 1000)],
    [t('cpu'), formatShare(health?.cpu)],
    [t('memory'), formatBytes(health?.rssBytes)],
    [
      t('temperature'),
      typeof health?.temperatureC === 'number' ? `${formatNumber(health.temperatureC)} °C` : NONE,
    ],
    [t('clock'), formatOffset(health?.clockOffsetMs ?? null)],
    [
      t('outbox'),
      health === null
        ? NONE
        : t('outboxValue', { n: health.outbox.batches, size: formatBytes(health.outbox.bytes) }),
    ],
    [t('oldest'), health?.outbox.oldestAt ? formatDuration(now - Date.parse(health.outbox.oldestAt)) : NONE],
    [t('missing'), t('batches', { n: box.batchesMissing })],
    [t('lastBatch'), formatMoment(box.lastBatchAt, now, true)],
    [t('report'), health === null ? NONE : formatMoment(health.at, now, true)],
  ];
  return (
    <dl class="measures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="live">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Cameras({
  box,
  cameras,
}: {
  readonly box: BoxAnswer;
  readonly cameras: NonNullable<BoxAnswer['health']>['cameras'];
}) {
  return (
    <Table
      caption={t('camerasOf', { box: boxName(box) })}
      rows={cameras}
      rowKey={({ camera }) => camera}
      columns={[
        {
          key: 'camera',
          title: t('camera'),
          render: ({ camera }) => <Link href={`/cameras/${boxName(box)}/${camera}`}>{camera}</Link>,
        },
        {
          key: 'fps',
          title: t('fps'),
          numeric: true,
          render: ({ fps }) => <Live text={formatNumber(fps, 1)} />,
        },
        {
          key: 'dropped',
          title: t('dropped'),
          numeric: true,
          render: ({ framesAnalysed, framesDropped }) => (
            <Live text={formatShare(framesDropped / Math.max(1, framesAnalysed + framesDropped), 1)} />
          ),
        },
        {
          key: 'latency',
          title: t('latency'),
          numeric: true,
          render: ({ latencyP95Ms }) => <Live text={formatOffset(latencyP95Ms)} />,
        },
        {
          key: 'reconnects',
          title: t('reconnects'),
          numeric: true,
          render: ({ reconnects }) => <Live text={formatNumber(reconnects)} />,
        },
      ]}
    />
  );
}

function Live({ text }: { readonly text: string }) {
  return <span class="live">{text}</span>;
}
