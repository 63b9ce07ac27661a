// What a period is compared with: the same hours of another day, and the typical day, which is the median of the same
// weekday and time of the weeks before with the middle half of them as a band.

import { shiftDays } from '../../parts/plot-time.ts';
import { keyOf, type Measured, type Numbers, type SeriesNames } from './answers.ts';
import type { Comparison } from './view.ts';

/** Weeks that a typical day is made of: a month and a half knows the season and outlives a holiday. */
export const TYPICAL_WEEKS = 6;
/** Fewer are no median. */
const LEAST_WEEKS = 3;
/** What was seen for less than half of its interval may be another half. */
const LEAST_COVERAGE = 0.5;

/** Days before, of each period that is asked for. A year is 52 weeks, so that Mondays meet Mondays. */
export function daysBefore(comparison: Comparison): readonly number[] {
  switch (comparison) {
    case 'none':
      return [];
    case 'yesterday':
      return [1];
    case 'week':
      return [7];
    case 'year':
      return [364];
    case 'typical':
      return Array.from({ length: TYPICAL_WEEKS }, (_, week) => 7 * (week + 1));
  }
}

export type Past = { readonly days: number; readonly measured: Measured };

export type Reference = {
  readonly names: SeriesNames;
  readonly values: Numbers;
  /** Quartiles; of the typical day alone. */
  readonly low?: Numbers;
  readonly high?: Numbers;
};

/** The same hours of an earlier day, at the intervals of `now`; null where nothing was observed then. */
export function referenceOf(now: Measured, past: Past, timeZone: string): Reference[] {
  const columns = alignedTo(now, past, timeZone);
  return now.series.flatMap(({ names }) => {
    const values = columns.get(keyOf(names));
    return values === undefined ? [] : [{ names, values: values.map((one) => one?.value ?? null) }];
  });
}

/** The typical day at the intervals of `now`. */
export function typicalOf(now: Measured, pasts: readonly Past[], timeZone: string): Reference[] {
  const aligned = pasts.map((past) => alignedTo(now, past, timeZone));
  return now.series.map(({ names }) => {
    const spread = now.times.map((_, i) => {
      const known = aligned.flatMap((columns) => {
        const one = columns.get(keyOf(names))?.[i];
        return one == null || one.coverage < LEAST_COVERAGE ? [] : [one.value];
      });
      return known.length < LEAST_WEEKS ? null : known.sort((a, b) => a - b);
    });
    const at = (share: number): Numbers =>
      spread.map((sorted) => (sorted === null ? null : quantile(sorted, share)));
    return { names, values: at(0.5), low: at(0.25), high: at(0.75) };
  });
}

/** Linear between the two nearest (type 7 of Hyndman and Fan). `sorted` rises and is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

/** Change against a reference over the intervals that both know, as a share; null when there are none. */
export function changeOf(values: Numbers, reference: Numbers): number | null {
  let now = 0;
  let then = 0;
  values.forEach((value, i) => {
    const other = reference[i] ?? null;
    if (value === null || other === null) return;
    now += value;
    then += other;
  });
  return then > 0 ? now / then - 1 : null;
}

type Aligned = Map<string, ({ value: number; coverage: number } | null)[]>;

function alignedTo(now: Measured, { days, measured }: Past, timeZone: string): Aligned {
  const places = new Map(now.times.map((at, i) => [at, i]));
  const goal = measured.times.map((at) => places.get(shiftDays(at, days, timeZone)));
  const columns: Aligned = new Map();
  for (const { names, values, coverage } of measured.series) {
    const column: ({ value: number; coverage: number } | null)[] = now.times.map(() => null);
    values.forEach((value, i) => {
      const place = goal[i];
      if (value === null || place === undefined) return;
      column[place] = { value, coverage: coverage[i] ?? 0 };
    });
    columns.set(keyOf(names), column);
  }
  return columns;
}
