// Decides what goes over the line next: fresh batches first, then what has waited too long for the centre's
// word, then the backlog, oldest first and incidents before counts before passages.

import type { Logger } from 'pino';
import { isNotAllowed } from '../../contract/index.ts';
import { BATCH_CLASSES, type BatchClass, SENDING_ORDER } from './batch-class.ts';
import type { DeliveryWindow } from './delivery-window.ts';
import type { Outbox } from './outbox.ts';
import type { BatchWithBody } from './outbox-records.ts';

export type SenderOptions = {
  readonly outbox: Pick<Outbox, 'page' | 'read'>;
  readonly window: DeliveryWindow;
  /** Resolves when the broker has the batch. */
  readonly transmit: (batch: BatchWithBody) => Promise<void>;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
  /** The outbox could not be read. */
  readonly onOutboxFailure: () => void;
};

export type SenderCounts = {
  /** Batches that the broker has taken. */
  readonly published: number;
  /** Batches sent again because the centre had not confirmed them. */
  readonly resent: number;
  /** Batches that the broker refused or that were under way when the connection broke. */
  readonly failed: number;
};

/** Most bytes of fresh batches that wait in memory for room on the line; the rest is read back from the outbox. */
const MAX_FRESH_BYTES = 1024 * 1024;
const PAGE_BATCHES = 32;
const PAGE_BYTES = 128 * 1024;

export class Sender {
  readonly #options: SenderOptions;
  #connected = false;
  #fresh: BatchWithBody[] = [];
  #freshBytes = 0;
  /** Batches of the class may be in the outbox, from `cursor` on, that were not sent since it was opened. */
  readonly #behind = new Set<BatchClass>(BATCH_CLASSES);
  #cursor: Record<BatchClass, number> = { counts: 0, passages: 0, incidents: 0 };
  #running: Promise<void> | undefined;
  #wanted = false;
  #counts = { published: 0, resent: 0, failed: 0 };

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get counts(): SenderCounts {
    return { ...this.#counts };
  }

  /** Whether everything in the outbox has been sent and confirmed, as far as the sender knows. */
  get idle(): boolean {
    return this.#fresh.length === 0 && this.#behind.size === 0 && this.#options.window.unconfirmed === 0;
  }

  /** Batches just stored with `leaving`. */
  sendFresh(batches: readonly BatchWithBody[]): void {
    for (const batch of batches) {
      if (!this.#connected || this.#freshBytes > MAX_FRESH_BYTES) {
        this.#behind.add(batch.class);
      } else {
        this.#fresh.push(batch);
        this.#freshBytes += batch.bytes;
      }
    }
    this.kick();
  }

  /** Batches were stored that have to be read back. */
  sendBacklog(): void {
    for (const batchClass of BATCH_CLASSES) this.#behind.add(batchClass);
    this.kick();
  }

  connected(): void {
    this.#connected = true;
    this.kick();
  }

  disconnected(): void {
    this.#connected = false;
    this.#options.window.disconnected(this.#options.monotonicMs());
    this.#dropFresh();
  }

  /** The outbox has begun a new life. */
  reset(): void {
    this.#options.window.clear();
    this.#dropFresh();
    this.#cursor = { counts: 0, passages: 0, incidents: 0 };
    this.sendBacklog();
  }

  /** Sends whatever may be sent now; to be called when something changed, and every second. */
  kick(): void {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Asked for between the last look and now.
      if (this.#wanted && this.#connected) this.kick();
    });
  }

  /** Resolves when nothing is being read from the outbox any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted && this.#connected) {
        this.#wanted = false;
        this.#sendFreshOnes();
        await this.#sendDue();
        await this.#sendPage();
      }
    } catch (error) {
      this.#wanted = false;
      this.#options.logger.debug({ err: error }, 'sending stopped until the outbox can be read again');
      this.#options.onOutboxFailure();
    }
  }

  #sendFreshOnes(): void {
    const { window } = this.#options;
    while (this.#fresh.length > 0 && window.roomFor('fresh') > 0) {
      const batch = this.#fresh.shift();
      if (!batch) break;
      this.#freshBytes -= batch.bytes;
      // A page may have brought it already.
      if (!window.has(batch.seq)) this.#send(batch);
    }
  }

  async #sendDue(): Promise<void> {
    const { window, outbox, monotonicMs } = this.#options;
    if (!window.lineFree) return;
    const due = window.due(monotonicMs(), PAGE_BATCHES);
    if (due.length === 0) return;
    const found = await outbox.read(due);
    for (const [index, batch] of found.entries()) {
      const seq = due[index]?.seq;
      if (!batch && seq !== undefined) window.forget(seq);
      // Confirmed meanwhile, or no room: then it stays due.
      if (!batch || !this.#connected || !window.has(batch.seq) || !window.lineFree) continue;
      this.#counts.resent += 1;
      this.#send(batch);
    }
    this.#wanted = true;
  }

  async #sendPage(): Promise<void> {
    const { window, outbox } = this.#options;
    for (const batchClass of SENDING_ORDER) {
      if (!this.#behind.has(batchClass)) continue;
      const room = window.roomFor('backlog');
      if (room === 0) return;
      // Cleared first: what is stored while the page is read sets it again.
      this.#behind.delete(batchClass);
      const limit = Math.min(room, PAGE_BATCHES);
      const page = await outbox.page(batchClass, this.#cursor[batchClass], limit, PAGE_BYTES);
      if (page.length === 0) continue;
      this.#behind.add(batchClass);
      this.#wanted = true;
      for (const batch of page) {
        if (!this.#connected) return;
        this.#cursor[batchClass] = batch.seq + 1;
        if (!window.has(batch.seq)) this.#send(batch);
      }
      return;
    }
  }

  #send(batch: BatchWithBody): void {
    const { window, transmit, monotonicMs, logger } = this.#options;
    window.sent(batch, monotonicMs());
    transmit(batch).then(
      () => {
        this.#counts.published += 1;
        window.taken(batch.seq, monotonicMs());
        this.kick();
      },
      (error: unknown) => {
        this.#counts.failed += 1;
        window.refused(batch.seq);
        // What access rules refuse is told by the connection, once, and not for each batch.
        const level = isNotAllowed(error) ? 'debug' : 'warn';
        if (this.#connected) logger[level]({ err: error, seq: batch.seq }, 'the broker did not take a batch');
        this.kick();
      },
    );
  }

  #dropFresh(): void {
    for (const { class: batchClass } of this.#fresh) this.#behind.add(batchClass);
    this.#fresh = [];
    this.#freshBytes = 0;
  }
}
