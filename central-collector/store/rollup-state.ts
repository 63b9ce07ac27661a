// How far the roll-ups have come and who makes them, as a point in InfluxDB: any collector goes on where another one ended.

import type { Row } from './database.ts';
import { int, type Point, text } from './line-protocol.ts';
import { HOUR_POLICY } from './rollup-statements.ts';

export type RollupState = {
  /** The collector whose turn it is; undefined when it gave it up. */
  readonly holder: string | undefined;
  /** When this was written. All moments here are of InfluxDB's clock, ms since 1970. */
  readonly atMs: number;
  /** The windows of all marks before this moment are summed up for good. */
  readonly settledMs: number;
  /** All counts that were stored before this moment can be seen in the roll-ups. */
  readonly freshMs: number;
  /** Counts of before this moment, stored before there were roll-ups, are still to be summed up; 0 when all are. */
  readonly backfillMs: number;
  /**
   * From this moment on raw counts and quarter hours are whole: before, retention has taken some of them away, though late
   * ones may have come since. Never goes back, also when they are kept for longer from now on.
   */
  readonly rawFromMs: number;
  readonly quartersFromMs: number;
};

export const LAST_STATE = `SELECT holder, settled_ms, fresh_ms, backfill_ms, raw_from_ms, quarters_from_ms FROM "${HOUR_POLICY}".rollup ORDER BY time DESC LIMIT 1`;

export function statePoint(state: RollupState): Point {
  return {
    measurement: 'rollup',
    tags: {},
    fields: {
      holder: text(state.holder ?? ''),
      settled_ms: int(state.settledMs),
      fresh_ms: int(state.freshMs),
      backfill_ms: int(state.backfillMs),
      raw_from_ms: int(state.rawFromMs),
      quarters_from_ms: int(state.quartersFromMs),
    },
    atMs: state.atMs,
  };
}

/** From an answer to `LAST_STATE`; undefined where there never was one. */
export function stateOf([row]: readonly Row[]): RollupState | undefined {
  if (!row) return undefined;
  return {
    holder: String(row.holder) || undefined,
    atMs: Number(row.time),
    settledMs: Number(row.settled_ms),
    freshMs: Number(row.fresh_ms),
    backfillMs: Number(row.backfill_ms),
    rawFromMs: Number(row.raw_from_ms),
    quartersFromMs: Number(row.quarters_from_ms),
  };
}
