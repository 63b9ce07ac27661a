// The centre's confirmations on their way to the outbox: joined while the outbox is busy, applied one after the other.

import { type Ack, ackSchema } from '../../contract/index.ts';
import { SeqRanges } from './seq-ranges.ts';

/** Deletes the ranges of one life of the outbox; what goes wrong then is its own business. */
export type ApplyAck = (epoch: number, ranges: [number, number][], centreMs: number) => Promise<void>;

/** More scattered ranges than this are left to the next resend. */
const MAX_RUNS = 10_000;

export class AckInbox {
  readonly #apply: ApplyAck;
  readonly #waiting = new SeqRanges();
  /** The life that what waits belongs to. */
  #epoch = 0;
  #centreMs = 0;
  #running: Promise<void> | undefined;

  constructor(apply: ApplyAck) {
    this.#apply = apply;
  }

  /** Takes an acknowledgement of the outbox's present life; gives whether there was room for it. */
  receive({ epoch, ranges, atMs }: Ack): boolean {
    if (this.#waiting.size > MAX_RUNS) return false;
    if (epoch !== this.#epoch) this.clear();
    this.#epoch = epoch;
    for (const [first, last] of ranges) this.#waiting.add(first, last);
    this.#centreMs = atMs;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return true;
  }

  /** A new life of the outbox: what waits belongs to the old one. */
  clear(): void {
    this.#waiting.take();
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) await this.#apply(this.#epoch, this.#waiting.take(), this.#centreMs);
  }
}

/** The acknowledgement in a message for this agent; undefined for anything else. */
export function readAck(payload: Buffer, agent: string): Ack | undefined {
  let json: unknown;
  try {
    json = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  const ack = ackSchema.safeParse(json).data;
  return ack?.agent === agent ? ack : undefined;
}
