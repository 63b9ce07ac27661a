// The same numbers as the plot, as a table.

import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import { intervalText } from '../../parts/plot.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { formatNumber, formatShare, NONE } from '../../words/formats.ts';
import { keyOf } from './answers.ts';
import type { Measure } from './measures.ts';
import { labelOf, unitText, valueText } from './series-view.ts';
import { coverageOf } from './totals.ts';
import type { Found } from './use-history.ts';
import type { Comparison } from './view.ts';
import { COMPARISON_WORDS, t } from './words.ts';

const MOST_ROWS = 2000;

export function TableView({
  found: { measured, references },
  measure,
  compare,
  cameras,
  nowMs,
}: {
  readonly found: Found;
  readonly measure: Measure;
  readonly compare: Comparison;
  readonly cameras: readonly CameraAnswer[];
  readonly nowMs: number;
}) {
  if (measured === null) return null;
  const { times, toMs, series } = measured;
  const coverage = coverageOf(measured, nowMs);
  // What has not begun has no numbers.
  const places = times.flatMap((at, place) => (at < nowMs ? [place] : []));
  const columns: Column<number>[] = [
    {
      key: 'interval',
      title: t('interval'),
      render: (place) => (
        <span class="nowrap">{intervalText(times[place] ?? 0, times[place + 1] ?? toMs)}</span>
      ),
    },
    ...series.flatMap((one): Column<number>[] => {
      const key = keyOf(one.names);
      const label = labelOf(one.names, cameras);
      const reference = references.find(({ names }) => keyOf(names) === key);
      const { n, nLow, nHigh } = one;
      return [
        {
          key,
          title: `${label} (${unitText(measure)})`,
          numeric: true,
          render: (place) => valueText(one.values[place] ?? null, measure),
        },
        ...(n === undefined
          ? []
          : [
              {
                key: `${key} n`,
                title: t('count'),
                numeric: true,
                render: (place: number) => countText(n, nLow, nHigh, place),
              },
            ]),
        ...(reference === undefined || compare === 'none'
          ? []
          : [
              {
                key: `${key} reference`,
                title: `${label} – ${t(COMPARISON_WORDS[compare])}`,
                numeric: true,
                render: (place: number) => valueText(reference.values[place] ?? null, measure),
              },
            ]),
      ];
    }),
    {
      key: 'coverage',
      title: t('seen'),
      numeric: true,
      render: (place) => (coverage[place] === null ? NONE : formatShare(coverage[place])),
    },
  ];
  return (
    <>
      <div class="table-tall">
        <Table
          caption={`${t(measure)}: ${t('asTable')}`}
          columns={columns}
          rows={places.slice(0, MOST_ROWS)}
          rowKey={(place) => String(times[place])}
          rowClass={(place) => (coverage[place] === 0 ? 'unobserved' : undefined)}
        />
      </div>
      {places.length > MOST_ROWS && <p class="history-note">{t('moreRows', { n: MOST_ROWS })}</p>}
    </>
  );
}

type Counts = readonly (number | null)[] | undefined;

function countText(n: Counts, low: Counts, high: Counts, place: number) {
  const least = low?.[place] ?? null;
  const most = high?.[place] ?? null;
  return (
    <span class="nowrap">
      {formatNumber(n?.[place])}
      {least !== null && most !== null && (
        <small>
          {' '}
          [{formatNumber(least)}–{formatNumber(most)}]
        </small>
      )}
    </span>
  );
}
