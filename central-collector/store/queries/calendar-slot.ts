// Days of a local calendar and their hours, each with its place in its month.

import { localDate, startOfDate } from '../../local-time.ts';
import { HOUR_MS } from '../quarter-hours.ts';
import type { Span } from './intervals.ts';

export const RESOLUTIONS = ['day', 'hour'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** A day, or an hour of one. */
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

/** The hours of a day: none in zones whose hours are not those of UTC. */
export function hoursOf({ fromMs, toMs, month }: Slot, timeZone: string): Slot[] {
  if (fromMs % HOUR_MS !== 0 || toMs % HOUR_MS !== 0) return [];
  const [year = 0, number = 0] = month.split('-').map(Number);
  const monthMs = startOfDate({ year, month: number, day: 1 }, timeZone);
  const slots = (startOfDate({ year, month: number + 1, day: 1 }, timeZone) - monthMs) / HOUR_MS;
  return Array.from({ length: (toMs - fromMs) / HOUR_MS }, (_, hour) => {
    const startMs = fromMs + hour * HOUR_MS;
    return { fromMs: startMs, toMs: startMs + HOUR_MS, month, at: (startMs - monthMs) / HOUR_MS, slots };
  });
}
