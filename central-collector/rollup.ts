// Wires what `ngatu rollup` needs of a collector: sums of what was stored before there were roll-ups, or came back from a
// backup. The collectors may run meanwhile.

import type { CollectorOptions } from './main.ts';
import { Database } from './store/database.ts';
import { QUARTER_MS } from './store/quarter-hours.ts';
import { LAST_STATE, stateOf } from './store/rollup-state.ts';
import { RollupWork, rollupPolicies, type WholeFrom } from './store/rollup-work.ts';

export type RollUpOptions = Pick<CollectorOptions, 'influxdb'> & {
  readonly rollups: NonNullable<CollectorOptions['rollups']>;
  /** From when to when, ms since 1970; whole quarter hours that lie at least partly in between. */
  readonly fromMs: number;
  readonly toMs: number;
  /** After each day: from when on it is done, and how many points were written for it. */
  readonly onDay: (fromMs: number, points: number) => void;
};

export type RolledUp = {
  readonly points: number;
  /** From when on raw counts are whole: what is before was left as it is. */
  readonly wholeFromMs: number;
};

/** Newest day first. Throws StoreError; what is done by then stays done. */
export async function rollUp(options: RollUpOptions): Promise<RolledUp> {
  const { influxdb, rollups, fromMs, toMs, onDay } = options;
  const keep = { ...rollups, raw: influxdb.keep };
  const database = new Database({ ...influxdb, policies: rollupPolicies(keep), timeoutMs: 120_000 });
  try {
    await database.ensureOnce();
    const work = new RollupWork(database, keep);
    const nowMs = (await database.clockMs()) ?? Date.now();
    const whole = work.wholeFrom(nowMs, stateOf(await database.query(LAST_STATE)));
    const wanted: WholeFrom = { ...whole, rawFromMs: Math.max(whole.rawFromMs, floor(fromMs)) };
    let beforeMs: number | undefined = floor(toMs - 1) + QUARTER_MS;
    while (beforeMs !== undefined && beforeMs > wanted.rawFromMs) {
      const before = work.counts.points;
      beforeMs = await work.sumDayBefore(beforeMs, wanted);
      const points = work.counts.points - before;
      if (points > 0 && beforeMs !== undefined) onDay(beforeMs, points);
    }
    return { points: work.counts.points, wholeFromMs: Math.max(whole.rawFromMs, whole.quartersFromMs) };
  } finally {
    database.close();
  }
}

function floor(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
}
