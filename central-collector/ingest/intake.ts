// The way of one message through the collector: read, quarantine what is bad, store the rest, remember it in the
// ledger, answer the agent, and only then acknowledge to the broker. Whatever fails before leaves it unacknowledged.

import type { Logger } from 'pino';
import type { Health, Status } from '../../contract/index.ts';
import { retry, within } from '../retry.ts';
import type { Delivery } from './broker.ts';
import type { Ledger } from './ledger.ts';
import type { QuarantineItem } from './quarantine.ts';
import {
  type Batch,
  type BatchId,
  type ReadLimits,
  type ReadMessage,
  type RejectedEvent,
  readMessage,
} from './read-message.ts';

/** What the database did with a message that it confirmed. */
export type StoreOutcome = {
  /** Positions of events that it refused for good, with its words. */
  readonly refused: readonly { readonly index: number; readonly detail: string }[];
};

/** Resolve when the database has confirmed; reject only when given up (closing). */
export type Store = {
  batch(batch: Batch, rejectedEvents: number): Promise<StoreOutcome>;
  status(status: Status): Promise<void>;
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
  /** Messages of QoS 0 in hand at most, they know no back-pressure; more are dropped and counted. Default 1000. */
  readonly maxUnconfirmed?: number;
  readonly now?: () => number;
};

export class Intake {
  readonly #options: IntakeOptions;
  readonly #closing = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
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
    failed: 0,
  };

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Messages taken from the broker and not finished. */
  get inHand(): number {
    return this.#inHand.size;
  }

  /** Takes a message; returns at once. After `close()` messages are left to the broker. */
  take(delivery: Delivery): void {
    if (!this.#accepting) return;
    if (delivery.qos === 0 && this.#inHand.size >= (this.#options.maxUnconfirmed ?? 1000)) {
      this.counts.dropped += 1;
      return;
    }
    const handling: Promise<void> = this.#handle(delivery)
      .catch((error: unknown) => this.#failed(delivery, error))
      .finally(() => this.#inHand.delete(handling));
    this.#inHand.add(handling);
  }

  /** Takes nothing more and waits for what is in hand, `withinMs` at most; the rest stays with the broker. */
  async close(withinMs = 2500): Promise<void> {
    this.#accepting = false;
    await within(withinMs, Promise.all(this.#inHand));
    this.#closing.abort(new Error('the collector is closing'));
  }

  async #handle(delivery: Delivery): Promise<void> {
    const { topic, payload, receivedAtMs } = delivery;
    await this.#process(readMessage(topic, payload, receivedAtMs, this.#options.limits), delivery);
    delivery.acknowledge();
  }

  async #process(message: ReadMessage, delivery: Delivery): Promise<void> {
    const { store, ledger } = this.#options;
    switch (message.kind) {
      case 'batch':
        return this.#batch(message.batch, message.rejected, delivery);
      case 'status':
        this.counts.statuses += 1;
        await store.status(message.status);
        return;
      case 'health':
        this.counts.healths += 1;
        ledger.recordLive(message.health, message.health.atMs, delivery.receivedAtMs);
        await store.health(message.health);
        return;
      case 'rejected': {
        this.counts.rejectedMessages += 1;
        await this.#putAside({ ...facts(delivery), reason: message.reason, detail: message.detail });
        if (!message.id) return;
        ledger.recordQuarantined(message.id, this.#now());
        this.#options.answer(message.id);
      }
    }
  }

  async #batch(batch: Batch, unread: readonly RejectedEvent[], delivery: Delivery): Promise<void> {
    const { store, ledger, answer } = this.#options;
    await this.#putAsideEvents(unread, delivery);
    const { refused } = await store.batch(batch, unread.length);
    const unstorable = refused.map(({ index, detail }) => ({
      index,
      detail,
      reason: 'store-refused' as const,
    }));
    await this.#putAsideEvents(unstorable, delivery);
    const rejectedEvents = unread.length + unstorable.length;
    const outcome = ledger.recordStored(batch, this.#now(), rejectedEvents);
    this.counts.batches += 1;
    this.counts.events += batch.events.length - unstorable.length;
    this.counts.rejectedEvents += rejectedEvents;
    if (outcome === 'duplicate') this.counts.duplicates += 1;
    answer(batch);
  }

  async #putAsideEvents(events: readonly RejectedEvent[], delivery: Delivery): Promise<void> {
    const [first] = events;
    if (!first) return;
    const detail = `${events.length} of the batch's events; first: event ${first.index}: ${first.detail}`;
    await this.#putAside({ ...facts(delivery), reason: first.reason, detail, events });
  }

  async #putAside(item: QuarantineItem): Promise<void> {
    const { quarantine, log } = this.#options;
    const { topic, reason, detail } = item;
    log.warn({ topic, reason, detail }, 'message put into quarantine');
    await retry(() => quarantine(item), {
      signal: this.#closing.signal,
      onFailure: (error) => {
        this.quarantineProblem = (error as Error).message;
        log.error({ error: this.quarantineProblem }, 'quarantine fails; bad messages stay with the broker');
      },
    });
    this.quarantineProblem = undefined;
  }

  #failed({ topic }: Delivery, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.counts.failed += 1;
    this.#options.log.error({ topic, error }, 'message not handled; it stays with the broker');
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function facts({
  topic,
  payload,
  receivedAtMs,
}: Delivery): Pick<QuarantineItem, 'topic' | 'payload' | 'receivedAtMs'> {
  return { topic, payload, receivedAtMs };
}
