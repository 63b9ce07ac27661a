// One reader of the stream: what waits for it is bounded, and whoever does not read is told and left behind. It costs
// the others nothing: what waits are bytes that all share.

import type { EventFilter } from './event-filter.ts';
import type { Encoding } from './stream-entry.ts';

/** A connection that bytes are written to, as api/stream makes it of a request. */
export type StreamSink = {
  readonly encoding: Encoding;
  /** False: `drained()` is called before it takes more. */
  write(bytes: Buffer): boolean;
  /** The end, after a last word where there is one. */
  end(last?: Buffer): void;
};

export type ClientLimits = {
  /** Waiting beyond what the connection has taken. Default 4 MiB: a screen that garbage-collects for seconds survives. */
  readonly maxBytes: number;
  /** Default 20,000. */
  readonly maxEvents: number;
  /** Without reading anything. Default 30 s: a phone that changes cells. */
  readonly maxStallMs: number;
};

export const CLIENT_LIMITS: ClientLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxEvents: 20_000,
  maxStallMs: 30_000,
};

type Waiting = { readonly bytes: Buffer; readonly events: number };

export class StreamClient {
  readonly sink: StreamSink;
  filter: EventFilter;
  /** Gets what happens now; before, it reads what it missed from the log. */
  isLive = false;
  readonly #limits: ClientLimits;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #waitingEvents = 0;
  #blockedSinceMs: number | undefined;
  #onDrain: (() => void) | undefined;
  #closed = false;

  constructor(sink: StreamSink, filter: EventFilter, limits: ClientLimits, now: () => number) {
    this.sink = sink;
    this.filter = filter;
    this.#limits = limits;
    this.#now = now;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Why it has to be left behind; undefined while it keeps up. */
  get slowBecause(): string | undefined {
    const { maxBytes, maxEvents, maxStallMs } = this.#limits;
    if (this.#waitingBytes > maxBytes || this.#waitingEvents > maxEvents) {
      return `more than ${this.#waitingEvents > maxEvents ? `${maxEvents} events` : `${maxBytes} bytes`} waited for this client`;
    }
    if (this.#blockedSinceMs !== undefined && this.#now() - this.#blockedSinceMs > maxStallMs) {
      return `this client read nothing for ${Math.round(maxStallMs / 1000)} s`;
    }
    return undefined;
  }

  send(bytes: Buffer, events: number): void {
    if (this.#closed) return;
    if (this.#blockedSinceMs === undefined) {
      if (!this.sink.write(bytes)) this.#blockedSinceMs = this.#now();
      return;
    }
    this.#waiting.push({ bytes, events });
    this.#waitingBytes += bytes.length;
    this.#waitingEvents += events;
  }

  /** The connection takes more. */
  drained(): void {
    this.#blockedSinceMs = undefined;
    let sent = 0;
    while (sent < this.#waiting.length && this.#blockedSinceMs === undefined) {
      const { bytes, events } = this.#waiting[sent] as Waiting;
      sent += 1;
      this.#waitingBytes -= bytes.length;
      this.#waitingEvents -= events;
      if (!this.sink.write(bytes)) this.#blockedSinceMs = this.#now();
    }
    this.#waiting = sent === this.#waiting.length ? [] : this.#waiting.slice(sent);
    if (this.#blockedSinceMs === undefined) this.#release();
  }

  /** Resolves when everything that was sent has been taken, or it is closed. */
  async keptUp(): Promise<void> {
    if (this.#closed || this.#blockedSinceMs === undefined) return;
    await new Promise<void>((resolve) => {
      this.#onDrain = resolve;
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#release();
  }

  #release(): void {
    this.#onDrain?.();
    this.#onDrain = undefined;
  }
}
