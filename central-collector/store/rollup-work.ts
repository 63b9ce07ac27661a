// Has InfluxDB sum up windows: quarter hours of raw counts, then the hours they lie in. Whether a window may be computed
// anew is decided here: one whose raw counts are partly gone would become smaller than what really was.

import type { AgentAddress } from '../../contract/index.ts';
import { durationMs, type PolicyOptions, type Row } from './database.ts';
import { DAY_MS, QUARTER_MS } from './quarter-hours.ts';
import { TouchedQuarters } from './rollup-plan.ts';
import {
  HOUR_POLICY,
  type KnownFields,
  QUARTER_POLICY,
  ROLLED_MEASUREMENTS,
  type RollupWindow,
  rollupStatements,
} from './rollup-statements.ts';

/** How long each of the three is kept, InfluxQL. */
export type RollupKeep = { readonly raw: string; readonly quarterHour: string; readonly hour: string };

export type RollupDatabase = {
  query(influxql: string): Promise<readonly Row[]>;
  selectInto(influxql: string): Promise<number>;
};

/** From when on raw counts and quarter hours are whole, ms since 1970. */
export type WholeFrom = { readonly rawFromMs: number; readonly quartersFromMs: number };

/** A field that every point of the measurement has. */
const COUNTED = [
  ['flow', 'n'],
  ['zone', 'observed_ms'],
  ['journey', 'track'],
] as const;
/** What goes at this very moment may be gone when InfluxDB gets to it. */
const EXPIRY_MARGIN_MS = 300_000;

/**
 * The policies of the roll-ups. Files of a month and a year where they are kept for long: a year is then read from 13 and
 * from 2 instead of from 53.
 */
export function rollupPolicies({ quarterHour, hour }: RollupKeep): PolicyOptions[] {
  const long = (keep: string, shard: string) => {
    const lengthMs = durationMs(keep);
    return lengthMs === 0 || lengthMs >= 2 * durationMs(shard) ? { keep, shard } : { keep };
  };
  return [
    { name: QUARTER_POLICY, ...long(quarterHour, '4w') },
    { name: HOUR_POLICY, ...long(hour, '52w') },
  ];
}

export class RollupWork {
  readonly #database: RollupDatabase;
  readonly #keep: RollupKeep;
  #fields: { readonly quarter: KnownFields; readonly hour: KnownFields } | undefined;
  /** Windows of one agent summed up because it was heard of them; points written; windows of which raw counts are gone. */
  readonly counts = { windows: 0, points: 0, expired: 0 };

  constructor(database: RollupDatabase, keep: RollupKeep) {
    this.#database = database;
    this.#keep = keep;
  }

  /** What is whole at `nowMs`, given what was known before. */
  wholeFrom(nowMs: number, before: WholeFrom = { rawFromMs: 0, quartersFromMs: 0 }): WholeFrom {
    const edge = (keep: string) => {
      const lengthMs = durationMs(keep);
      return lengthMs === 0 ? 0 : nowMs - lengthMs + EXPIRY_MARGIN_MS;
    };
    return {
      rawFromMs: Math.max(before.rawFromMs, edge(this.#keep.raw)),
      quartersFromMs: Math.max(before.quartersFromMs, edge(this.#keep.quarterHour)),
    };
  }

  /** Sums up all that was touched, newest first. `between` is called after each statement. Throws StoreError. */
  async sumTouched(
    touched: TouchedQuarters,
    whole: WholeFrom,
    between: () => Promise<void> | void = () => undefined,
  ): Promise<void> {
    this.counts.expired += touched.dropBefore(Math.max(whole.rawFromMs, whole.quartersFromMs));
    const { size } = touched;
    if (size === 0) return;
    this.#fields = undefined;
    for (const window of touched.windows('quarter')) await this.#sum(window, between);
    // New quarter hours may have brought new fields.
    this.#fields = undefined;
    for (const window of touched.windows('hour')) {
      if (window.fromMs >= whole.quartersFromMs) await this.#sum(window, between);
    }
    this.counts.windows += size;
  }

  /**
   * Sums up what all agents counted before a moment, back to the beginning of its day, and tells from when on it is done:
   * days without counts are passed over. Undefined when there is nothing before. Throws StoreError.
   */
  async sumDayBefore(
    beforeMs: number,
    whole: WholeFrom,
    between: () => Promise<void> | void = () => undefined,
  ): Promise<number | undefined> {
    const wholeMs = Math.ceil(Math.max(whole.rawFromMs, whole.quartersFromMs) / QUARTER_MS) * QUARTER_MS;
    const fromMs = Math.max(wholeMs, Math.floor((beforeMs - 1) / DAY_MS) * DAY_MS);
    if (fromMs >= beforeMs) return undefined;
    const touched = await this.#countedBetween(fromMs, beforeMs);
    if (touched.size > 0) {
      await this.sumTouched(touched, whole, between);
      return fromMs;
    }
    const newestMs = await this.#newestBefore(fromMs);
    return newestMs === undefined ? undefined : (Math.floor(newestMs / QUARTER_MS) + 1) * QUARTER_MS;
  }

  /** The agents that counted something from one moment to another, with all quarter hours in between. */
  async #countedBetween(fromMs: number, toMs: number): Promise<TouchedQuarters> {
    const touched = new TouchedQuarters();
    const quarters = [[Math.floor(fromMs / QUARTER_MS), Math.ceil(toMs / QUARTER_MS) - 1]] as const;
    for (const [measurement, field] of COUNTED) {
      const rows = await this.#database.query(
        `SELECT count(${field}) FROM "raw".${measurement} WHERE time >= ${fromMs}ms AND time < ${toMs}ms GROUP BY site, agent`,
      );
      for (const row of rows) touched.add(addressOf(row), quarters);
    }
    return touched;
  }

  /** The newest moment with raw counts before another; undefined when there is none. */
  async #newestBefore(beforeMs: number): Promise<number | undefined> {
    const moments: number[] = [];
    for (const [measurement, field] of COUNTED) {
      const [row] = await this.#database.query(
        `SELECT last(${field}) FROM "raw".${measurement} WHERE time < ${beforeMs}ms`,
      );
      if (row) moments.push(Number(row.time));
    }
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  async #sum(window: RollupWindow, between: () => Promise<void> | void): Promise<void> {
    this.#fields ??= {
      quarter: await this.#fieldsOf('raw'),
      hour: await this.#fieldsOf(QUARTER_POLICY),
    };
    for (const statement of rollupStatements(window, this.#fields[window.level])) {
      this.counts.points += await this.#database.selectInto(statement);
      await between();
    }
  }

  async #fieldsOf(policy: string): Promise<KnownFields> {
    const fields = { flow: [] as string[], zone: [] as string[], journey: [] as string[] };
    for (const measurement of ROLLED_MEASUREMENTS) {
      const rows = await this.#database.query(`SHOW FIELD KEYS FROM "${policy}".${measurement}`);
      fields[measurement] = rows.map(({ fieldKey }) => String(fieldKey));
    }
    return fields;
  }
}

/** From an answer to `touchedBetween`. */
export function touchedOf(
  rows: readonly Row[],
  quartersOf: (text: unknown) => readonly (readonly [number, number])[],
): TouchedQuarters {
  const touched = new TouchedQuarters();
  for (const row of rows) touched.add(addressOf(row), quartersOf(row.distinct));
  return touched;
}

function addressOf({ site, agent }: Row): AgentAddress {
  return { site: String(site), agent: String(agent) };
}
