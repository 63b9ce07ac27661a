// When a rule is off: times of day and days of the week on the clocks of the place.

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** `from` until `to` (HH:MM; over midnight when `to` is earlier), on the days on which it begins. */
export type OffTime = {
  /** Default: every day. */
  readonly days?: readonly Weekday[] | undefined;
  readonly from: string;
  readonly to: string;
};

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** The clocks of a place. Answers are kept for the minute they are for: they are asked for in every frame. */
export class LocalTime {
  readonly #format: Intl.DateTimeFormat;
  #minute = Number.NaN;
  #day: Weekday = 'mon';
  #minuteOfDay = 0;

  /** @param timeZone of the IANA data base, such as `Asia/Ho_Chi_Minh`. @throws RangeError for one that is not in it. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** Whether one of the times lasts at a moment, ms since 1970. */
  isWithin(times: readonly OffTime[], atMs: number): boolean {
    if (times.length === 0) return false;
    this.#read(atMs);
    const now = this.#minuteOfDay;
    return times.some(({ days, from, to }) => {
      const start = minuteOf(from);
      const end = minuteOf(to);
      // From a time to itself is the whole day.
      if (start < end) return now >= start && now < end && this.#isOn(days, 0);
      return (now >= start && this.#isOn(days, 0)) || (now < end && this.#isOn(days, -1));
    });
  }

  #isOn(days: readonly Weekday[] | undefined, shift: number): boolean {
    const day = WEEKDAYS[(WEEKDAYS.indexOf(this.#day) + shift + 7) % 7];
    return days === undefined || (day !== undefined && days.includes(day));
  }

  #read(atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    const parts = new Map(this.#format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const day = parts.get('weekday')?.toLowerCase();
    this.#day = WEEKDAYS.find((known) => known === day) ?? 'mon';
    this.#minuteOfDay = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  }
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) % (DAY_MINUTES + 1);
}
