// The way of events into the outbox: gathered for a moment and written to the disk. While the disk refuses they are
// kept in memory, and when it has refused for long they go out from there, under the name of another outbox.

import type { Logger } from 'pino';
import type { TrafficEvent } from '../../contract/index.ts';
import { type RetryPolicy, retryDelayMs } from '../retry-policy.ts';
import { addCounts, type EventCounts } from './batch-class.ts';
import { Batcher } from './batcher.ts';
import type { Dispatch } from './dispatch.ts';
import { PublisherError } from './publisher-error.ts';

export type IntakeOptions = {
  readonly disk: Dispatch;
  /** In memory; opened when it is needed for the first time. */
  readonly spare: Dispatch;
  readonly logger: Logger;
  readonly random: () => number;
  /** Longest that an event waits for others before it is written, in milliseconds. */
  readonly batchMs: number;
  /** How long the disk may refuse before events go out from memory, in milliseconds. */
  readonly spareAfterMs: number;
  /** Whether batches can be sent at once. */
  readonly connected: () => boolean;
  /** `problem` came, changed or went. */
  readonly onStorageChange: () => void;
};

/** Nobody waits for events that cannot be sent: up to a second of them in one write wears flash less. */
const OFFLINE_FACTOR = 4;

const STORAGE_RETRY: RetryPolicy = { firstMs: 1000, capMs: 60_000 };

export class Intake {
  readonly #options: IntakeOptions;
  readonly #batcher = new Batcher();
  #epoch: number | undefined;
  #accepted: EventCounts = {};
  #storedBatches = 0;
  /** On its way into an outbox. */
  #writing: EventCounts = {};
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #recovery: NodeJS.Timeout | undefined;
  #attempt = 0;
  /** Runs while the disk refuses and the spare is not yet used. */
  #patience: NodeJS.Timeout | undefined;
  #spareInUse = false;
  #closed = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Events taken over since the start. */
  get accepted(): EventCounts {
    return this.#accepted;
  }

  /** Events not yet in an outbox. */
  get waiting(): EventCounts {
    const { disk } = this.#options;
    return addCounts(addCounts(this.#batcher.waitingEvents, this.#writing), disk.outbox.unstored);
  }

  /** Events lost from memory and not yet reported. */
  get lost(): EventCounts {
    return this.#batcher.lostEvents;
  }

  get storedBatches(): number {
    return this.#storedBatches;
  }

  /** Why the disk cannot be used, and what becomes of the events; for people. */
  get problem(): string | undefined {
    const failure = this.#options.disk.outbox.failure;
    if (!failure) return undefined;
    const meanwhile = this.#spareInUse
      ? 'events are sent from memory meanwhile, and a power cut loses those that are not yet confirmed'
      : 'events wait in memory meanwhile';
    return `${failure.message}; ${meanwhile}`;
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

  /** The disk has refused: it is opened again and again, and after a while done without. */
  storageFailed(): void {
    if (this.#recovery || this.#closed) return;
    const { disk, logger, random, spareAfterMs, onStorageChange } = this.#options;
    // One line when it begins and one when it is over, not one for each of a thousand attempts.
    if (this.#attempt === 0) {
      const what = 'cannot store events; they wait in memory and the disk is tried again';
      logger.error({ err: disk.outbox.failure }, what);
      onStorageChange();
      this.#patience ??= setTimeout(() => this.#useSpare(), spareAfterMs);
    }
    // What it refused to try, for it was known to fail.
    if (this.#spareInUse) this.#startFlush();
    const waitMs = retryDelayMs(STORAGE_RETRY, this.#attempt, random);
    this.#attempt += 1;
    this.#recovery = setTimeout(() => {
      this.#recovery = undefined;
      this.#recover().catch(() => this.storageFailed());
    }, waitMs);
  }

  /** Checks the limits of the outboxes and reports what was given up. */
  async upkeep(): Promise<void> {
    const { disk, spare } = this.#options;
    for (const dispatch of [disk, spare]) {
      const { outbox } = dispatch;
      if (outbox.failure || outbox.epoch === undefined || this.#closed) continue;
      try {
        await outbox.enforceLimits();
        if (outbox.hasReport) dispatch.stored(await outbox.append([]), false);
      } catch (error) {
        this.#noteFailure(error);
      }
    }
  }

  /** Writes what waits, as far as the disk allows, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#recovery);
    clearTimeout(this.#patience);
    const { disk, logger } = this.#options;
    try {
      // One last try, for a disk that has come back since.
      if (disk.outbox.failure) await disk.outbox.recover();
    } catch (error) {
      logger.warn({ err: error }, 'the outbox refuses to the end');
      await this.#openSpare();
    }
    try {
      await this.#flushing;
      await this.#flush();
    } catch (error) {
      logger.warn({ err: error }, 'the outbox refused the last events');
    }
  }

  #startTimer(): void {
    const { batchMs, connected } = this.#options;
    this.#timer ??= setTimeout(() => this.#startFlush(), connected() ? batchMs : OFFLINE_FACTOR * batchMs);
  }

  #startFlush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#flush()
      .catch((error: unknown) => this.#noteFailure(error))
      .finally(() => {
        this.#flushing = undefined;
        // Added between the last look and now.
        if (!this.#batcher.isEmpty && !this.#closed && this.#target()) this.#startTimer();
      });
  }

  /** Where events go now; undefined while they wait. */
  #target(): Dispatch | undefined {
    const { disk, spare } = this.#options;
    if (disk.outbox.epoch !== undefined && !disk.outbox.failure) return disk;
    return this.#spareInUse ? spare : undefined;
  }

  async #flush(): Promise<void> {
    const { disk, connected } = this.#options;
    await this.#takeUntried();
    for (let target = this.#target(); target && !this.#batcher.isEmpty; target = this.#target()) {
      const { drafts, lost } = this.#batcher.take();
      const leaving = connected();
      this.#writing = drafts.reduce<EventCounts>((sum, { events }) => addCounts(sum, events), {});
      const batches = await target.outbox.append(drafts, { lost, leaving }).finally(() => {
        this.#writing = {};
      });
      this.#storedBatches += batches.length;
      target.stored(batches, leaving);
    }
    // Room could not be made, or the disk refused between two writes.
    if (disk.outbox.failure) this.storageFailed();
  }

  #useSpare(): void {
    this.#openSpare()
      .then(() => this.#startFlush())
      .catch((error: unknown) =>
        this.#options.logger.error({ err: error }, 'events cannot be sent from memory'),
      );
  }

  /** What the disk was never given goes to the spare; what it was given may be on it, and waits for its word. */
  async #takeUntried(): Promise<void> {
    const { disk, spare } = this.#options;
    if (this.#target() !== spare) return;
    for (const { drafts, lost } of disk.outbox.takeUntried()) {
      spare.stored(await spare.outbox.append(drafts, { lost }), false);
    }
  }

  async #openSpare(): Promise<void> {
    const { disk, spare, logger, onStorageChange } = this.#options;
    await spare.outbox.recover();
    // The disk may have come back meanwhile.
    if (this.#spareInUse || !disk.outbox.failure) return;
    this.#spareInUse = true;
    logger.error(
      'the disk has refused for long: events are sent from memory, and a power cut would lose them',
    );
    onStorageChange();
  }

  async #recover(): Promise<void> {
    const { disk, logger, onStorageChange } = this.#options;
    this.#storedBatches += await disk.outbox.recover();
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#spareInUse = false;
    if (this.#attempt > 0) {
      this.#attempt = 0;
      logger.info('events are stored again');
      onStorageChange();
    }
    if (this.#epoch !== undefined && disk.outbox.epoch !== this.#epoch) disk.reset();
    this.#epoch = disk.outbox.epoch;
    disk.stored([], false);
    this.#startFlush();
  }

  #noteFailure(error: unknown): void {
    if (!this.#options.disk.outbox.failure) {
      this.#options.logger.error({ err: error }, 'storing events failed unexpectedly');
    }
    this.storageFailed();
  }
}
