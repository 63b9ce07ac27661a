// The way of events into the outbox: gathered for a moment, written, and kept in memory while the disk refuses.

import type { Logger } from 'pino';
import type { TrafficEvent } from '../../contract/index.ts';
import { type RetryPolicy, retryDelayMs } from '../retry-policy.ts';
import { addCounts, type EventCounts, totalOf } from './batch-class.ts';
import { Batcher } from './batcher.ts';
import type { Outbox } from './outbox.ts';
import type { BatchWithBody } from './outbox-records.ts';
import { PublisherError } from './publisher-error.ts';

export type IntakeOptions = {
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly random: () => number;
  /** Longest that an event waits for others before it is written, in milliseconds. */
  readonly batchMs: number;
  /** Whether batches can be sent at once. */
  readonly connected: () => boolean;
  /** Batches on disk, to be sent as they are. */
  readonly onFresh: (batches: readonly BatchWithBody[]) => void;
  /** Batches on disk, to be read back. */
  readonly onBacklog: () => void;
  /** The outbox was lost and a new one begun. */
  readonly onNewEpoch: () => void;
  /** `outbox.failure` came or went. */
  readonly onStorageChange: () => void;
};

const STORAGE_RETRY: RetryPolicy = { firstMs: 1000, capMs: 60_000 };

export class Intake {
  readonly #options: IntakeOptions;
  readonly #batcher = new Batcher();
  #epoch: number | undefined;
  #accepted: EventCounts = {};
  #storedBatches = 0;
  /** On its way to the disk. */
  #writing: EventCounts = {};
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #recovery: NodeJS.Timeout | undefined;
  #attempt = 0;
  #closed = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Events taken over since the start. */
  get accepted(): EventCounts {
    return this.#accepted;
  }

  /** Events not yet on disk. */
  get waiting(): EventCounts {
    return addCounts(addCounts(this.#batcher.waitingEvents, this.#writing), this.#options.outbox.unstored);
  }

  /** Events lost from memory and not yet reported. */
  get lost(): EventCounts {
    return this.#batcher.lostEvents;
  }

  get storedBatches(): number {
    return this.#storedBatches;
  }

  /** Opens the outbox. Throws PublisherError `locked`; a disk that refuses is tried again for ever. */
  async open(): Promise<void> {
    try {
      await this.#recover();
    } catch (error) {
      if (!(error instanceof PublisherError && error.retryable)) throw error;
      this.storageFailed();
    }
  }

  add(events: readonly TrafficEvent[]): void {
    for (const event of events) {
      this.#batcher.add(event);
      this.#accepted = addCounts(this.#accepted, { [event.type]: 1 });
    }
    if (this.#batcher.isFull) this.#startFlush();
    else if (events.length > 0) this.#startTimer();
  }

  /** The outbox has refused: events wait in memory until it can be opened again. */
  storageFailed(): void {
    if (this.#recovery || this.#closed) return;
    const { outbox, logger, random, onStorageChange } = this.#options;
    // One line when it begins and one when it is over, not one for each of a thousand attempts.
    if (this.#attempt === 0) {
      logger.error(
        { err: outbox.failure },
        'cannot store events; they wait in memory and the disk is tried again',
      );
      onStorageChange();
    }
    const waitMs = retryDelayMs(STORAGE_RETRY, this.#attempt, random);
    this.#attempt += 1;
    this.#recovery = setTimeout(() => {
      this.#recovery = undefined;
      this.#recover().catch(() => this.storageFailed());
    }, waitMs);
  }

  /** Checks the outbox's limits and reports what was given up. */
  async upkeep(): Promise<void> {
    const { outbox } = this.#options;
    if (outbox.failure || this.#closed) return;
    try {
      await outbox.enforceLimits();
      if (outbox.hasReport) {
        await outbox.append([]);
        this.#options.onBacklog();
      }
    } catch (error) {
      this.#noteFailure(error);
    }
  }

  /** Writes what waits, as far as the disk allows, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#recovery);
    const { outbox, logger } = this.#options;
    try {
      // One last try, for a disk that has come back since.
      if (outbox.failure) await outbox.recover();
      await this.#flushing;
      await this.#flush();
    } catch (error) {
      logger.warn({ err: error }, 'the outbox refused the last events');
    }
    if (totalOf(this.waiting) > 0) {
      logger.error({ events: this.waiting }, 'events are lost: they could not be stored before the end');
    }
  }

  #startTimer(): void {
    this.#timer ??= setTimeout(() => this.#startFlush(), this.#options.batchMs);
  }

  #startFlush(): void {
    const { outbox } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#flush()
      .catch((error: unknown) => this.#noteFailure(error))
      .finally(() => {
        this.#flushing = undefined;
        // Added between the last look and now.
        if (!this.#batcher.isEmpty && !this.#closed && !outbox.failure) this.#startTimer();
      });
  }

  async #flush(): Promise<void> {
    const { outbox, connected, onFresh, onBacklog } = this.#options;
    while (!this.#batcher.isEmpty && outbox.epoch !== undefined && !outbox.failure) {
      const { drafts, lost } = this.#batcher.take();
      const leaving = connected();
      this.#writing = drafts.reduce<EventCounts>((sum, { events }) => addCounts(sum, events), {});
      const batches = await outbox.append(drafts, { lost, leaving }).finally(() => {
        this.#writing = {};
      });
      this.#storedBatches += batches.length;
      if (leaving) onFresh(batches);
      else onBacklog();
    }
    // Room could not be made, or the disk refused between two writes.
    if (outbox.failure) this.storageFailed();
  }

  async #recover(): Promise<void> {
    const { outbox, logger, onNewEpoch, onBacklog, onStorageChange } = this.#options;
    this.#storedBatches += await outbox.recover();
    if (this.#attempt > 0) {
      this.#attempt = 0;
      logger.info('events are stored again');
      onStorageChange();
    }
    if (this.#epoch !== undefined && outbox.epoch !== this.#epoch) onNewEpoch();
    this.#epoch = outbox.epoch;
    onBacklog();
    this.#startFlush();
  }

  #noteFailure(error: unknown): void {
    if (!this.#options.outbox.failure) {
      this.#options.logger.error({ err: error }, 'storing events failed unexpectedly');
    }
    this.storageFailed();
  }
}
