// Series of numbers as the plot and the table show them: their names, colours and references.

import type { CameraAnswer } from '../../../../api/schemas/places.ts';
import type { PlotSeries } from '../../parts/plot-types.ts';
import { common, roadUserWord } from '../../words/common.ts';
import { formatNumber, NONE } from '../../words/formats.ts';
import { slugText } from '../../words/slugs.ts';
import { keyOf, type Series, type SeriesNames } from './answers.ts';
import type { Reference } from './compare.ts';
import { LEVELS, MEASURES, type Measure } from './measures.ts';
import type { Found } from './use-history.ts';
import type { Comparison } from './view.ts';
import { COMPARISON_WORDS, t } from './words.ts';

/** More cannot be told apart. */
export const MOST_DRAWN = 7;

export type Drawn = {
  readonly series: readonly PlotSeries[];
  /** Series that are in the table only. */
  readonly left: number;
};

export function labelOf(names: SeriesNames, cameras: readonly CameraAnswer[]): string {
  const { camera, line, direction, lane, roadUser, zone } = names;
  const parts = [
    camera === undefined ? undefined : (cameras.find(({ id }) => id === camera)?.name ?? camera),
    line === undefined ? undefined : slugText(line),
    direction === undefined ? undefined : slugText(direction),
    lane === undefined ? undefined : `${common('lane').toLowerCase()} ${lane}`,
    roadUser === undefined ? undefined : roadUserWord(roadUser),
    zone === undefined ? undefined : slugText(zone),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? t('all') : parts.join(' · ');
}

export function drawnOf(
  { measured, references }: Found,
  compare: Comparison,
  cameras: readonly CameraAnswer[],
): Drawn {
  if (measured === null) return { series: [], left: 0 };
  const kept = [...measured.series]
    .map((series, place) => ({ series, place, weight: weightOf(series) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST_DRAWN)
    .sort((a, b) => a.place - b.place)
    .map(({ series }) => series);
  // Two kinds of band on top of each other say nothing.
  const withBounds = compare === 'none' && kept.length <= 4;
  const series = kept.flatMap((one, i): PlotSeries[] => {
    const colour = colourOf(one.names, i);
    const key = keyOf(one.names);
    const label = labelOf(one.names, cameras);
    const reference = references.find(({ names }) => keyOf(names) === key);
    return [
      {
        key,
        label,
        colour,
        values: one.values,
        ...(withBounds &&
          one.low?.some((low) => low !== null) &&
          one.high !== undefined && { low: one.low, high: one.high }),
        more: (place) => countText(one, place),
      },
      ...(reference === undefined || compare === 'none'
        ? []
        : [referenceSeries(reference, key, label, colour, compare, kept.length)]),
    ];
  });
  return { series, left: measured.series.length - kept.length };
}

function referenceSeries(
  { values, low, high, days }: Reference,
  key: string,
  label: string,
  colour: PlotSeries['colour'],
  compare: Exclude<Comparison, 'none'>,
  count: number,
): PlotSeries {
  return {
    key: `${key} ${compare}`,
    label: `${label} – ${t(COMPARISON_WORDS[compare])}`,
    colour,
    values,
    dashed: true,
    ...(count <= 3 && low !== undefined && high !== undefined && { low, high }),
    ...(days !== undefined && { more: (place: number) => t('ofDays', { n: days[place] ?? 0 }) }),
  };
}

/** The counted vehicles behind a value, with their bounds. */
function countText({ n, nLow, nHigh, atLeast }: Series, place: number): string | null {
  if (atLeast?.[place]) return '(≥)';
  const count = n?.[place] ?? null;
  if (count === null) return null;
  const low = nLow?.[place] ?? null;
  const high = nHigh?.[place] ?? null;
  const bounds = low === null || high === null ? '' : ` [${formatNumber(low)}–${formatNumber(high)}]`;
  return `n = ${formatNumber(count)}${bounds}`;
}

/** A value with as many digits as it deserves, without its unit; of levels the letter. */
export function valueText(value: number | null, measure: Measure): string {
  if (value === null) return NONE;
  const { unit, digits } = MEASURES[measure];
  if (unit === 'level') return LEVELS[Math.round(value) - 1] ?? NONE;
  return formatNumber(value, digits);
}

/** With its unit. */
export function withUnit(value: number | null, measure: Measure): string {
  const text = valueText(value, measure);
  const { unit } = MEASURES[measure];
  if (value === null || unit === 'level') return text;
  return unit === 'perHour' ? t('shortPerHour', { value: text }) : `${text} ${unitText(measure)}`;
}

const UNITS = {
  perHour: 'unitPerHour',
  kmh: 'unitKmh',
  s: 'unitS',
  percent: 'unitPercent',
  perKm: 'unitPerKm',
  level: 'unitLevel',
  vehicles: 'unitVehicles',
  m: 'unitM',
  present: 'unitPresent',
} as const;

export function unitText(measure: Measure): string {
  return t(UNITS[MEASURES[measure].unit]);
}

function colourOf(
  { roadUser, camera, line, direction, lane }: SeriesNames,
  place: number,
): PlotSeries['colour'] {
  const isByClassAlone = [camera, line, direction, lane].every((name) => name === undefined);
  return roadUser !== undefined && isByClassAlone
    ? `--user-${roadUser}`
    : (`--series-${(place % MOST_DRAWN) + 1}` as const);
}

function weightOf({ n, values }: Series): number {
  return (n ?? values).reduce<number>((sum, one) => sum + (one ?? 0), 0);
}
