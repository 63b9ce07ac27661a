// Which batches are on their way: sent to the broker, taken by it, not yet confirmed by the centre. The
// broker's word frees the line for the next batch; only the centre's word ends the matter.

import { type RetryPolicy, retryDelayMs } from '../retry-policy.ts';
import type { StoredBatch } from './outbox-records.ts';

export type WindowOptions = {
  /** Batches sent and not yet taken by the broker. Default 32. */
  readonly maxInFlight?: number;
  /** And their bytes. Default 256 KiB, half a minute at 64 kbit/s. */
  readonly maxInFlightBytes?: number;
  /** Batches not yet confirmed by the centre, the ones in flight included. Default 1024: memory is bounded. */
  readonly maxUnconfirmed?: number;
  /** When an unconfirmed batch is sent again. Default 10 s growing to 5 min. */
  readonly resend?: RetryPolicy;
  /** Numbers in [0, 1). */
  readonly random: () => number;
};

type Delivery = {
  readonly batch: StoredBatch;
  attempts: number;
  sentAtMs: number;
  /** When it is to be sent again, if nothing is heard. */
  dueAtMs: number;
  inFlight: boolean;
};

export const RESEND_POLICY: RetryPolicy = { firstMs: 10_000, capMs: 300_000 };

/** A backlog leaves this share of the window to fresh batches: operators want the present first. */
const BACKLOG_SHARE = 0.75;

/** All times are of one monotonic clock, in milliseconds. */
export class DeliveryWindow {
  readonly #maxInFlight: number;
  readonly #maxInFlightBytes: number;
  readonly #maxUnconfirmed: number;
  readonly #resend: RetryPolicy;
  readonly #random: () => number;
  readonly #deliveries = new Map<number, Delivery>();
  #inFlight = 0;
  #inFlightBytes = 0;

  constructor(options: WindowOptions) {
    this.#maxInFlight = options.maxInFlight ?? 32;
    this.#maxInFlightBytes = options.maxInFlightBytes ?? 256 * 1024;
    this.#maxUnconfirmed = options.maxUnconfirmed ?? 1024;
    this.#resend = options.resend ?? RESEND_POLICY;
    this.#random = options.random;
  }

  /** Batches sent and not confirmed by the centre. */
  get unconfirmed(): number {
    return this.#deliveries.size;
  }

  has(seq: number): boolean {
    return this.#deliveries.has(seq);
  }

  /** Whether the line takes another batch, be it one that was sent before. */
  get lineFree(): boolean {
    return this.#inFlight < this.#maxInFlight && this.#inFlightBytes < this.#maxInFlightBytes;
  }

  /** How many batches that were not sent before may be sent now. */
  roomFor(kind: 'fresh' | 'backlog'): number {
    if (!this.lineFree) return 0;
    const share = kind === 'fresh' ? 1 : BACKLOG_SHARE;
    return Math.max(0, Math.ceil(this.#maxUnconfirmed * share) - this.#deliveries.size);
  }

  sent(batch: StoredBatch, nowMs: number): void {
    const before = this.#deliveries.get(batch.seq);
    const attempts = before?.attempts ?? 0;
    if (before) this.#landed(before);
    this.#inFlight += 1;
    this.#inFlightBytes += batch.bytes;
    this.#deliveries.set(batch.seq, {
      batch,
      attempts: attempts + 1,
      sentAtMs: nowMs,
      dueAtMs: nowMs + retryDelayMs(this.#resend, attempts, this.#random),
      inFlight: true,
    });
  }

  /** The broker has taken it. That may be long after it was sent, so the wait for the centre begins anew. */
  taken(seq: number, nowMs: number): void {
    const delivery = this.#deliveries.get(seq);
    if (!delivery?.inFlight) return;
    this.#landed(delivery);
    delivery.dueAtMs = nowMs + retryDelayMs(this.#resend, delivery.attempts - 1, this.#random);
  }

  /** The broker refused it: it is sent again when it is due. */
  refused(seq: number): void {
    const delivery = this.#deliveries.get(seq);
    if (delivery) this.#landed(delivery);
  }

  /** The connection is gone; what the broker had not taken is due at once. */
  disconnected(nowMs: number): void {
    for (const delivery of this.#deliveries.values()) {
      if (!delivery.inFlight) continue;
      this.#landed(delivery);
      delivery.dueAtMs = nowMs;
    }
  }

  /**
   * The centre has stored these. It is alive, so what else is unconfirmed need not wait longer than the first
   * retry. Gives the latest moment at which one of them was sent for the first and only time, if there is any.
   */
  confirmed(ranges: readonly (readonly [number, number])[], nowMs: number): number | undefined {
    let sentAtMs: number | undefined;
    for (const [seq, delivery] of this.#deliveries) {
      if (ranges.some(([first, last]) => first <= seq && seq <= last)) {
        this.forget(seq);
        if (delivery.attempts === 1) sentAtMs = Math.max(sentAtMs ?? 0, delivery.sentAtMs);
      } else {
        delivery.dueAtMs = Math.min(delivery.dueAtMs, nowMs + this.#resend.firstMs);
      }
    }
    return sentAtMs;
  }

  /** The batch is no longer in the outbox. */
  forget(seq: number): void {
    const delivery = this.#deliveries.get(seq);
    if (!delivery) return;
    this.#landed(delivery);
    this.#deliveries.delete(seq);
  }

  /** A new life of the outbox: numbers begin again. */
  clear(): void {
    this.#deliveries.clear();
    this.#inFlight = 0;
    this.#inFlightBytes = 0;
  }

  /** Batches to be sent again, at most `limit`. */
  due(nowMs: number, limit: number): StoredBatch[] {
    const due: StoredBatch[] = [];
    for (const delivery of this.#deliveries.values()) {
      if (due.length >= limit) break;
      if (!delivery.inFlight && delivery.dueAtMs <= nowMs) due.push(delivery.batch);
    }
    return due;
  }

  #landed(delivery: Delivery): void {
    if (!delivery.inFlight) return;
    delivery.inFlight = false;
    this.#inFlight -= 1;
    this.#inFlightBytes -= delivery.batch.bytes;
  }
}
