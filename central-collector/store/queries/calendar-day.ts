// Days of a local calendar, each with its place in its month.

import { localDate, startOfDate } from '../../local-time.ts';
import type { Span } from './intervals.ts';

export type CalendarDay = Span & {
  /** `2026-11` */
  readonly month: string;
  /** In it, from 0. */
  readonly day: number;
  readonly daysInMonth: number;
};

export function calendarDayOf(atMs: number, timeZone: string): CalendarDay {
  const { year, month, day } = localDate(atMs, timeZone);
  return {
    fromMs: startOfDate({ year, month, day }, timeZone),
    toMs: startOfDate({ year, month, day: day + 1 }, timeZone),
    month: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`,
    day: day - 1,
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}
