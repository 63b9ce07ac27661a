// Tells agents which of their batches are safe in the database. Answers that fall together are one message.

import type { Logger } from 'pino';
import { type Ack, type AgentAddress, CONTRACT_VERSION, topicOf } from '../../contract/index.ts';
import { IntervalSet } from '../interval-set.ts';
import type { BatchId } from './read-message.ts';

export type AckSenderOptions = {
  /** Resolves to false when there is no connection. */
  readonly publish: (topic: string, payload: string) => Promise<boolean>;
  /** How long an answer may wait for others. Default 100 ms. */
  readonly delayMs?: number;
  readonly now?: () => number;
  readonly log: Logger;
};

type Pending = AgentAddress & { readonly epoch: number; readonly stored: IntervalSet };

export class AckSender {
  readonly #options: AckSenderOptions;
  #pending = new Map<string, Pending>();
  #timer: NodeJS.Timeout | undefined;
  readonly #underway = new Set<Promise<void>>();
  readonly counts = { sent: 0, failed: 0 };

  constructor(options: AckSenderOptions) {
    this.#options = options;
  }

  /** Call only when the batch is stored or in quarantine: the agent deletes it on this word. */
  add({ site, agent, epoch, seq }: BatchId): void {
    const key = `${site}/${agent}/${epoch}`;
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = { site, agent, epoch, stored: new IntervalSet(Number.POSITIVE_INFINITY) };
      this.#pending.set(key, pending);
    }
    pending.stored.add(seq);
    this.#timer ??= setTimeout(() => this.#send(), this.#options.delayMs ?? 100);
  }

  /** Sends what waits and resolves when the broker has it. */
  async flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#underway);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const answer of pending.values()) {
      // A broker that takes messages without confirming them must not fill this process.
      if (this.#underway.size >= MAX_UNDERWAY) {
        this.counts.failed += 1;
        continue;
      }
      const sending: Promise<void> = this.#sendOne(answer).finally(() => this.#underway.delete(sending));
      this.#underway.add(sending);
    }
  }

  /** A lost answer is no harm: the agent sends the batch again and is answered again. */
  async #sendOne({ site, agent, epoch, stored }: Pending): Promise<void> {
    const { publish, log, now = Date.now } = this.#options;
    for (let first = 0; first < stored.ranges.length; first += MAX_RANGES_IN_ACK) {
      const ranges = stored.ranges
        .slice(first, first + MAX_RANGES_IN_ACK)
        .map(([from, to]): [number, number] => [from, to]);
      const ack: Ack = { v: CONTRACT_VERSION, agent, epoch, ranges, atMs: now() };
      try {
        const sent = await publish(topicOf({ site, agent }, 'ack'), JSON.stringify(ack));
        this.counts[sent ? 'sent' : 'failed'] += 1;
      } catch (error) {
        this.counts.failed += 1;
        log.debug({ site, agent, problem: (error as Error).message }, 'an acknowledgement was not sent');
      }
    }
  }
}

/** The contract's bound on `ranges`. */
const MAX_RANGES_IN_ACK = 1000;

/** Unconfirmed answers at once; one for each agent of a large site. */
const MAX_UNDERWAY = 2000;
