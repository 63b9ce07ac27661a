// What the roll-ups know at this moment, as those who make them say in InfluxDB.

import type { Row } from '../database.ts';
import { QUARTER_MS } from '../quarter-hours.ts';
import { LAST_STATE, type RollupState, stateOf } from '../rollup-state.ts';
import { StoreError } from '../store-error.ts';
import type { Reach } from './plan.ts';

export type StateDatabase = { query(influxql: string): Promise<readonly Row[]> };

/**
 * What is younger is read from raw counts: the last minute of a quarter hour arrives a while after its end, over slow
 * links later, and the roll-ups notice up to some minutes after that.
 */
const MARGIN_MS = 300_000;
/** The state is written every minute or less often. */
const KNOWN_FOR_MS = 5000;

export class RollupReach {
  readonly #database: StateDatabase;
  readonly #now: () => number;
  #asked: { readonly atMs: number; readonly state: Promise<RollupState | undefined> } | undefined;

  constructor(database: StateDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** Undefined where there are no roll-ups. Throws StoreError. */
  async state(): Promise<RollupState | undefined> {
    const nowMs = this.#now();
    if (this.#asked === undefined || Math.abs(nowMs - this.#asked.atMs) > KNOWN_FOR_MS) {
      const state = this.#database.query(LAST_STATE).then(stateOf, (error: unknown) => {
        // Where roll-ups are switched off there is not even a policy for them.
        if (error instanceof StoreError && error.kind === 'missing') return undefined;
        throw error;
      });
      this.#asked = { atMs: nowMs, state };
      state.catch(() => {
        this.#asked = undefined;
      });
    }
    return this.#asked.state;
  }

  async reach(): Promise<Reach> {
    const state = await this.state();
    if (state === undefined) return { fromMs: 0, untilMs: 0 };
    const untilMs = Math.floor((state.freshMs - MARGIN_MS) / QUARTER_MS) * QUARTER_MS;
    // History from before there were roll-ups is summed up from its end backwards.
    return { fromMs: Math.max(0, state.backfillMs), untilMs };
  }
}
