// Time as people of a place read it: moments with the offset of a time zone, local dates, and days, weeks and months
// that are 23 or 25 hours long when the clocks are changed. The offsets are those that Node knows (IANA, by Intl).

export type LocalDate = { readonly year: number; readonly month: number; readonly day: number };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Zones and days that are remembered: a few hundred years of days in all. */
const MAX_DAYS = 100_000;

type Zone = { readonly format: Intl.DateTimeFormat; readonly days: Map<number, number | undefined> };
const zones = new Map<string, Zone>();

/** Local time minus UTC in ms, at a moment; +25,200,000 in Asia/Ho_Chi_Minh. Throws RangeError for no zone. */
export function offsetMs(atMs: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const day = Math.floor(atMs / DAY_MS);
  if (!zone.days.has(day)) {
    if (zone.days.size >= MAX_DAYS) zone.days.clear();
    const first = askedOffsetMs(day * DAY_MS, zone.format);
    // The clocks are changed at most once a day; on that day it is asked each time.
    const same = first === askedOffsetMs((day + 1) * DAY_MS - 1, zone.format);
    zone.days.set(day, same ? first : undefined);
  }
  return zone.days.get(day) ?? askedOffsetMs(atMs, zone.format);
}

/** `2026-11-22T07:00:00.000+07:00` */
export function localIso(atMs: number, timeZone: string): string {
  const offset = offsetMs(atMs, timeZone);
  const minutes = Math.round(Math.abs(offset) / MINUTE_MS);
  const two = (n: number) => String(n).padStart(2, '0');
  const text = new Date(atMs + offset).toISOString().slice(0, -1);
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Of a moment with its offset, or of the first moment of a local date `2026-11-22`. NaN for neither. */
export function momentMs(text: string, timeZone: string): number {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return Date.parse(text);
  return startOfDate({ year: Number(year), month: Number(month), day: Number(day) }, timeZone);
}

export function localDate(atMs: number, timeZone: string): LocalDate {
  const local = new Date(atMs + offsetMs(atMs, timeZone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** 0 is Monday. */
export function weekdayOf({ year, month, day }: LocalDate): number {
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

/** First moment of a local date; days and months beyond the end are those that follow (`day: 0` is the day before). */
export function startOfDate({ year, month, day }: LocalDate, timeZone: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  const before = offsetMs(midnight - DAY_MS, timeZone);
  const after = offsetMs(midnight + DAY_MS, timeZone);
  const moments = [midnight - before, midnight - after].filter(
    (moment) => moment + offsetMs(moment, timeZone) === midnight,
  );
  // Where clocks are put forward at midnight the day begins with that moment, which reads 01:00.
  return moments.length === 0 ? midnight - before : Math.min(...moments);
}

function zoneOf(timeZone: string): Zone {
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, days: new Map() };
    // Names come with requests.
    if (zones.size >= 100) zones.clear();
    zones.set(timeZone, zone);
  }
  return zone;
}

function askedOffsetMs(atMs: number, format: Intl.DateTimeFormat): number {
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}
