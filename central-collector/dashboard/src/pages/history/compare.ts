// What a period is compared with: the same hours of another day, or the typical day as the centre tells it.

import type { TypicalDayAnswer } from '../../../../api/schemas/typical-day.ts';
import { dateOf, localTimeOf, shiftDays } from '../../parts/plot-time.ts';
import { keyOf, type Measured, type Numbers, type SeriesNames } from './answers.ts';
import type { Comparison } from './view.ts';

/**
 * Days before, of each period that is asked for. A year is 52 weeks, so that Mondays meet Mondays; the typical day is no
 * period.
 */
export function daysBefore(comparison: Comparison): readonly number[] {
  switch (comparison) {
    case 'none':
    case 'typical':
      return [];
    case 'yesterday':
      return [1];
    case 'week':
      return [7];
    case 'year':
      return [364];
  }
}

const MINUTES_OF_DAY = 1440;

export type Past = { readonly days: number; readonly measured: Measured };

export type Reference = {
  readonly names: SeriesNames;
  readonly values: Numbers;
  /** 15th and 85th percentile of the days; of the typical day alone, as is how many they are. */
  readonly low?: Numbers;
  readonly high?: Numbers;
  readonly days?: readonly number[];
};

/** The same hours of an earlier day, at the intervals of `now`; null where nothing was observed then. */
export function referenceOf(now: Measured, past: Past, timeZone: string): Reference[] {
  const columns = alignedTo(now, past, timeZone);
  return now.series.flatMap(({ names }) => {
    const values = columns.get(keyOf(names));
    return values === undefined ? [] : [{ names, values: values.map((one) => one?.value ?? null) }];
  });
}

/** The typical day at the intervals of `now`: each by its own kind of day and time of day. `scale` makes 0.2 20 %. */
export function typicalOf(now: Measured, answer: TypicalDayAnswer, timeZone: string, scale = 1): Reference[] {
  const places = now.times.map((at) => {
    const { hour, minute } = localTimeOf(at, timeZone);
    const step = MINUTES_OF_DAY / answer.times.length;
    return { kind: kindOf(at, timeZone), time: Math.floor((hour * 60 + minute) / step) };
  });
  return now.series.flatMap(({ names }) => {
    const key = keyOf(names);
    const ofKind = new Map(answer.series.filter((one) => keyOf(one) === key).map((one) => [one.day, one]));
    if (ofKind.size === 0) return [];
    const column = (name: 'median' | 'p15' | 'p85'): Numbers =>
      places.map(({ kind, time }) => {
        const value = ofKind.get(kind)?.[name][time] ?? null;
        return value === null ? null : value * scale;
      });
    const days = places.map(({ kind, time }) => ofKind.get(kind)?.days[time] ?? 0);
    return [{ names, values: column('median'), low: column('p15'), high: column('p85'), days }];
  });
}

/** Whether quarter hours were asked for, and most of what is known stands on whole hours. */
export function isOfHours({ every, times, series }: TypicalDayAnswer): boolean {
  if (every !== '15m') return false;
  let onHour = 0;
  let between = 0;
  for (const { median } of series) {
    for (const [at, value] of median.entries()) {
      if (value === null) continue;
      if (times[at]?.endsWith(':00')) onHour += 1;
      else between += 1;
    }
  }
  return onHour > between;
}

/** What a moment's day is at the centre. */
export function kindOf(atMs: number, timeZone: string): TypicalDayAnswer['series'][number]['day'] {
  const weekday = new Date(`${dateOf(atMs, timeZone)}T00:00:00Z`).getUTCDay();
  return weekday === 0 ? 'sunday' : weekday === 6 ? 'saturday' : 'working';
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
