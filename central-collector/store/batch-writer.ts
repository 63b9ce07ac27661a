// Gathers the lines of many messages into few requests and tells each message what became of its lines. A request
// starts when enough lines are there or the oldest has waited long enough; while InfluxDB is away, requests are tried
// again until it is back. What waits here is bounded by what the broker may send unacknowledged.

import { type RetryOptions, type RetryPolicy, retry } from '../retry.ts';
import { StoreError } from './store-error.ts';
import type { Write } from './write-request.ts';

/** The lines of one message, in one text because thousands of small objects a second are work for the collector. */
export type Lines = {
  /** Joined by line breaks, none at the end; no line holds one of its own. */
  readonly text: string;
  /** For each line, which of its message's events it belongs to. */
  readonly owners: readonly number[];
};

export type WriteOutcome = {
  /** Events of which at least one line was refused for good; the other lines are stored. */
  readonly refused: readonly { readonly owner: number; readonly detail: string }[];
};

export type BatchWriterOptions = {
  readonly write: Write;
  /**
   * Lines in a request; one message is never split beforehand. Default 5000, InfluxDB's own advice. Fewer, one request
   * after the other, while InfluxDB says that it does not get done in time: it goes on with what it gave up waiting for.
   */
  readonly maxLines?: number;
  /** How long a line may wait for company, at most 200. Default 20 ms. */
  readonly maxDelayMs?: number;
  /** Requests at once. Default 3: InfluxDB has the next one when it ends one, while another is on its way. */
  readonly concurrency?: number;
  readonly policy?: RetryPolicy;
  /** Called when the database or retention policy is gone, before the next try. */
  readonly onMissing?: () => Promise<void>;
  /** A request failed and is tried again; `request` is the same for all its tries. */
  readonly onFailure?: (error: StoreError, request: object) => void;
  /** A request that failed before was answered. */
  readonly onRecovery?: (request: object) => void;
  /** For tests: how to wait. */
  readonly sleep?: RetryOptions['sleep'];
};

/** Kept as bytes: thousands of strings that live for a request's time are what a garbage collector copes with worst. */
type Entry = {
  readonly bytes: Buffer;
  readonly owners: readonly number[];
  /** Made when there is one. */
  refused: Map<number, string> | undefined;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: unknown) => void;
};

/** A line and the message it belongs to; made only when a request was refused. */
type Slot = { readonly bytes: Buffer; readonly owner: number; readonly entry: Entry };

export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #maxLines: number;
  /** At most so many now. */
  #lineLimit: number;
  readonly #closing = new AbortController();
  #waiting: Entry[] = [];
  #waitingLines = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #requests = new Set<Promise<void>>();
  readonly #failing = new Set<object>();
  /** Why nothing can be stored at the moment, for /healthz. */
  problem: string | undefined;
  readonly counts = { lines: 0, requests: 0, retries: 0, refused: 0, beyondRetention: 0 };

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#maxLines = options.maxLines ?? 5000;
    this.#lineLimit = this.#maxLines;
  }

  /** Lines that wait for a request. */
  get waitingLines(): number {
    return this.#waitingLines;
  }

  /** Resolves when InfluxDB has confirmed every line but the refused; throws StoreError `closed` after `close()`. */
  write({ text, owners }: Lines): Promise<WriteOutcome> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError());
    if (owners.length === 0) return Promise.resolve(NOTHING_REFUSED);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: Buffer.from(text), owners, refused: undefined, resolve, reject });
      this.#waitingLines += owners.length;
      if (this.#waitingLines >= this.#lineLimit) this.#send();
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
    while (this.#waiting.length > 0 && this.#requests.size < this.#concurrency) {
      const entries = this.#takeEntries();
      const request: Promise<void> = this.#store(entries).finally(() => {
        this.#requests.delete(request);
        if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#send();
      });
      this.#requests.add(request);
    }
  }

  get #concurrency(): number {
    return this.#lineLimit < this.#maxLines ? 1 : (this.#options.concurrency ?? 3);
  }

  #takeEntries(): Entry[] {
    let lines = 0;
    let taken = 0;
    for (const entry of this.#waiting) {
      if (taken > 0 && lines + entry.owners.length > this.#lineLimit) break;
      lines += entry.owners.length;
      taken += 1;
    }
    this.#waitingLines -= lines;
    return this.#waiting.splice(0, taken);
  }

  async #store(entries: readonly Entry[]): Promise<void> {
    try {
      const count = entries.reduce((sum, { owners }) => sum + owners.length, 0);
      await this.#storeLines(joined(entries.map(({ bytes }) => bytes)), count, () => slotsOf(entries));
      for (const { refused, resolve } of entries) {
        resolve(
          refused ? { refused: [...refused].map(([owner, detail]) => ({ owner, detail })) } : NOTHING_REFUSED,
        );
      }
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }

  /** Halves a request of which InfluxDB refuses a part until the refused lines are known; again is harmless. */
  async #storeLines(body: Buffer, count: number, slots: () => readonly Slot[]): Promise<void> {
    try {
      await this.#request(body);
      this.counts.lines += count;
    } catch (error) {
      if (!(error instanceof StoreError) || error.retryable || error.kind === 'closed') throw error;
      if (error.kind === 'beyond-retention') {
        // The rest is stored, and these are too old to be kept: nothing to be done but to say so.
        this.counts.beyondRetention += error.dropped ?? 1;
        this.counts.lines += count - (error.dropped ?? 1);
        return;
      }
      if (count === 1 || error.dropped === count) {
        for (const { entry, owner } of slots()) {
          entry.refused ??= new Map();
          entry.refused.set(owner, error.message);
        }
        this.counts.refused += count;
        return;
      }
      const all = slots();
      for (const half of [all.slice(0, count >>> 1), all.slice(count >>> 1)]) {
        await this.#storeLines(joined(half.map(({ bytes }) => bytes)), half.length, () => half);
      }
    }
  }

  async #request(body: Buffer): Promise<void> {
    const { write, policy, sleep, onMissing, onFailure } = this.#options;
    const { signal } = this.#closing;
    const request = {};
    const tries = retry(
      async (attempt) => {
        this.counts.requests += 1;
        if (attempt > 1) this.counts.retries += 1;
        try {
          await write(body, signal);
          this.#lineLimit = Math.min(this.#maxLines, this.#lineLimit + this.#maxLines / 20);
        } catch (error) {
          if (isTooSlow(error)) this.#lineLimit = Math.max(this.#maxLines / 50, this.#lineLimit / 2);
          if (error instanceof StoreError && error.kind === 'missing') await makeAgain(error, onMissing);
          throw error;
        }
      },
      {
        signal,
        ...(policy && { policy }),
        ...(sleep && { sleep }),
        onFailure: (error) => {
          this.problem = (error as StoreError).message;
          this.#failing.add(request);
          onFailure?.(error as StoreError, request);
        },
      },
    );
    // Whatever it was at last, a refusal for good too, it is an answer.
    await tries.finally(() => this.#recovered(request));
  }

  #recovered(request: object): void {
    if (!this.#failing.delete(request)) return;
    // Others may still be waiting for their next try.
    if (this.#failing.size === 0) this.problem = undefined;
    this.#options.onRecovery?.(request);
  }
}

/**
 * InfluxDB 1.x answers 500 with the word "timeout" when a write took longer than its `write-timeout`, 10 s, and goes on
 * with it all the same: what comes on top, sent again or new, makes everything slower.
 */
function isTooSlow(error: unknown): boolean {
  return (
    error instanceof StoreError &&
    error.kind === 'unavailable' &&
    /timeout|no answer within/i.test(error.message)
  );
}

/** Whatever goes wrong in making it, the points are not to blame and wait. */
async function makeAgain(missing: StoreError, make: BatchWriterOptions['onMissing']): Promise<void> {
  try {
    await make?.();
  } catch (cause) {
    throw new StoreError('missing', `${missing.message}; making it failed: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const NOTHING_REFUSED: WriteOutcome = { refused: [] };

const NEWLINE = 0x0a;

/** With line breaks between them. */
function joined(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length + 1, -1);
  const whole = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const part of parts) {
    if (end > 0) {
      whole[end] = NEWLINE;
      end += 1;
    }
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** Lines hold no line breaks of their own: line-protocol.ts takes them out of texts. */
function slotsOf(entries: readonly Entry[]): Slot[] {
  return entries.flatMap((entry) => {
    const lines = entry.bytes.toString().split('\n');
    return entry.owners.map((owner, at) => ({ entry, owner, bytes: Buffer.from(lines[at] ?? '') }));
  });
}

function closedError(): StoreError {
  return new StoreError('closed', 'the collector is closing; the message stays with the broker');
}
