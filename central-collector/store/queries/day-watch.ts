// Notices what came late for finished days: reads the marks of batches, as the roll-ups do, once those have summed up
// what the marks tell of, and makes the days of the agent unknown again.

import type { Row } from '../database.ts';
import { QUARTER_MS, quartersOfText } from '../quarter-hours.ts';
import type { DayCache } from './day-cache.ts';
import type { DayStore } from './day-store.ts';
import type { RollupReach } from './reach.ts';

export type DayWatchOptions = {
  readonly database: { query(influxql: string): Promise<readonly Row[]> };
  readonly rollups: RollupReach;
  readonly days: DayCache;
  readonly store?: DayStore | undefined;
};

/** A mark can be seen this long after its date, see Roller. */
const OVERLAP_MS = 60_000;
/** Marks of a long absence are read in parts. */
const MOST_MS = 6 * 3_600_000;
/** Marks are dated by clocks that may be ahead of the one that dates the state. */
const LONG_MS = 3_600_000;
const SETTLED = 'settled';

export class DayWatch {
  readonly #options: DayWatchOptions;
  #freshMs = 0;
  #settledMs: number | undefined;

  constructor(options: DayWatchOptions) {
    this.#options = options;
  }

  /** Once, soon after the roll-ups may have changed. Throws StoreError. */
  async run(): Promise<void> {
    const { rollups, days, store } = this.#options;
    const state = await rollups.state();
    if (state === undefined) return;
    if (this.#settledMs === undefined) {
      const known = Number(await store?.meta(SETTLED));
      const goesOn = known > state.rawFromMs && known <= state.settledMs;
      // Marks from before are gone, or there never was anything: what is here may be of any age.
      if (!goesOn) await days.clear();
      this.#settledMs = goesOn ? known : state.settledMs;
      if (!goesOn) await store?.setMeta(SETTLED, String(this.#settledMs));
    }
    // For good, when nothing can be added unseen any more; and at once, for those who watch.
    while (this.#settledMs < state.settledMs) {
      const untilMs = Math.min(state.settledMs, this.#settledMs + MOST_MS);
      await this.#forgetTouched(this.#settledMs, untilMs);
      this.#settledMs = untilMs;
      await store?.setMeta(SETTLED, String(untilMs));
    }
    // Also what the roll-ups have not come to: they may be in the middle of it, and then it is looked at again.
    const sinceMs = Math.max(this.#settledMs, this.#freshMs - OVERLAP_MS);
    await this.#forgetTouched(sinceMs, Math.max(state.freshMs, state.atMs) + LONG_MS);
    this.#freshMs = state.freshMs;
    days.trustStore();
  }

  async #forgetTouched(fromMs: number, untilMs: number): Promise<void> {
    const { database, rollups, days } = this.#options;
    const { untilMs: reachMs } = await rollups.reach();
    const rows = await database.query(
      `SELECT DISTINCT(quarters) FROM "raw".batch WHERE time >= ${fromMs}ms AND time < ${untilMs}ms GROUP BY site, agent`,
    );
    const touched = new Map<string, Set<number>>();
    for (const { site, agent, distinct } of rows) {
      const key = `${site}/${agent}`;
      const moments = touched.get(key) ?? new Set<number>();
      touched.set(key, moments);
      for (const [first, last] of quartersOfText(distinct)) {
        for (let quarter = first; quarter <= Math.min(last, first + 1000); quarter += 1) {
          // Of days that are not finished nothing is known anyhow.
          if (quarter * QUARTER_MS < reachMs) moments.add(quarter * QUARTER_MS);
        }
      }
    }
    for (const [key, moments] of touched) {
      const [site = '', agent = ''] = key.split('/');
      if (moments.size > 0) await days.forget({ site, agent }, [...moments]);
    }
  }
}
