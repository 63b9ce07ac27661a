// Days of a local calendar, their hours and quarter hours, each with its place in its month.

import { localDate, startOfDate } from '../../local-time.ts';
import { HOUR_MS, QUARTER_MS } from '../quarter-hours.ts';
import type { Span } from './intervals.ts';

export type Resolution = 'day' | 'hour' | 'quarter';

/** A day, or an hour or quarter hour of one. */
export type Slot = Span & {
  /** `2026-11` */
  readonly month: string;
  /** In it, from 0. */
  readonly at: number;
  /** Of the month. */
  readonly slots: number;
};

/** Of the day that a moment lies in. */
export function dayOf(atMs: number, timeZone: string): Slot {
  const { year, month, day } = localDate(atMs, timeZone);
  return {
    fromMs: startOfDate({ year, month, day }, timeZone),
    toMs: startOfDate({ year, month, day: day + 1 }, timeZone),
    month: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`,
    at: day - 1,
    slots: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}

/** The day itself, its hours or its quarter hours: none in zones where those are not the ones of UTC. */
export function slotsOf(day: Slot, resolution: Resolution, timeZone: string): readonly Slot[] {
  if (resolution === 'day') return [day];
  const stepMs = resolution === 'hour' ? HOUR_MS : QUARTER_MS;
  const { fromMs, toMs, month } = day;
  if (fromMs % stepMs !== 0 || toMs % stepMs !== 0) return [];
  const [year = 0, number = 0] = month.split('-').map(Number);
  const monthMs = startOfDate({ year, month: number, day: 1 }, timeZone);
  const slots = (startOfDate({ year, month: number + 1, day: 1 }, timeZone) - monthMs) / stepMs;
  return Array.from({ length: (toMs - fromMs) / stepMs }, (_, at) => {
    const startMs = fromMs + at * stepMs;
    return { fromMs: startMs, toMs: startMs + stepMs, month, at: (startMs - monthMs) / stepMs, slots };
  });
}
