// Batches and the outbox's own state in one open database. Every change is one atomic write of both, so that a
// crash between any two instructions leaves the state before or the state after, never something between.

import type { Logger } from 'pino';
import type { DroppedRange } from '../../contract/index.ts';
import { addCounts, BATCH_CLASSES, type BatchClass, type EventCounts, totalOf } from './batch-class.ts';
import { joinRanges } from './dropped-ranges.ts';
import type { OutboxClock } from './outbox-clock.ts';
import type { Database, Operation } from './outbox-database.ts';
import {
  type BatchWithBody,
  decodeKey,
  droppedIn,
  encodeBatch,
  encodeState,
  keyRange,
  type OutboxState,
  STATE_KEY,
  type StoredBatch,
  seal,
  unseal,
} from './outbox-records.ts';
import { SeqRanges } from './seq-ranges.ts';

/** Events of one class on their way into the outbox. */
export type Draft = {
  readonly class: BatchClass;
  readonly events: EventCounts;
  /** Each event as JSON. */
  readonly json: readonly string[];
};

export type PreparedAppend = { readonly state: OutboxState; readonly batches: readonly BatchWithBody[] };

export type BatchStoreOptions = {
  readonly database: Database;
  readonly state: OutboxState;
  readonly clock: OutboxClock;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly onGivenUp: (events: EventCounts) => void;
};

export type PageBounds = {
  readonly limit: number;
  /** The page ends with the batch that reaches this. */
  readonly maxBytes: number;
  /** Only batches stored before this reading of the outbox's clock. */
  readonly storedBeforeMs?: number;
};

/** Ranges told in one batch; the contract allows 1000. */
const MAX_REPORTED_RANGES = 500;
/** Beyond it, batches that never left the box count as if they had: they can be dropped, but not merged. */
const MAX_EXPOSED_RUNS = 256;
/** What neither a collector (1 MiB) nor perhaps the broker takes; batches are made far smaller. */
const MAX_SENDABLE_BYTES = 1_000_000;
/** Batches deleted in one write. */
const MAX_DELETED_AT_ONCE = 1000;

export class BatchStore {
  readonly #options: BatchStoreOptions;
  readonly database: Database;
  #state: OutboxState;
  /** No batch of the class is older; spares LevelDB from walking over what was deleted. */
  readonly #floor: Record<BatchClass, number> = { counts: 0, passages: 0, incidents: 0 };
  /** Batches that may have left the box: they must never change any more. */
  readonly #exposed = new SeqRanges();
  deletedBytes = 0;
  /** Counts below these numbers have been merged into the intervals of each level: see merge-batches.ts. */
  readonly mergedBelow: number[] = [];

  constructor(options: BatchStoreOptions) {
    this.#options = options;
    this.database = options.database;
    this.#state = options.state;
    // What an earlier process sent is not known.
    if (options.state.next > 1) this.#exposed.add(1, options.state.next - 1);
  }

  get state(): OutboxState {
    return this.#state;
  }

  get clockMs(): number {
    return this.#options.clock.nowMs();
  }

  floorOf(batchClass: BatchClass): number {
    return this.#floor[batchClass];
  }

  isExposed(seq: number): boolean {
    return this.#exposed.has(seq);
  }

  expose(batches: readonly StoredBatch[]): void {
    for (const { seq } of batches) this.#exposed.add(seq, seq);
    this.#exposed.coarsen(MAX_EXPOSED_RUNS);
  }

  /**
   * Numbers drafts and puts what has to be reported into the first of them. `lost` are events that never came
   * this far; they take a number of their own, so that the gap is seen. Without drafts, a batch without events is
   * made when there is something to report. Changes nothing yet.
   */
  prepare(drafts: readonly Draft[], lost: EventCounts): PreparedAppend {
    let { next, dropped } = this.#state;
    if (totalOf(lost) > 0) {
      dropped = joinRanges([...dropped, { fromSeq: next, toSeq: next, reason: 'outbox-full', events: lost }]);
      next += 1;
    }
    // A report without events goes with what is kept longest.
    const report: Draft[] = dropped.length > 0 ? [{ class: 'incidents', events: {}, json: [] }] : [];
    const batches: BatchWithBody[] = [];
    const atMs = Math.round(this.#options.now());
    for (const draft of drafts.length > 0 ? drafts : report) {
      const told = dropped.slice(0, MAX_REPORTED_RANGES).map((range) => ({ atMs, ...range }));
      dropped = dropped.slice(MAX_REPORTED_RANGES);
      const tail = told.length > 0 ? `,"dropped":${JSON.stringify(told)}` : '';
      const body = `"events":[${draft.json.join(',')}]${tail}`;
      const { class: batchClass, events } = draft;
      const { epoch } = this.#state;
      batches.push(
        encodeBatch({ epoch, seq: next, class: batchClass, storedAtMs: this.clockMs, events, body }),
      );
      next += 1;
    }
    const totals = batches.reduce((sum, batch) => changed(sum, batch, 1), this.#state.totals);
    return { state: { ...this.#state, next, dropped, totals }, batches };
  }

  /** Writes a prepared append to the disk for certain: resolves once the disk has it. */
  async commit({ state, batches }: PreparedAppend): Promise<void> {
    const puts = batches.map(({ key, body }): Operation => ({ type: 'put', key, value: seal(body) }));
    await this.#write(puts, state, true);
  }

  /** Writes the state alone. */
  async save(): Promise<void> {
    await this.#write([], this.#state, true);
  }

  /**
   * Notes events that are lost although nobody knows in which batches; the note takes numbers of its own, at least as
   * many as batches may have had that are forgotten: theirs must not be given again.
   */
  async report(reason: DroppedRange['reason'], events: EventCounts, numbers = 1): Promise<void> {
    const { next, dropped } = this.#state;
    const noted = joinRanges([...dropped, { fromSeq: next, toSeq: next + numbers - 1, reason, events }]);
    await this.#write([], { ...this.#state, next: next + numbers, dropped: noted }, true);
    this.#options.onGivenUp(events);
  }

  /**
   * Batches of one class from `fromSeq` on, in order. Damaged ones, and those that nobody would take, are given up and
   * reported: they must not hold up the line for ever.
   */
  async page(batchClass: BatchClass, fromSeq: number, bounds: PageBounds): Promise<BatchWithBody[]> {
    const good: BatchWithBody[] = [];
    const bad: StoredBatch[] = [];
    const tooLarge: BatchWithBody[] = [];
    let bytes = 0;
    const from = Math.max(fromSeq, this.#floor[batchClass]);
    for await (const [key, value] of this.database.iterator(keyRange(batchClass, from))) {
      const batch = decodeKey(key);
      if (!batch) continue;
      if (bounds.storedBeforeMs !== undefined && batch.storedAtMs >= bounds.storedBeforeMs) break;
      const body = unseal(value);
      if (body === undefined) bad.push(batch);
      else if (batch.bytes > MAX_SENDABLE_BYTES) tooLarge.push({ ...batch, epoch: this.#state.epoch, body });
      else good.push({ ...batch, epoch: this.#state.epoch, body });
      bytes += batch.bytes;
      const found = good.length + bad.length + tooLarge.length;
      if (found >= bounds.limit || bytes >= bounds.maxBytes) break;
    }
    await this.giveUp(bad, 'corrupt');
    await this.giveUp(tooLarge, 'other');
    return good;
  }

  /** The bodies of these batches, in order; undefined where one is gone or damaged (then given up). */
  async read(batches: readonly StoredBatch[]): Promise<(BatchWithBody | undefined)[]> {
    const values = await this.database.getMany(batches.map(({ key }) => key));
    const bad: StoredBatch[] = [];
    const found = batches.map((batch, index) => {
      const value = values[index];
      const body = value === undefined ? undefined : unseal(value);
      if (value !== undefined && body === undefined) bad.push(batch);
      return body === undefined ? undefined : { ...batch, epoch: this.#state.epoch, body };
    });
    await this.giveUp(bad, 'corrupt');
    return found;
  }

  /** Deletes the batches in these ranges of sequence numbers; gives how many there were. */
  async acknowledge(ranges: readonly (readonly [number, number])[]): Promise<number> {
    let removed = 0;
    for (const [first, last] of ranges) {
      for (const batchClass of BATCH_CLASSES) {
        for (;;) {
          const from = Math.max(first, this.#floor[batchClass]);
          if (from > last) break;
          const bounds = { ...keyRange(batchClass, from, last), limit: MAX_DELETED_AT_ONCE };
          const keys = await this.database.keys(bounds).all();
          await this.remove(keys.map(decodeKey).filter((batch) => batch !== undefined));
          removed += keys.length;
          if (keys.length < MAX_DELETED_AT_ONCE) break;
        }
      }
    }
    return removed;
  }

  /** Deletes batches for good and notes them for the next report, with the reports that they carried. */
  async giveUp(
    batches: readonly (StoredBatch & { readonly body?: string })[],
    reason: DroppedRange['reason'],
  ): Promise<void> {
    if (batches.length === 0) return;
    const ranges = batches.map(
      ({ seq, events }): DroppedRange => ({ fromSeq: seq, toSeq: seq, reason, events }),
    );
    const carried = batches.flatMap(({ body }) => (body === undefined ? [] : droppedIn(body)));
    await this.remove(batches, [...carried, ...ranges]);
    const events = batches.reduce<EventCounts>((sum, batch) => addCounts(sum, batch.events), {});
    this.#options.onGivenUp(events);
    this.#options.logger.warn({ reason, batches: batches.length, events }, 'gave up batches of the outbox');
  }

  /** Deletes batches, puts others in their place, and notes dropped ranges for the next report. */
  async remove(
    batches: readonly StoredBatch[],
    dropped: readonly DroppedRange[] = [],
    replacements: readonly BatchWithBody[] = [],
  ): Promise<void> {
    if (batches.length === 0) return;
    const operations = batches.map(({ key }): Operation => ({ type: 'del', key }));
    for (const { key, body } of replacements) operations.push({ type: 'put', key, value: seal(body) });
    const without = batches.reduce((sum, batch) => changed(sum, batch, -1), this.#state.totals);
    const totals = replacements.reduce((sum, batch) => changed(sum, batch, 1), without);
    const pending = joinRanges([...this.#state.dropped, ...dropped]);
    // A deletion need not be synchronous: should it be lost, the batches are sent once more, which is harmless; and
    // the report of what was dropped cannot outlive it, for LevelDB keeps the order of writes. A replacement must be:
    // were it sent and then lost in a power cut, what it was made of would be sent as well.
    const sync = replacements.length > 0;
    await this.#write(operations, { ...this.#state, totals, dropped: pending }, sync);
    for (const { bytes } of batches) this.deletedBytes += bytes;
    // The state is written with every batch: a list that has grown long becomes a batch of its own.
    if (pending.length >= MAX_REPORTED_RANGES) await this.commit(this.prepare([], {}));
  }

  /** The oldest batch of a class. */
  async oldest(batchClass: BatchClass): Promise<StoredBatch | undefined> {
    const range = keyRange(batchClass, this.#floor[batchClass]);
    const [key] = await this.database.keys({ ...range, limit: 1 }).all();
    const batch = key === undefined ? undefined : decodeKey(key);
    this.#floor[batchClass] = batch?.seq ?? this.#state.next;
    return batch;
  }

  async #write(operations: readonly Operation[], next: OutboxState, sync: boolean): Promise<void> {
    const state = { ...next, clockMs: this.clockMs, wallMs: Math.round(this.#options.now()) };
    const writing: Operation[] = [...operations, { type: 'put', key: STATE_KEY, value: encodeState(state) }];
    await this.database.batch(writing, { sync });
    this.#state = state;
  }
}

function changed(totals: OutboxState['totals'], batch: StoredBatch, sign: 1 | -1): OutboxState['totals'] {
  return {
    batches: totals.batches + sign,
    bytes: totals.bytes + sign * batch.bytes,
    events: addCounts(totals.events, batch.events, sign),
  };
}
