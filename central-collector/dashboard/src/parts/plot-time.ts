// Moments and local time of the centre's zone: where its days begin, and what its clocks showed a week ago.

export type LocalTime = {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
};

/** Offsets change on quarter hours of UTC only, in every zone since 1972. */
const OFFSET_STEP_MS = 15 * 60_000;
const MAX_OFFSETS = 50_000;
const MINUTE_MS = 60_000;

const clocks = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** What is added to UTC to get local time, ms. */
export function offsetMs(atMs: number, timeZone: string): number {
  const key = `${timeZone} ${Math.floor(atMs / OFFSET_STEP_MS)}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= MAX_OFFSETS) offsets.clear();
  const parts = Object.fromEntries(
    clockOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
  offsets.set(key, offset);
  return offset;
}

export function localTimeOf(atMs: number, timeZone: string): LocalTime {
  const local = new Date(atMs + offsetMs(atMs, timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  };
}

/** The moment at which clocks show it. What clocks skip is the moment after; what they show twice is the first. */
export function momentOf({ year, month, day, hour, minute }: LocalTime, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  const before = offsetMs(wall - 86_400_000, timeZone);
  const after = offsetMs(wall + 86_400_000, timeZone);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (offsetMs(wall - offset, timeZone) === offset) return wall - offset;
  }
  return wall - Math.min(before, after);
}

/** `2026-11-22`. */
export function dateOf(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** First moment of a local date. */
export function startOfDate(date: string, timeZone: string): number {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  return momentOf({ year, month, day, hour: 0, minute: 0 }, timeZone);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether a text is a date that exists. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/** The moment with the same time of day, days later or (below 0) earlier. */
export function shiftDays(atMs: number, days: number, timeZone: string): number {
  const local = localTimeOf(atMs, timeZone);
  const rest = (((atMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS) as number;
  return momentOf({ ...local, day: local.day + days }, timeZone) + rest;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}
