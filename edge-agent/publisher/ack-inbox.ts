// The centre's confirmations on their way to the outbox: joined while the outbox is busy, applied one after the other.

import { ackSchema } from '../../contract/index.ts';
import { SeqRanges } from './seq-ranges.ts';

export type AckInboxOptions = {
  readonly agent: string;
  readonly epoch: () => number | undefined;
  /** Deletes the ranges; what it rejects with is the outbox's business. */
  readonly apply: (ranges: [number, number][], centreMs: number) => Promise<void>;
};

/** More scattered ranges than this are left to the next resend. */
const MAX_RUNS = 10_000;

export class AckInbox {
  readonly #options: AckInboxOptions;
  readonly #waiting = new SeqRanges();
  #centreMs = 0;
  #running: Promise<void> | undefined;
  /** Messages that were no acknowledgement for this life of this agent's outbox. */
  #ignored = 0;

  constructor(options: AckInboxOptions) {
    this.#options = options;
  }

  get ignored(): number {
    return this.#ignored;
  }

  receive(payload: Buffer): void {
    const ack = ackSchema.safeParse(parseJson(payload)).data;
    const { agent, epoch } = this.#options;
    if (!ack || ack.agent !== agent || ack.epoch !== epoch() || this.#waiting.size > MAX_RUNS) {
      this.#ignored += 1;
      return;
    }
    for (const [first, last] of ack.ranges) this.#waiting.add(first, last);
    this.#centreMs = ack.atMs;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** A new life of the outbox: what waits belongs to the old one. */
  clear(): void {
    this.#waiting.take();
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) await this.#options.apply(this.#waiting.take(), this.#centreMs);
  }
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
