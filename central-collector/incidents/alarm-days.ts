// The alarms of days that are over, kept in memory as far as statistics need them: a year of a city is read out of the
// database once, not with every question. What is said later of an incident has its day read anew.

import type { Alarm } from './incident-statistics.ts';

export type AlarmDaysOptions = {
  /** All alarms detected in this time, in any order. Throws where the database is away. */
  readonly read: (fromMs: number, toMs: number) => AsyncIterable<readonly Alarm[]>;
  readonly now: () => number;
  /** Alarms kept. Default 400,000, some 40 MB. */
  readonly maxAlarms?: number;
};

/** Days of UTC: time zones cut them wherever they like. */
const DAY_MS = 86_400_000;

/**
 * Boxes that come back after a long time tell of old incidents, and other collectors may store them: what is kept of a day
 * is believed for this share of its age.
 */
const BELIEVED_SHARE = 1 / 4;

export type AlarmsOfDay = {
  readonly alarms: readonly Alarm[];
  /** All of before were given by now. */
  readonly upToMs: number;
};

/** Days in one reading, so that others come in between. */
const MOST_AT_ONCE = 31;

type Day = { readonly alarms: readonly Alarm[]; readonly readAtMs: number };

export class AlarmDays {
  readonly #options: AlarmDaysOptions;
  /** By number since 1970, used longest ago first. */
  readonly #days = new Map<number, Day>();
  #alarms = 0;
  /** Days that were heard of while the database is read: what is read of them is not kept. */
  readonly #heard = new Set<number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AlarmDaysOptions) {
    this.#options = options;
  }

  /** Alarms detected from one moment to before another, a day after the other, in any order. Throws what `read` throws. */
  async *between(fromMs: number, toMs: number): AsyncGenerator<AlarmsOfDay> {
    const last = Math.ceil(toMs / DAY_MS);
    for (let day = Math.floor(fromMs / DAY_MS); day < last; ) {
      const kept = this.#kept(day);
      const found = kept === undefined ? await this.#inTurn(day, last) : [kept];
      for (const alarms of found) {
        const isCut = day * DAY_MS < fromMs || (day + 1) * DAY_MS > toMs;
        day += 1;
        yield {
          alarms: isCut ? alarms.filter(({ atMs }) => atMs >= fromMs && atMs < toMs) : alarms,
          upToMs: day * DAY_MS,
        };
      }
    }
  }

  /** Something was said of an incident that was detected then. */
  forget(detectedAtMs: number): void {
    const day = Math.floor(detectedAtMs / DAY_MS);
    this.#heard.add(day);
    this.#drop(day);
  }

  #kept(day: number): readonly Alarm[] | undefined {
    const kept = this.#days.get(day);
    if (kept === undefined) return undefined;
    const ageMs = kept.readAtMs - day * DAY_MS;
    if (this.#options.now() - kept.readAtMs > ageMs * BELIEVED_SHARE) {
      this.#drop(day);
      return undefined;
    }
    this.#days.delete(day);
    this.#days.set(day, kept);
    return kept.alarms;
  }

  /** The alarms of this day and of those after it that are not kept. Who asks the same meanwhile waits and finds them. */
  #inTurn(day: number, last: number): Promise<readonly (readonly Alarm[])[]> {
    const work = this.#last.then(() => {
      const kept = this.#kept(day);
      if (kept !== undefined) return [kept];
      let end = day + 1;
      const most = Math.min(last, day + MOST_AT_ONCE);
      while (end < most && this.#kept(end) === undefined) end += 1;
      return this.#readDays(day, end);
    });
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #readDays(first: number, end: number): Promise<readonly (readonly Alarm[])[]> {
    const { read, now } = this.#options;
    const readAtMs = now();
    this.#heard.clear();
    const days = new Map<number, Alarm[]>();
    for (let day = first; day < end; day += 1) days.set(day, []);
    for await (const alarms of read(first * DAY_MS, end * DAY_MS)) {
      for (const alarm of alarms) days.get(Math.floor(alarm.atMs / DAY_MS))?.push(alarm);
    }
    for (const [day, alarms] of days) if (!this.#heard.has(day)) this.#keep(day, { alarms, readAtMs });
    return [...days.values()];
  }

  #keep(day: number, kept: Day): void {
    const { now, maxAlarms = 400_000 } = this.#options;
    // A day that goes on changes with each incident.
    if ((day + 1) * DAY_MS > now()) return;
    this.#drop(day);
    this.#days.set(day, kept);
    this.#alarms += kept.alarms.length;
    for (const oldest of this.#days.keys()) {
      if (this.#alarms <= maxAlarms) break;
      this.#drop(oldest);
    }
  }

  #drop(day: number): void {
    this.#alarms -= this.#days.get(day)?.alarms.length ?? 0;
    this.#days.delete(day);
  }
}
