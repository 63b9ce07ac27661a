// Where the axis of time has its ticks: whole minutes, hours, days, months and years of the centre's zone, as many as
// there is room for.

import { type LocalTime, localTimeOf, momentOf } from './plot-time.ts';

export type TimeTick = {
  readonly atMs: number;
  /** `day`: the first of a local day (its label names the date), and so on. */
  readonly level: 'minute' | 'day' | 'month' | 'year';
};

type Step = { readonly unit: 'minute' | 'day' | 'month' | 'year'; readonly count: number };

const STEPS: readonly (Step & { readonly ms: number })[] = [
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((count) => ({
    unit: 'minute' as const,
    count,
    ms: count * 60_000,
  })),
  ...[1, 2, 3, 7, 14].map((count) => ({ unit: 'day' as const, count, ms: count * 86_400_000 })),
  ...[1, 2, 3, 6].map((count) => ({ unit: 'month' as const, count, ms: count * 30 * 86_400_000 })),
  ...[1, 2, 5, 10].map((count) => ({ unit: 'year' as const, count, ms: count * 365 * 86_400_000 })),
];

/** A Monday, so that ticks of weeks stand on Mondays. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const MAX_TICKS = 200;

/** Ticks from `fromMs` to `toMs`, both included, at most `most` or few more. */
export function timeTicks(fromMs: number, toMs: number, most: number, timeZone: string): TimeTick[] {
  if (!(toMs > fromMs) || most < 1) return [];
  const step = STEPS.find(({ ms }) => (toMs - fromMs) / ms <= most) ?? STEPS[STEPS.length - 1];
  if (step === undefined) return [];
  const ticks: TimeTick[] = [];
  let local = floorTo(localTimeOf(fromMs, timeZone), step);
  for (let round = 0; round < MAX_TICKS; round++) {
    const atMs = momentOf(local, timeZone);
    if (atMs > toMs) break;
    if (atMs >= fromMs && ticks.at(-1)?.atMs !== atMs) ticks.push({ atMs, level: levelOf(local, step) });
    local = add(local, step);
  }
  return ticks;
}

function levelOf({ month, day, hour, minute }: LocalTime, { unit }: Step): TimeTick['level'] {
  if (unit === 'year') return 'year';
  if (unit === 'month') return month === 1 ? 'year' : 'month';
  return hour === 0 && minute === 0 ? (unit === 'day' && day === 1 ? 'month' : 'day') : 'minute';
}

function floorTo({ year, month, day, hour, minute }: LocalTime, { unit, count }: Step): LocalTime {
  switch (unit) {
    case 'minute': {
      const minutes = Math.floor((hour * 60 + minute) / count) * count;
      return { year, month, day, hour: Math.floor(minutes / 60), minute: minutes % 60 };
    }
    case 'day': {
      const days = Math.floor((Date.UTC(year, month - 1, day) - MONDAY_MS) / DAY_MS);
      return { ...fromDays(Math.floor(days / count) * count), hour: 0, minute: 0 };
    }
    case 'month':
      return { year, month: Math.floor((month - 1) / count) * count + 1, day: 1, hour: 0, minute: 0 };
    case 'year':
      return { year: Math.floor(year / count) * count, month: 1, day: 1, hour: 0, minute: 0 };
  }
}

function add(local: LocalTime, { unit, count }: Step): LocalTime {
  const { year, month, day, hour, minute } = local;
  const next = new Date(
    Date.UTC(
      unit === 'year' ? year + count : year,
      month - 1 + (unit === 'month' ? count : 0),
      day + (unit === 'day' ? count : 0),
      hour,
      minute + (unit === 'minute' ? count : 0),
    ),
  );
  return {
    year: next.getUTCFullYear(),
    month: next.getUTCMonth() + 1,
    day: next.getUTCDate(),
    hour: next.getUTCHours(),
    minute: next.getUTCMinutes(),
  };
}

function fromDays(days: number): { year: number; month: number; day: number } {
  const date = new Date(MONDAY_MS + days * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
