// Gathers the lines of many messages into few requests and tells each message what became of its lines. A request
// starts when enough lines are there or the oldest has waited long enough; while InfluxDB is away, requests are tried
// again until it is back. What waits here is bounded by what the broker may send unacknowledged.

import { type RetryOptions, type RetryPolicy, retry } from '../retry.ts';
import { StoreError } from './store-error.ts';
import type { Write } from './write-request.ts';

/** The lines of one message; `owner` says which of its events a line belongs to. */
export type Line = { readonly text: string; readonly owner: number };

export type WriteOutcome = {
  /** Events of which at least one line was refused for good; the other lines are stored. */
  readonly refused: readonly { readonly owner: number; readonly detail: string }[];
};

export type BatchWriterOptions = {
  readonly write: Write;
  /** Lines in a request; one message is never split beforehand. Default 5000, InfluxDB's own advice. */
  readonly maxLines?: number;
  /** How long a line may wait for company, at most 200. Default 20 ms. */
  readonly maxDelayMs?: number;
  /** Requests at once. Default 2: one is built while the other is stored. */
  readonly concurrency?: number;
  readonly policy?: RetryPolicy;
  /** Called when the database or retention policy is gone, before the next try. */
  readonly onMissing?: () => Promise<void>;
  readonly onFailure?: (error: StoreError, delayMs: number) => void;
  /** For tests: how to wait. */
  readonly sleep?: RetryOptions['sleep'];
  readonly now?: () => number;
};

type Entry = {
  readonly lines: readonly Line[];
  readonly refused: Map<number, string>;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: unknown) => void;
};

type Slot = { readonly text: string; readonly owner: number; readonly entry: Entry };

export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #maxLines: number;
  readonly #closing = new AbortController();
  #waiting: Entry[] = [];
  #waitingLines = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #requests = new Set<Promise<void>>();
  /** Why nothing can be stored at the moment, for /healthz. */
  problem: string | undefined;
  readonly counts = { lines: 0, requests: 0, retries: 0, refused: 0, beyondRetention: 0, lastStoredAtMs: 0 };

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#maxLines = options.maxLines ?? 5000;
  }

  /** Lines that wait for a request. */
  get waitingLines(): number {
    return this.#waitingLines;
  }

  /** Resolves when InfluxDB has confirmed every line but the refused; throws StoreError `closed` after `close()`. */
  write(lines: readonly Line[]): Promise<WriteOutcome> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError());
    if (lines.length === 0) return Promise.resolve({ refused: [] });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, refused: new Map(), resolve, reject });
      this.#waitingLines += lines.length;
      if (this.#waitingLines >= this.#maxLines) this.#send();
      else this.#timer ??= setTimeout(() => this.#send(), Math.min(this.#options.maxDelayMs ?? 20, 200));
    });
  }

  /** Gives up what is not confirmed; its senders are told. Idempotent. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort(closedError());
    for (const { reject } of this.#waiting) reject(closedError());
    this.#waiting = [];
    this.#waitingLines = 0;
    await Promise.all(this.#requests);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0 && this.#requests.size < (this.#options.concurrency ?? 2)) {
      const entries = this.#takeEntries();
      const request: Promise<void> = this.#store(entries).finally(() => {
        this.#requests.delete(request);
        if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#send();
      });
      this.#requests.add(request);
    }
  }

  #takeEntries(): Entry[] {
    let lines = 0;
    let taken = 0;
    for (const entry of this.#waiting) {
      if (taken > 0 && lines + entry.lines.length > this.#maxLines) break;
      lines += entry.lines.length;
      taken += 1;
    }
    this.#waitingLines -= lines;
    return this.#waiting.splice(0, taken);
  }

  async #store(entries: readonly Entry[]): Promise<void> {
    try {
      await this.#storeSlots(entries.flatMap((entry) => entry.lines.map((line) => ({ ...line, entry }))));
      this.counts.lastStoredAtMs = (this.#options.now ?? Date.now)();
      for (const { refused, resolve } of entries) {
        resolve({ refused: [...refused].map(([owner, detail]) => ({ owner, detail })) });
      }
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }

  /** Halves a request of which InfluxDB refuses a part until the refused lines are known; again is harmless. */
  async #storeSlots(slots: readonly Slot[]): Promise<void> {
    try {
      await this.#request(slots);
      this.counts.lines += slots.length;
    } catch (error) {
      if (!(error instanceof StoreError) || error.retryable || error.kind === 'closed') throw error;
      if (error.kind === 'beyond-retention') {
        // The rest is stored, and these are too old to be kept: nothing to be done but to say so.
        this.counts.beyondRetention += error.dropped ?? 1;
        this.counts.lines += slots.length - (error.dropped ?? 1);
        return;
      }
      if (slots.length === 1 || error.dropped === slots.length) {
        for (const { entry, owner } of slots) entry.refused.set(owner, error.message);
        this.counts.refused += slots.length;
        return;
      }
      const middle = slots.length >>> 1;
      await this.#storeSlots(slots.slice(0, middle));
      await this.#storeSlots(slots.slice(middle));
    }
  }

  async #request(slots: readonly Slot[]): Promise<void> {
    const { write, policy, sleep, onMissing, onFailure } = this.#options;
    const body = slots.map(({ text }) => text).join('\n');
    const { signal } = this.#closing;
    await retry(
      async (attempt) => {
        this.counts.requests += 1;
        if (attempt > 1) this.counts.retries += 1;
        try {
          await write(body, signal);
        } catch (error) {
          if (error instanceof StoreError && error.kind === 'missing') await onMissing?.();
          throw error;
        }
      },
      {
        signal,
        ...(policy && { policy }),
        ...(sleep && { sleep }),
        onFailure: (error, _attempt, delayMs) => {
          this.problem = (error as StoreError).message;
          onFailure?.(error as StoreError, delayMs);
        },
      },
    );
    this.problem = undefined;
  }
}

function closedError(): StoreError {
  return new StoreError('closed', 'the collector is closing; the message stays with the broker');
}
