// What can be plotted: where it is asked for, which column it is, and how it is read.

import { type AnyAnswer, type Every, keyOf, type Measured, type Numbers, type Series } from './answers.ts';

export const LEVELS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

type Kind = {
  /** Of the API. */
  readonly path: 'flows' | 'speeds' | 'headways' | 'occupancy' | 'zones';
  /** Column of the answer. */
  readonly column: string;
  readonly group: 'flow' | 'speed' | 'headway' | 'occupancy' | 'queue';
  readonly unit: 'perHour' | 'kmh' | 's' | 'percent' | 'perKm' | 'level' | 'vehicles' | 'm' | 'present';
  readonly digits: number;
};

export const MEASURES = {
  flow: { path: 'flows', column: 'perHour', group: 'flow', unit: 'perHour', digits: 0 },
  speed: { path: 'speeds', column: 'spaceMeanKmh', group: 'speed', unit: 'kmh', digits: 1 },
  'speed-time': { path: 'speeds', column: 'timeMeanKmh', group: 'speed', unit: 'kmh', digits: 1 },
  'speed-85': { path: 'speeds', column: 'v85Kmh', group: 'speed', unit: 'kmh', digits: 1 },
  headway: { path: 'headways', column: 'meanS', group: 'headway', unit: 's', digits: 1 },
  gap: { path: 'headways', column: 'gapMeanS', group: 'headway', unit: 's', digits: 1 },
  occupancy: { path: 'occupancy', column: 'timeOccupancy', group: 'occupancy', unit: 'percent', digits: 1 },
  density: { path: 'occupancy', column: 'densityPerKm', group: 'occupancy', unit: 'perKm', digits: 1 },
  los: { path: 'occupancy', column: 'levelOfService', group: 'occupancy', unit: 'level', digits: 0 },
  queue: { path: 'zones', column: 'queueMaxVehicles', group: 'queue', unit: 'vehicles', digits: 0 },
  'queue-length': { path: 'zones', column: 'queueMaxM', group: 'queue', unit: 'm', digits: 0 },
  present: { path: 'zones', column: 'presentMean', group: 'queue', unit: 'present', digits: 1 },
} as const satisfies Record<string, Kind>;
export type Measure = keyof typeof MEASURES;

const HOUR_MS = 3_600_000;
/** Below it, a rate would be made of next to nothing. */
const LEAST_COVERAGE = 1e-6;

/** An answer, of one page or several in order, as this page reads it. */
export function readAnswer(pages: readonly AnyAnswer[], measure: Measure): Measured | null {
  const first = pages[0];
  if (first === undefined) return null;
  const times = pages.flatMap(({ intervals }) => intervals.map((text) => Date.parse(text)));
  const keys = new Map<string, AnyAnswer['series'][number]['coverage']>();
  for (const { series } of pages) for (const one of series) keys.set(keyOf(one), []);
  const fromMs = Date.parse(first.from);
  const toMs = Date.parse(first.to);
  const series = [...keys.keys()].map((key): Series => {
    const parts = pages.map((page) => {
      const found = page.series.find((one) => keyOf(one) === key);
      return { found, length: page.intervals.length };
    });
    const column = (name: string): (number | string | boolean | null)[] =>
      parts.flatMap(({ found, length }) => {
        const values = (found as unknown as Record<string, (number | null)[] | undefined> | undefined)?.[
          name
        ];
        return values ?? Array.from({ length }, () => null);
      });
    const names = parts.find(({ found }) => found !== undefined)?.found;
    return seriesOf(measure, names ?? {}, column, times, toMs);
  });
  return { fromMs, toMs, every: first.every, times, series };
}

function seriesOf(
  measure: Measure,
  { camera, line, direction, lane, roadUser, zone }: Series['names'],
  column: (name: string) => (number | string | boolean | null)[],
  times: readonly number[],
  toMs: number,
): Series {
  const { path, column: name, unit } = MEASURES[measure];
  const numbers = (of: string) => column(of) as (number | null)[];
  const coverage = numbers('coverage').map((share) => share ?? 0);
  const values =
    unit === 'level'
      ? column(name).map((level) => (level === null ? null : LEVELS.indexOf(level as 'A') + 1))
      : unit === 'percent'
        ? numbers(name).map((share) => (share === null ? null : share * 100))
        : numbers(name);
  const names = {
    ...(camera !== undefined && { camera }),
    ...(line !== undefined && { line }),
    ...(direction !== undefined && { direction }),
    ...(lane !== undefined && { lane }),
    ...(roadUser !== undefined && { roadUser }),
    ...(zone !== undefined && { zone }),
  };
  const plain = { names, values, coverage };
  if (path === 'zones') return { ...plain, atLeast: column('queueTruncated').map((is) => is === true) };
  if (path === 'occupancy') return plain;
  const n = numbers('n');
  if (path !== 'flows') return { ...plain, n };
  const nLow = numbers('low');
  const nHigh = numbers('high');
  const hours = hoursObserved(n, values, coverage, times, toMs);
  return { ...plain, n, nLow, nHigh, low: perHour(nLow, hours), high: perHour(nHigh, hours) };
}

/** Hours that each count stands on: as the API's own rate says, and for a count of 0 by the coverage. */
function hoursObserved(
  n: Numbers,
  perHour: Numbers,
  coverage: readonly number[],
  times: readonly number[],
  toMs: number,
): Numbers {
  return times.map((at, i) => {
    const count = n[i] ?? null;
    const rate = perHour[i] ?? null;
    if (count !== null && rate !== null && count > 0 && rate > 0) return count / rate;
    const share = coverage[i] ?? 0;
    return share < LEAST_COVERAGE ? null : (((times[i + 1] ?? toMs) - at) / HOUR_MS) * share;
  });
}

function perHour(counts: Numbers, hours: Numbers): Numbers {
  return counts.map((count, i) => {
    const over = hours[i] ?? null;
    return count === null || over === null ? null : count / over;
  });
}

/** Whether weekdays of it can be told apart: a typical week of weeks says nothing. */
export function canCompare(every: Every): boolean {
  return every !== '1w' && every !== '1M';
}

/** Letters have no percentiles. */
export function hasTypical(measure: Measure): boolean {
  return MEASURES[measure].unit !== 'level';
}

/** From numbers of the API to those that are shown. */
export function scaleOf(measure: Measure): number {
  return MEASURES[measure].unit === 'percent' ? 100 : 1;
}
