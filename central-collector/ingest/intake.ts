// The way of one message through the collector: read, quarantine what is bad, store the rest, remember it in the
// ledger, answer the agent, and only then acknowledge to the broker. Whatever fails before leaves it unacknowledged.

import type { Logger } from 'pino';
import { type Health, parseTopic, type Status } from '../../contract/index.ts';
import { OutageLog } from '../outage-log.ts';
import { retry, within } from '../retry.ts';
import type { Delivery } from './broker.ts';
import { type Ledger, type Receipt, receiptOf } from './ledger.ts';
import type { QuarantineItem } from './quarantine.ts';
import { refusedEvents } from './quarantine-file.ts';
import {
  type Batch,
  type BatchId,
  READ_LIMITS,
  type ReadLimits,
  type ReadMessage,
  type RejectedEvent,
  readMessage,
} from './read-message.ts';
import { type SeriesGuard, withinSeries } from './series-guard.ts';

/** What the database did with a message that it confirmed. */
export type StoreOutcome = {
  /** Positions of events that it refused for good, with its words. */
  readonly refused: readonly { readonly position: number; readonly detail: string }[];
};

/** Resolve when the database has confirmed; reject only when given up (closing). */
export type Store = {
  batch(batch: Batch, rejectedEvents: number): Promise<StoreOutcome>;
  status(status: Status, receivedAtMs: number): Promise<void>;
  health(health: Health): Promise<void>;
};

export type IntakeOptions = {
  readonly store: Store;
  readonly ledger: Ledger;
  /** Resolves when the item is on disk; its errors say whether trying again helps. */
  readonly quarantine: (item: QuarantineItem) => Promise<void>;
  readonly answer: (id: BatchId) => void;
  readonly log: Logger;
  readonly limits?: ReadLimits;
  /** Bounds the names that agents make series of. Default: nothing does. */
  readonly series?: SeriesGuard;
  /** Messages of QoS 0 in hand at most, they know no back-pressure; more are dropped and counted. Default 1000. */
  readonly maxUnconfirmed?: number;
  /**
   * Messages in hand at most; a batch beyond is left to its agent, which sends it again. Default 10,000, about 8 KiB each
   * in memory. `receiveMaximum` alone is no bound: when the oldest message is acknowledged, Mosquitto 2.0.11 (Debian 12)
   * sends that many more, however many are still open.
   */
  readonly maxInHand?: number;
  /** And their bytes, about a third of what they take here. Default 80 MiB: more than 600 full batches of agents. */
  readonly maxBytesInHand?: number;
  readonly now?: () => number;
};

const MAX_IN_HAND = 10_000;
const MAX_BYTES_IN_HAND = 80 * 1024 * 1024;

/** What statuses and other messages that are said once only may take beyond it. */
const MORE_BYTES_OF_OTHERS = 16 * 1024 * 1024;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #closing = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  /** Batches on their way into the database, by name. */
  readonly #storing = new Map<string, Promise<void>>();
  readonly #quarantineOutage: OutageLog;
  #bytesInHand = 0;
  /** Of QoS 0. */
  #unconfirmed = 0;
  #accepting = true;
  /** Why bad messages cannot be put aside at the moment, for /healthz. */
  quarantineProblem: string | undefined;
  readonly counts = {
    batches: 0,
    duplicates: 0,
    events: 0,
    rejectedMessages: 0,
    rejectedEvents: 0,
    statuses: 0,
    healths: 0,
    dropped: 0,
    postponed: 0,
    failed: 0,
  };

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#quarantineOutage = new OutageLog({
      log: options.log,
      who: 'the quarantine',
      begins: 'trouble with the quarantine; bad messages stay with the broker, trying again',
    });
  }

  get bytesInHand(): number {
    return this.#bytesInHand;
  }

  /** Messages taken from the broker and not finished. */
  get inHand(): number {
    return this.#inHand.size;
  }

  /** Resolves when everything that is in hand now is finished or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#inHand);
  }

  /** Takes a message; returns at once. After `close()` messages are left to the broker. */
  take(delivery: Delivery): void {
    if (!this.#accepting) return;
    if (delivery.qos === 0 && this.#unconfirmed >= (this.#options.maxUnconfirmed ?? 1000)) {
      this.counts.dropped += 1;
      return;
    }
    const bytes = delivery.payload.byteLength;
    const tooMany = this.#bytesInHand + bytes - (this.#options.maxBytesInHand ?? MAX_BYTES_IN_HAND);
    const crowded = tooMany > 0 || this.#inHand.size >= (this.#options.maxInHand ?? MAX_IN_HAND);
    if (crowded && isBatch(delivery)) {
      // To the broker it is done; the agent keeps it, for it is not answered. Other messages are said once only.
      this.counts.postponed += 1;
      delivery.acknowledge();
      return;
    }
    if (tooMany > MORE_BYTES_OF_OTHERS) {
      // No status is of this size, a few hundred of them are an attack or a defect.
      this.counts.dropped += 1;
      delivery.acknowledge();
      return;
    }
    this.#bytesInHand += bytes;
    if (delivery.qos === 0) this.#unconfirmed += 1;
    const handling: Promise<void> = this.#carry(delivery).then(() => {
      this.#inHand.delete(handling);
      this.#bytesInHand -= bytes;
      if (delivery.qos === 0) this.#unconfirmed -= 1;
    });
    this.#inHand.add(handling);
  }

  /** Takes nothing more and waits for what is in hand, `withinMs` at most; the rest stays with the broker. */
  async close(withinMs = 2500): Promise<void> {
    this.#accepting = false;
    await within(withinMs, Promise.all(this.#inHand));
    this.#quarantineOutage.close();
    this.#closing.abort(new Error('the collector is closing'));
  }

  /** Never rejects. One promise where a chain would have five: at full load they are a tenth of the work. */
  async #carry(delivery: Delivery): Promise<void> {
    try {
      try {
        await this.#handle(delivery);
      } catch (error) {
        await this.#failed(delivery, error);
      }
      delivery.acknowledge();
    } catch (error) {
      // What is given up on closing stays unacknowledged.
      this.#options.log.debug({ err: error }, 'message left to the broker');
    }
  }

  /**
   * Not async on purpose, nor is `#batch`: what waits for the database must not hold on to the parsed message, or
   * thousands of events grow old in memory at full load.
   */
  #handle(delivery: Delivery): Promise<void> {
    const { topic, payload, receivedAtMs } = delivery;
    const { store, ledger, limits, series } = this.#options;
    let message: ReadMessage;
    try {
      message = withinSeries(readMessage(topic, payload, receivedAtMs, limits), series);
      switch (message.kind) {
        case 'batch':
          return this.#batch(message.batch, message.rejected, delivery);
        case 'status':
          this.counts.statuses += 1;
          return store.status(message.status, receivedAtMs);
        case 'health':
          this.counts.healths += 1;
          ledger.recordLive(message.health, message.health.atMs, receivedAtMs);
          return store.health(datedCredibly(message.health, receivedAtMs, limits));
        case 'rejected':
          return this.#rejected(message, delivery);
      }
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #rejected(
    { reason, detail, id }: ReadMessage & { kind: 'rejected' },
    delivery: Delivery,
  ): Promise<void> {
    this.counts.rejectedMessages += 1;
    await this.#putAside({ ...facts(delivery), reason, detail });
    if (!id) return;
    // Its mark, as of every batch: whoever reads the ledger after this process was killed must not miss it for ever.
    const { receivedAtMs } = delivery;
    const nothing = { ...id, sentAtMs: receivedAtMs, receivedAtMs, events: [], dropped: [] };
    await this.#options.store.batch(nothing, 1);
    this.#options.ledger.recordQuarantined(id, this.#now());
    this.#options.answer(id);
  }

  /**
   * While InfluxDB is slow, agents send again and again what is not answered: writing each copy would make it slower
   * still, and the queue of the same batches longer than what the agents have.
   */
  #batch(batch: Batch, unread: readonly RejectedEvent[], delivery: Delivery): Promise<void> {
    const name = `${batch.site}/${batch.agent}/${batch.epoch}/${batch.seq}`;
    const underway = this.#storing.get(name);
    if (underway !== undefined) return this.#finishCopy(receiptOf(batch), underway);
    const stored = this.#options.store.batch(batch, unread.length);
    const finishing = this.#finishBatch(receiptOf(batch), unread, stored, delivery);
    this.#storing.set(name, finishing);
    const forget = () => this.#storing.delete(name);
    finishing.then(forget, forget);
    return finishing;
  }

  /** A batch that came once more while it was being stored: it is there when the first one is. */
  async #finishCopy(receipt: Receipt, underway: Promise<void>): Promise<void> {
    await underway;
    const { ledger, answer } = this.#options;
    ledger.recordStored(receipt, this.#now());
    this.counts.batches += 1;
    this.counts.duplicates += 1;
    answer(receipt);
  }

  async #finishBatch(
    receipt: Receipt,
    unread: readonly RejectedEvent[],
    stored: Promise<StoreOutcome>,
    delivery: Delivery,
  ): Promise<void> {
    const { ledger, answer } = this.#options;
    const { refused } =
      unread.length === 0
        ? await stored
        : (await Promise.all([stored, this.#putAsideEvents(unread, delivery)]))[0];
    const unstorable = refused.map((event) => ({ ...event, reason: 'store-refused' as const }));
    if (unstorable.length > 0) await this.#putAsideEvents(unstorable, delivery);
    const rejectedEvents = unread.length + unstorable.length;
    const outcome = ledger.recordStored(receipt, this.#now(), rejectedEvents);
    this.counts.batches += 1;
    this.counts.events += receipt.events - unstorable.length;
    this.counts.rejectedEvents += rejectedEvents;
    if (outcome === 'duplicate') this.counts.duplicates += 1;
    answer(receipt);
  }

  #putAsideEvents(events: readonly RejectedEvent[], delivery: Delivery): Promise<void> {
    return this.#putAside(refusedEvents(facts(delivery), events));
  }

  async #putAside(item: QuarantineItem): Promise<void> {
    const { quarantine, log } = this.#options;
    const { topic, reason, detail } = item;
    log.warn({ topic, reason, detail }, 'message put into quarantine');
    await retry(() => quarantine(item), {
      signal: this.#closing.signal,
      onFailure: (error) => {
        this.quarantineProblem = (error as Error).message;
        this.#quarantineOutage.failed(item, this.quarantineProblem);
      },
    });
    this.quarantineProblem = undefined;
    this.#quarantineOutage.recovered(item);
  }

  /** A defect of ours: the message is kept for us, and must not hold a place in the broker's window for ever. */
  async #failed(delivery: Delivery, error: unknown): Promise<void> {
    if (this.#closing.signal.aborted) throw error;
    const { topic } = delivery;
    this.counts.failed += 1;
    this.#options.log.error({ topic, err: error }, 'message not handled, please report');
    await this.#putAside({ ...facts(delivery), reason: 'failed', detail: String(error) });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

/** A health message is dated by its arrival where the agent's clock is far off: the ledger tells by how much. */
export function datedCredibly(health: Health, receivedAtMs: number, { maxAheadMs } = READ_LIMITS): Health {
  return Math.abs(health.atMs - receivedAtMs) > maxAheadMs ? { ...health, atMs: receivedAtMs } : health;
}

function isBatch({ topic }: Delivery): boolean {
  return parseTopic(topic)?.channel === 'events';
}

function facts({
  topic,
  payload,
  receivedAtMs,
}: Delivery): Pick<QuarantineItem, 'topic' | 'payload' | 'receivedAtMs'> {
  return { topic, payload, receivedAtMs };
}
