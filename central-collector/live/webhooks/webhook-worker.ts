// Sends the events of one webhook, one after the other, from where it stopped. Each webhook has its own, so that a slow
// receiver holds up nobody else.

import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs } from '../../retry.ts';
import { eventFilter } from '../event-filter.ts';
import type { EventLog } from '../event-log.ts';
import { cloudEvent, type StreamEntry } from '../stream-entry.ts';
import type { Courier, Letter, Outcome } from './delivery.ts';
import {
  type DeadLetter,
  GIVE_UP_AFTER_MS,
  MAX_REFUSALS,
  type StoredWebhook,
  WEBHOOK_RETRIES,
} from './webhook.ts';

export type WorkerOptions = {
  readonly webhook: StoredWebhook;
  /** Id of the last event that is done with. */
  readonly cursor: number;
  readonly log: EventLog;
  readonly courier: Courier;
  /** `done`: an event was, and is not waiting any more. */
  readonly onCursor: (id: number, done: boolean) => Promise<void>;
  readonly onDead: (letters: readonly DeadLetter[]) => Promise<void>;
  /** The receiver wants nothing any more. */
  readonly onGone: () => void;
  readonly now: () => number;
  /** For tests. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Passages come by the thousand: what comes within it is looked for together. */
const WAKE_MS = 50;

export class WebhookWorker {
  readonly #options: WorkerOptions;
  readonly #filter: ReturnType<typeof eventFilter>;
  readonly #closing = new AbortController();
  #cursor: number;
  #savedCursor: number;
  #run: Promise<void> | undefined;
  #again = false;
  #failures = 0;
  state: 'idle' | 'delivering' | 'retrying' = 'idle';
  problem: string | undefined;
  lastDeliveredMs: number | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#savedCursor = options.cursor;
    const { type, site, camera, severity } = options.webhook;
    this.#filter = eventFilter({ type, site, camera, ...(severity && { severity }) });
  }

  get cursor(): number {
    return this.#cursor;
  }

  wants(entry: StreamEntry): boolean {
    return this.#filter.matches(entry);
  }

  /** There may be something new. */
  wake(): void {
    this.#again = true;
    if (this.#closing.signal.aborted) return;
    this.#run ??= this.#work()
      .catch((error: Error) => {
        this.problem = error.message;
      })
      .finally(() => {
        this.#run = undefined;
      });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    await this.#run;
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    const { log } = this.#options;
    try {
      while (this.#again) {
        this.#again = false;
        for await (const part of log.read(this.#cursor, () => log.position)) {
          if ('entries' in part) await this.#deliverAll(part.entries);
          else
            await this.#deliver(this.#gapLetter(part.gapAfter, part.firstId, part.why), this.#options.now());
          signal.throwIfAborted();
        }
        if (this.#cursor !== this.#savedCursor) {
          this.#savedCursor = this.#cursor;
          await this.#options.onCursor(this.#cursor, false);
        }
        this.state = 'idle';
        await sleep(WAKE_MS, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #deliverAll(entries: readonly StreamEntry[]): Promise<void> {
    for (const entry of entries) {
      const { id = 0, text } = entry;
      if (this.#filter.matches(entry)) {
        // Ids are µs of the receipt.
        await this.#deliver({ id: String(id), body: text }, id / 1000);
        this.#cursor = id;
        this.#savedCursor = id;
        await this.#options.onCursor(id, true);
      }
      this.#cursor = id;
    }
  }

  /** Until it is taken or given up. */
  async #deliver(letter: Letter, sinceMs: number): Promise<void> {
    const { webhook, courier, now, onDead, onGone } = this.#options;
    const { signal } = this.#closing;
    let refusals = 0;
    for (let attempts = 1; ; attempts += 1) {
      if (this.state === 'idle') this.state = 'delivering';
      const result = await courier.deliver(webhook.url, webhook.secret, letter, signal, now());
      signal.throwIfAborted();
      if (result.outcome === 'taken') {
        this.#failures = 0;
        this.state = 'delivering';
        this.problem = undefined;
        this.lastDeliveredMs = now();
        return;
      }
      if (result.outcome === 'gone') {
        onGone();
        this.#closing.abort(new Error('gone'));
        signal.throwIfAborted();
        return;
      }
      this.problem = result.why;
      this.state = 'retrying';
      if (result.outcome === 'refused') refusals += 1;
      if (refusals >= MAX_REFUSALS || now() - sinceMs > GIVE_UP_AFTER_MS) {
        await onDead([{ ...letter, atMs: now(), attempts, why: result.why }]);
        return;
      }
      await this.#wait(result);
    }
  }

  /** The receiver's trouble is one, whatever event it was with: it goes on growing from event to event. */
  async #wait(result: Outcome): Promise<void> {
    this.#failures += 1;
    const afterMs = result.outcome === 'failed' ? (result.afterMs ?? 0) : 0;
    const delayMs = Math.max(afterMs, retryDelayMs(this.#failures, WEBHOOK_RETRIES));
    const { sleep: wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }) } =
      this.#options;
    await wait(delayMs, this.#closing.signal);
  }

  /** The log did not keep what this webhook should have got. */
  #gapLetter(gapAfter: number, firstId: number | undefined, why: string): Letter {
    const data = { afterId: String(gapAfter), firstId: firstId === undefined ? null : String(firstId), why };
    const parts = { id: undefined, kind: 'gap' as const, source: '/ngatu/centre', atMs: this.#options.now() };
    return { id: `gap-${gapAfter}`, body: cloudEvent({ ...parts, data: JSON.stringify(data) }) };
  }
}
