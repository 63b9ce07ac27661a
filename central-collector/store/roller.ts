// Keeps the roll-ups in step with the raw counts: learns from the marks of batches which windows were touched, also long
// ago by late data, and has them summed up again. docs/decisions/0014-roll-ups-from-marks.md says why this misses nothing.

import { performance } from 'node:perf_hooks';
import { within } from '../retry.ts';
import { HOUR_MS, QUARTER_MS, quartersOfText } from './quarter-hours.ts';
import { LAST_STATE, type RollupState, stateOf } from './rollup-state.ts';
import { type RollupDatabase, type RollupKeep, RollupWork, touchedOf } from './rollup-work.ts';

export type RollerOptions = {
  /** Names this collector among those that share the work. */
  readonly collector: string;
  readonly database: RollupDatabase & { clockMs(): Promise<number | undefined> };
  readonly keep: RollupKeep;
  readonly saveState: (state: RollupState) => Promise<void>;
  /** Called after each round, with what went wrong. */
  readonly onRound?: (problem: string | undefined) => void;
  /** Time between rounds, in which a window that is being counted is summed up once. Default 60 s. */
  readonly periodMs?: number;
  readonly now?: () => number;
};

/**
 * A mark can be seen this long after the moment it is dated at the latest: PointStore makes older ones again. A minute,
 * and much more for requests that take long. What was touched before is then summed up a second time, for good.
 */
const SETTLE_MS = 600_000;
/**
 * Marks are settled a quarter of an hour at a time, from three minutes past to three minutes past: when the counts of a
 * quarter hour are usually there, so that it is done once.
 */
const SETTLE_STEP_MS = QUARTER_MS;
const SETTLE_PAST_MS = 180_000;
const SETTLE_MOST_MS = 6 * HOUR_MS;
/** Less than this after a mark its windows are settled, unless there is much to do or collectors were away. */
const USUALLY_SETTLED_MS = SETTLE_MS + 2 * SETTLE_STEP_MS;
/** Marks are looked at again when this young: they are seen when stored, which takes a moment. */
const OVERLAP_MS = 60_000;
/** A collector that was not heard of for so long has given up its turn. */
const LEASE_MS = 180_000;
/** Long work is interrupted for what is new after so long, and after so many times as long as that took. */
const KEEP_UP_MS = 45_000;
const KEEP_UP_REST = 4;
/** Whoever has the turn says so at least this often. */
const RENEW_MS = 30_000;
/** History is summed up for so long in each round. */
const BACKFILL_MS = 20_000;
/** An event may be so far ahead, see READ_LIMITS. */
const AHEAD_MS = HOUR_MS;
/** Rests so many times as long as it worked, so that InfluxDB has most of its time for others; at most so long. */
const REST = 9;
const LONGEST_REST_MS = 600_000;
/** A window is summed up each minute, so that this is trouble. */
const LATE_MS = 900_000;
/** What the clocks of this machine and of InfluxDB may differ by before it is worth a word. */
const CLOCK_TOLERANCE_MS = 60_000;

export class Roller {
  readonly #options: RollerOptions;
  readonly #work: RollupWork;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #opened = false;
  #closed = false;
  #state: RollupState | undefined;
  /** Marks before this were seen by this process, when it was its turn. */
  #seenMs: number | undefined;
  #aheadMs = 0;
  #clock = { serverMs: 0, atMs: 0 };
  #refreshDueMs = 0;
  problem: string | undefined;
  /** Rounds in which it was this collector's turn. */
  rounds = 0;

  constructor(options: RollerOptions) {
    this.#options = options;
    this.#work = new RollupWork(options.database, options.keep);
  }

  get counts(): RollupWork['counts'] {
    return this.#work.counts;
  }

  /** InfluxDB's clock minus this machine's, where they differ by more than can be measured. */
  get clockAheadMs(): number {
    return Math.abs(this.#aheadMs) > 2000 ? this.#aheadMs : 0;
  }

  get clockProblem(): string | undefined {
    const s = Math.round(this.#aheadMs / 1000);
    if (Math.abs(this.#aheadMs) <= CLOCK_TOLERANCE_MS) return undefined;
    return `InfluxDB's clock is ${Math.abs(s)} s ${s > 0 ? 'ahead of' : 'behind'} this machine's: set both by NTP`;
  }

  /** Age of the newest counts that the roll-ups are sure to have, whoever makes them; undefined before the first round. */
  get lagMs(): number | undefined {
    if (!this.#state) return undefined;
    const { freshMs, settledMs } = this.#state;
    const nowMs = this.#now() + this.clockAheadMs;
    return Math.max(0, nowMs - freshMs, nowMs - settledMs - USUALLY_SETTLED_MS);
  }

  /** What is wrong, in words, when the roll-ups lag by more than 15 minutes. */
  get late(): string | undefined {
    const { lagMs = 0 } = this;
    if (lagMs <= LATE_MS) return undefined;
    const why = this.problem === undefined ? '' : `: ${this.problem}`;
    return `the newest counts in them are ${Math.round(lagMs / 60_000)} minutes old${why}`;
  }

  /** Whether history from before there were roll-ups is still to be summed up. */
  get backfilling(): boolean {
    return (this.#state?.backfillMs ?? 0) > 0;
  }

  /** Starts to repeat; failures are said in `problem` and tried again, they hold nothing up. */
  open(): void {
    if (this.#opened || this.#closed) return;
    this.#opened = true;
    void this.#repeat();
  }

  async #repeat(): Promise<void> {
    const startedAtMs = performance.now();
    await this.run();
    if (this.#closed) return;
    const restMs = Math.min(LONGEST_REST_MS, REST * (performance.now() - startedAtMs));
    this.#timer = setTimeout(() => void this.#repeat(), Math.max(this.#options.periodMs ?? 60_000, restMs));
  }

  /** One round now; rounds never overlap. */
  run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#running ??= this.#round()
      .then(() => {
        this.problem = undefined;
      })
      .catch((error: Error) => {
        if (!this.#closed) this.problem = error.message;
      })
      .finally(() => {
        this.#running = undefined;
        this.#options.onRound?.(this.problem);
      });
    return this.#running;
  }

  /** Ends after the statement that is under way, if that is soon, and leaves the turn to others. Idempotent. */
  async close(withinMs = 1000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    await within(withinMs, this.#running ?? Promise.resolve());
    const state = this.#state;
    if (state?.holder !== this.#options.collector) return;
    const leaving = this.#options.saveState({ ...state, atMs: state.atMs + 1, holder: undefined });
    // The others notice all the same, a little later.
    await within(withinMs, leaving).catch(() => undefined);
  }

  async #round(): Promise<void> {
    await this.#readClock();
    const { database, collector } = this.#options;
    const known = stateOf(await database.query(LAST_STATE));
    const atMs = this.#serverMs();
    this.#state = known ?? this.#firstState(atMs);
    const others = known?.holder !== undefined && known.holder !== collector;
    if (others && Math.abs(atMs - known.atMs) < LEASE_MS) {
      this.#seenMs = undefined;
      return;
    }
    this.rounds += 1;
    await this.#save({});
    await this.#refresh();
    await this.#settle();
    await this.#backfill();
  }

  /** What was touched since the last look, for those who watch. What it misses is settled later. */
  async #refresh(): Promise<void> {
    const state = this.#current();
    const startedAtMs = this.#serverMs();
    const earliestMs = startedAtMs - USUALLY_SETTLED_MS;
    const sinceMs = Math.max(state.settledMs, earliestMs, (this.#seenMs ?? 0) - OVERLAP_MS);
    await this.#work.sumTouched(await this.#touched(sinceMs), state, () => this.#goOn());
    this.#seenMs = startedAtMs;
    const endMs = this.#serverMs();
    this.#refreshDueMs = endMs + Math.max(KEEP_UP_MS, KEEP_UP_REST * (endMs - startedAtMs));
    await this.#save({ freshMs: startedAtMs });
  }

  /** What was touched so long ago that nothing can be added unseen: for good. */
  async #settle(): Promise<void> {
    for (;;) {
      const { settledMs } = this.#current();
      const latestMs = Math.min(this.#serverMs() - SETTLE_MS, settledMs + SETTLE_MOST_MS) - SETTLE_PAST_MS;
      const untilMs = Math.floor(latestMs / SETTLE_STEP_MS) * SETTLE_STEP_MS + SETTLE_PAST_MS;
      if (untilMs <= settledMs) return;
      const touched = await this.#touched(settledMs, untilMs);
      await this.#work.sumTouched(touched, this.#current(), () => this.#keepUp());
      await this.#save({ settledMs: untilMs });
    }
  }

  /** What was stored before there were roll-ups: day by day, newest first, where there is something. */
  async #backfill(): Promise<void> {
    const startedAtMs = performance.now();
    while (this.backfilling && performance.now() - startedAtMs < BACKFILL_MS) {
      const state = this.#current();
      const fromMs = await this.#work.sumDayBefore(state.backfillMs, state, () => this.#keepUp());
      await this.#save({ backfillMs: fromMs ?? 0 });
    }
  }

  async #keepUp(): Promise<void> {
    await this.#goOn();
    if (this.#serverMs() > this.#refreshDueMs) await this.#refresh();
  }

  /** Between two statements. */
  async #goOn(): Promise<void> {
    if (this.#closed) throw new Error('the collector is closing');
    if (this.#serverMs() - this.#current().atMs > RENEW_MS) await this.#save({});
  }

  async #touched(fromMs: number, untilMs?: number) {
    const until = untilMs === undefined ? '' : ` AND time < ${untilMs}ms`;
    const influxql = `SELECT DISTINCT(quarters) FROM "raw".batch WHERE time >= ${fromMs}ms${until} GROUP BY site, agent`;
    return touchedOf(await this.#options.database.query(influxql), quartersOfText);
  }

  #firstState(atMs: number): RollupState {
    const backfillMs = Math.ceil((atMs + AHEAD_MS) / HOUR_MS) * HOUR_MS;
    const whole = this.#work.wholeFrom(atMs);
    return { holder: undefined, atMs, settledMs: atMs - SETTLE_MS, freshMs: atMs, backfillMs, ...whole };
  }

  async #save(changes: Partial<RollupState>): Promise<void> {
    const state = this.#current();
    const atMs = this.#serverMs();
    const whole = this.#work.wholeFrom(atMs, state);
    const next = { ...state, ...whole, ...changes, atMs, holder: this.#options.collector };
    await this.#options.saveState(next);
    this.#state = next;
  }

  #current(): RollupState {
    if (!this.#state) throw new Error('a round begins with its state');
    return this.#state;
  }

  async #readClock(): Promise<void> {
    const serverMs = await this.#options.database.clockMs();
    const nowMs = this.#now();
    this.#aheadMs = serverMs === undefined ? 0 : serverMs + 500 - nowMs;
    this.#clock = { serverMs: Math.round(nowMs + this.clockAheadMs), atMs: performance.now() };
  }

  /** InfluxDB's time, which this machine's clock being set does not change. */
  #serverMs(): number {
    return Math.round(this.#clock.serverMs + performance.now() - this.#clock.atMs);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
