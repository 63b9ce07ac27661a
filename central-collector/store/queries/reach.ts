// What the roll-ups know at this moment, as those who make them say in InfluxDB.

import type { Row } from '../database.ts';
import { QUARTER_MS, quartersOfText } from '../quarter-hours.ts';
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

/** Asked again after so many times as long as it took. */
const REST = 20;
/** A mark can be seen this long after its date, see Roller. */
const OVERLAP_MS = 60_000;

export class RollupReach {
  readonly #database: StateDatabase;
  readonly #now: () => number;
  #asked: { readonly atMs: number; readonly state: Promise<RollupState | undefined> } | undefined;

  constructor(database: StateDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  #late: { readonly untilMs: number; readonly earliest: Promise<ReadonlyMap<string, number>> } | undefined;

  /**
   * By agent, `site/agent`, the earliest quarter hour that was told of since the roll-ups were fresh: they may not have it
   * yet. Throws StoreError.
   */
  async earliestLate(): Promise<ReadonlyMap<string, number>> {
    const nowMs = this.#now();
    if (this.#late !== undefined && nowMs < this.#late.untilMs) return this.#late.earliest;
    const late = { untilMs: nowMs + KNOWN_FOR_MS, earliest: this.#askEarliest() };
    this.#late = late;
    try {
      await late.earliest;
      late.untilMs = Math.max(late.untilMs, this.#now() + REST * (this.#now() - nowMs));
    } catch (error) {
      this.#late = undefined;
      throw error;
    }
    return late.earliest;
  }

  async #askEarliest(): Promise<ReadonlyMap<string, number>> {
    const earliest = new Map<string, number>();
    const state = await this.state();
    if (state === undefined) return earliest;
    const rows = await this.#database.query(
      `SELECT DISTINCT(quarters) FROM "raw".batch WHERE time >= ${state.freshMs - OVERLAP_MS}ms GROUP BY site, agent`,
    );
    for (const { site, agent, distinct } of rows) {
      const key = `${site}/${agent}`;
      for (const [first] of quartersOfText(distinct)) {
        earliest.set(key, Math.min(earliest.get(key) ?? Number.POSITIVE_INFINITY, first * QUARTER_MS));
      }
    }
    return earliest;
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
