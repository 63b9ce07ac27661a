// The agent's memory of what the centre has not yet confirmed: batches on disk, numbered, bounded by size and
// age. This file keeps it going when the disk does not; batch-store.ts does the writing.

import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { addCounts, type BatchClass, type EventCounts, totalOf } from './batch-class.ts';
import { BatchStore, type Draft, type PreparedAppend } from './batch-store.ts';
import { OutboxClock } from './outbox-clock.ts';
import {
  asPublisherError,
  type Database,
  type MakeDatabase,
  makeDatabase,
  openDatabase,
  readState,
  setAside,
} from './outbox-database.ts';
import type { BatchWithBody, OutboxState, StoredBatch } from './outbox-records.ts';
import { enforceAge, enforceSize, tidyUp } from './overflow.ts';
import { PublisherError } from './publisher-error.ts';

export type OutboxOptions = {
  readonly directory: string;
  /** Bytes of all batches together. On disk it is a little more, until LevelDB tidies up. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly logger: Logger;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Default: the process's monotonic clock. */
  readonly monotonicMs?: () => number;
  readonly makeDatabase?: MakeDatabase;
  /** Names a new life, given the wall clock. Default: by the wall clock. */
  readonly newEpoch?: (wallMs: number) => number;
};

/** A write of one empty batch and the state is larger. */
const SMALLEST_WRITE_BYTES = 200;

export type OutboxTotals = OutboxState['totals'];

/**
 * An append that failed. With `prepared` it was tried and may have reached the disk all the same, which only a
 * reopening can tell.
 */
type Unfinished = {
  readonly prepared?: PreparedAppend;
  readonly drafts: readonly Draft[];
  readonly lost: EventCounts;
};

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #clock: OutboxClock;
  #store: BatchStore | undefined;
  #failure: PublisherError | undefined;
  #unfinished: Unfinished[] = [];
  #closed = false;
  /** Work goes one at a time: totals and numbers depend on the write before. */
  #tail: Promise<unknown> = Promise.resolve();
  #given: EventCounts = {};
  /** When the oldest batch was stored, by the outbox's clock, as of the last `enforceLimits`. */
  #oldestStoredAtMs: number | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#clock = new OutboxClock({
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
      mostOffMs: options.maxAgeMs / 2,
    });
  }

  /** One life of the outbox: the moment it was created. Undefined until it has been opened. */
  get epoch(): number | undefined {
    return this.#store?.state.epoch;
  }

  get totals(): OutboxTotals {
    return this.#store?.state.totals ?? { batches: 0, bytes: 0, events: {} };
  }

  /** How long ago the oldest batch was stored, ms; which one that is as of the last `enforceLimits`. */
  get oldestAgeMs(): number | undefined {
    if (this.totals.batches === 0 || this.#oldestStoredAtMs === undefined) return undefined;
    return Math.max(0, this.#clock.nowMs() - this.#oldestStoredAtMs);
  }

  /** Why nothing can be stored at present; `recover` until it is gone. */
  get failure(): PublisherError | undefined {
    return this.#failure;
  }

  /** Whether batches were given up that no batch tells of yet: an append without drafts makes one. */
  get hasReport(): boolean {
    return (this.#store?.state.dropped.length ?? 0) > 0;
  }

  /** Events whose append failed; `recover` stores them. */
  get unstored(): EventCounts {
    return this.#unfinished
      .flatMap(({ drafts }) => drafts)
      .reduce<EventCounts>((sum, { events }) => addCounts(sum, events), {});
  }

  /** Gives away appends that failed before anything was tried, so that their events are certainly not on the disk. */
  takeUntried(): { readonly drafts: readonly Draft[]; readonly lost: EventCounts }[] {
    const untried = this.#unfinished.filter(({ prepared }) => prepared === undefined);
    this.#unfinished = this.#unfinished.filter(({ prepared }) => prepared !== undefined);
    return untried;
  }

  /** Events given up since this process started. */
  get givenUp(): EventCounts {
    return this.#given;
  }

  /**
   * Opens or reopens the database and finishes an append that had failed; gives how many batches that stored.
   * A damaged database is set aside and a new life begins. Throws PublisherError `locked` or `unwritable`.
   */
  recover(): Promise<number> {
    return this.#exclusive(async () => {
      if (this.#closed) throw new PublisherError('closed', 'the outbox is closed');
      if (this.#store && !this.#failure) return 0;
      await this.#reopen();
      let stored = 0;
      for (const append of this.#unfinished.splice(0)) {
        // Once one has failed again, the others only join it.
        stored += await this.#finish(append).catch(() => 0);
      }
      if (this.#failure) throw this.#failure;
      return stored;
    });
  }

  /**
   * Stores drafts as batches with the next numbers, in one synchronous write, and gives them as stored. `lost`
   * are events that could not be kept; they are reported. `leaving` says that the batches will be sent as they are
   * given; without it they may be merged with others and have to be read again. Throws PublisherError
   * `unwritable` or `corrupt`; the drafts are then kept here until `recover` has stored them.
   */
  append(
    drafts: readonly Draft[],
    { lost = {}, leaving = false }: { lost?: EventCounts; leaving?: boolean } = {},
  ): Promise<readonly BatchWithBody[]> {
    return this.#exclusive(() => this.#append(drafts, lost, leaving));
  }

  /** Batches of one class from `fromSeq` on, to be sent: at most `limit`, ending beyond `maxBytes`. */
  page(batchClass: BatchClass, fromSeq: number, limit: number, maxBytes: number): Promise<BatchWithBody[]> {
    return this.#exclusive(() =>
      this.#guarded(async (store) => {
        const batches = await store.page(batchClass, fromSeq, { limit, maxBytes });
        store.expose(batches);
        return batches;
      }),
    );
  }

  /** The bodies of these batches, in order; undefined where one is gone. */
  read(batches: readonly StoredBatch[]): Promise<(BatchWithBody | undefined)[]> {
    return this.#exclusive(() => this.#guarded((store) => store.read(batches)));
  }

  /** Deletes what the centre has stored; gives how many batches that were. Another epoch's are not ours. */
  acknowledge(epoch: number, ranges: readonly (readonly [number, number])[]): Promise<number> {
    return this.#exclusive(() =>
      this.#guarded((store) =>
        epoch === store.state.epoch ? store.acknowledge(ranges) : Promise.resolve(0),
      ),
    );
  }

  /** Gives up what is too old or too much; to be called every few seconds. */
  enforceLimits(): Promise<void> {
    return this.#exclusive(() =>
      this.#guarded(async (store) => {
        await enforceAge(store, this.#options.maxAgeMs);
        await enforceSize(store, this.#options.maxBytes);
        this.#oldestStoredAtMs = await tidyUp(store);
      }),
    );
  }

  /** Waits for work under way, then closes the database. */
  close(): Promise<void> {
    return this.#exclusive(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#store?.database.close();
    });
  }

  async #finish({ prepared, drafts, lost }: Unfinished): Promise<number> {
    const state = this.#store?.state;
    // An append is one write: when its last number is on disk, all of it is.
    const landed = prepared && state?.epoch === prepared.state.epoch && state.next >= prepared.state.next;
    const batches = landed
      ? await this.#appended({ prepared, drafts, lost })
      : await this.#append(drafts, lost, false);
    return batches.length;
  }

  async #append(
    drafts: readonly Draft[],
    lost: EventCounts,
    leaving: boolean,
  ): Promise<readonly BatchWithBody[]> {
    const appending: { prepared?: PreparedAppend; drafts: readonly Draft[]; lost: EventCounts } = {
      drafts,
      lost,
    };
    try {
      const prepared = this.#usable().prepare(drafts, lost);
      if (prepared.batches.length === 0) return [];
      appending.prepared = prepared;
      await this.#guarded((store) => store.commit(prepared));
    } catch (error) {
      if (drafts.length > 0 || totalOf(lost) > 0) this.#unfinished.push(appending);
      throw error;
    }
    if (leaving) this.#store?.expose(appending.prepared.batches);
    return this.#appended(appending);
  }

  async #appended({ prepared, lost }: Unfinished): Promise<readonly BatchWithBody[]> {
    this.#given = addCounts(this.#given, lost);
    try {
      await this.#guarded((store) => enforceSize(store, this.#options.maxBytes));
    } catch (error) {
      // The append itself is on disk; the failure is dealt with by `recover`.
      this.#options.logger.warn({ err: error }, 'could not make room in the outbox');
    }
    return prepared?.batches ?? [];
  }

  async #reopen(): Promise<void> {
    const known = this.#store?.state;
    try {
      await this.#store?.database.close();
      this.#store = await this.#open(known);
    } catch (error) {
      this.#failure = asPublisherError(error, this.#options.directory);
      if (this.#failure.code !== 'corrupt') throw this.#failure;
      await this.#beginAnew(this.#failure, known);
    }
    this.#failure = undefined;
  }

  /** `known`: the last state in memory, for a disk that has forgotten everything. */
  async #open(known: OutboxState | undefined): Promise<BatchStore> {
    const { directory, logger, now } = this.#options;
    const database = await openDatabase(directory, this.#options.makeDatabase ?? makeDatabase);
    try {
      const found = await readState(database, directory);
      const passedOverBytes = (await database.passedOverBytes?.()) ?? 0;
      if (!found) {
        const store = await this.#create(database, known?.epoch ?? 0);
        const lost = known?.totals.events ?? {};
        if (passedOverBytes > 0 || totalOf(lost) > 0) await store.report('corrupt', lost);
        return store;
      }
      this.#clock.resume(found.state.clockMs, found.state.wallMs, now());
      const store = this.#storeOn(database, found.state);
      const { missing, missingBatches } = found;
      if (missingBatches > 0 || passedOverBytes > 0) {
        const what = 'batches are missing from the outbox: the disk lost or damaged what it had confirmed';
        logger.error({ directory, missing, missingBatches, passedOverBytes }, what);
        // The newest state may be among what was passed over, and with it the numbers of batches that were sent.
        await store.report('corrupt', missing, 1 + Math.ceil(passedOverBytes / SMALLEST_WRITE_BYTES));
      }
      return store;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** `known`: the last state in memory, from which the report says how much is lost. */
  async #beginAnew(failure: PublisherError, known: OutboxState | undefined): Promise<void> {
    const { directory, logger, now } = this.#options;
    try {
      const aside = await setAside(directory, now(), logger);
      logger.error({ err: failure, aside, events: known?.totals.events }, 'set a damaged outbox aside');
      const database = await openDatabase(directory, this.#options.makeDatabase ?? makeDatabase);
      this.#store = await this.#create(database, known?.epoch ?? 0);
      await this.#store.report('corrupt', known?.totals.events ?? {});
    } catch (error) {
      this.#failure = asPublisherError(error, directory);
      throw this.#failure;
    }
  }

  async #create(database: Database, lastEpoch: number): Promise<BatchStore> {
    const { now, newEpoch } = this.#options;
    const wallMs = Math.round(now());
    const store = this.#storeOn(database, {
      format: 1,
      // Even on a clock that went back, a new life has a new name.
      epoch: Math.max(newEpoch?.(wallMs) ?? wallMs, lastEpoch + 1),
      next: 1,
      clockMs: this.#clock.nowMs(),
      wallMs,
      totals: { batches: 0, bytes: 0, events: {} },
      dropped: [],
    });
    await store.save();
    return store;
  }

  #storeOn(database: Database, state: OutboxState): BatchStore {
    const { now, logger } = this.#options;
    const onGivenUp = (events: EventCounts) => {
      this.#given = addCounts(this.#given, events);
    };
    return new BatchStore({ database, state, clock: this.#clock, now, logger, onGivenUp });
  }

  #usable(): BatchStore {
    if (this.#closed) throw new PublisherError('closed', 'the outbox is closed');
    if (this.#failure) throw this.#failure;
    if (!this.#store)
      throw new PublisherError('closed', 'the outbox has not been opened: call recover first');
    return this.#store;
  }

  /** Runs `work` on the open database; its failure makes the outbox unusable until `recover`. */
  async #guarded<T>(work: (store: BatchStore) => Promise<T>): Promise<T> {
    const store = this.#usable();
    try {
      return await work(store);
    } catch (error) {
      this.#failure = asPublisherError(error, this.#options.directory);
      throw this.#failure;
    }
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
