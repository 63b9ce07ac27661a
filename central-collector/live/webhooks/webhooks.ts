// All webhooks: kept in the database of the stream's log, each with a worker of its own, and what their receivers did not
// take.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { DeadLetterAnswer, WebhookAnswer } from '../../api/schemas/stream.ts';
import type { EventLog } from '../event-log.ts';
import { cloudEvent, type StreamEntry } from '../stream-entry.ts';
import { DeadLetters } from './dead-letters.ts';
import { Courier, newSecret } from './delivery.ts';
import { TargetGuard, type TargetGuardOptions } from './target-guard.ts';
import { MAX_WEBHOOKS, type StoredWebhook, WEBHOOK_KEYS, WebhookError, type WebhookWish } from './webhook.ts';
import { WebhookWorker, type WorkerOptions } from './webhook-worker.ts';

export type WebhooksOptions = {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly guard: TargetGuardOptions;
  readonly now?: () => number;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** For tests. */
  readonly sleep?: WorkerOptions['sleep'];
};

type Running = { webhook: StoredWebhook; worker: WebhookWorker; waiting: number };

export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #guard: TargetGuard;
  readonly #courier: Courier;
  readonly #dead: DeadLetters;
  readonly #running = new Map<string, Running>();
  readonly counts = { webhooks_handled: 0, webhooks_dead: 0 };

  constructor(options: WebhooksOptions) {
    this.#options = options;
    this.#guard = new TargetGuard(options.guard);
    this.#courier = new Courier(this.#guard, options.timeoutMs);
    this.#dead = new DeadLetters(options.log);
  }

  /** After the log is open; each goes on where it stopped. */
  async open(): Promise<void> {
    const { log } = this.#options;
    const cursors = new Map(await log.state(WEBHOOK_KEYS.cursor));
    await this.#dead.open();
    for (const [id, text] of await log.state(WEBHOOK_KEYS.webhook)) {
      this.#start(JSON.parse(text), Number(cursors.get(id) ?? log.position));
    }
    for (const running of this.#running.values()) void this.#countWaiting(running);
  }

  /** Events that the log has just taken. */
  tell(entries: readonly StreamEntry[]): void {
    for (const running of this.#running.values()) {
      const { webhook, worker } = running;
      const wanted = entries.filter((entry) => worker.wants(entry)).length;
      if (wanted === 0) continue;
      running.waiting += wanted;
      if (isOn(webhook)) worker.wake();
    }
  }

  list(): WebhookAnswer[] {
    return [...this.#running.values()].map((running) => this.#answer(running));
  }

  get(id: string): WebhookAnswer {
    return this.#answer(this.#find(id));
  }

  /** What is wrong with a wish; undefined when it can be fulfilled. */
  problemOf({ url }: Pick<WebhookWish, 'url'>): string | undefined {
    return this.#guard.problemOf(url);
  }

  /** Gets what happens from now on. The secret is told here and nowhere else. Throws WebhookError. */
  async add(wish: WebhookWish, by: string): Promise<WebhookAnswer & { secret: string }> {
    if (this.#running.size >= MAX_WEBHOOKS) {
      throw new WebhookError('conflict', `there are ${MAX_WEBHOOKS} webhooks already, which is the most`);
    }
    this.#check(wish);
    const secret = newSecret();
    const id = randomBytes(6).toString('hex');
    const webhook: StoredWebhook = { ...wish, id, createdAtMs: this.#now(), createdBy: by, secret };
    const cursor = this.#options.log.position;
    await this.#save(webhook, cursor);
    return { ...this.#answer(this.#start(webhook, cursor)), secret };
  }

  /** Another address or filter, from where it is; one that was off is tried again. Throws WebhookError. */
  async change(id: string, wish: WebhookWish): Promise<WebhookAnswer> {
    const before = this.#find(id);
    this.#check(wish);
    await before.worker.close();
    const { createdAtMs, createdBy, secret } = before.webhook;
    const webhook: StoredWebhook = { ...wish, id, createdAtMs, createdBy, secret };
    await this.#save(webhook, before.worker.cursor);
    const running = this.#start(webhook, before.worker.cursor);
    void this.#countWaiting(running);
    return this.#answer(running);
  }

  /** With what it did not deliver. Throws WebhookError. */
  async remove(id: string): Promise<void> {
    const { worker } = this.#find(id);
    this.#running.delete(id);
    await worker.close();
    const gone = [WEBHOOK_KEYS.webhook, WEBHOOK_KEYS.cursor].map((key) => ({
      key: key + id,
      value: undefined,
    }));
    await this.#options.log.change([...gone, ...this.#dead.forget(id)]);
  }

  deadLetters(id: string): DeadLetterAnswer[] {
    this.#find(id);
    return this.#dead.list(id);
  }

  /** Offers them once more, in order; those that are taken are not kept any longer. Throws WebhookError. */
  async redeliver(id: string, ids?: readonly string[]): Promise<{ delivered: number; failed: number }> {
    const { webhook } = this.#find(id);
    const result = { delivered: 0, failed: 0 };
    const wanted = ids ?? this.#dead.list(id).map((letter) => letter.id);
    for (const event of wanted) {
      const letter = await this.#dead.get(id, event);
      if (letter === undefined) continue;
      const signal = AbortSignal.timeout(60_000);
      const { outcome } = await this.#courier.deliver(
        webhook.url,
        webhook.secret,
        letter,
        signal,
        this.#now(),
      );
      if (outcome !== 'taken') {
        result.failed += 1;
        // It would hold the request up for as long as all of them take to fail.
        if (result.failed >= 3) break;
        continue;
      }
      result.delivered += 1;
      await this.#options.log.change(this.#dead.take(id, event));
    }
    return result;
  }

  /** Throws them away, all where none is named. Throws WebhookError. */
  async discard(id: string, ids?: readonly string[]): Promise<void> {
    this.#find(id);
    const changes = ids?.flatMap((event) => this.#dead.take(id, event)) ?? this.#dead.forget(id);
    await this.#options.log.change(changes);
  }

  /** Sends a heartbeat at once, also of one that is paused or off; nothing of it is kept. Throws WebhookError. */
  async tryOut(id: string): Promise<{ taken: boolean; why: string | null; tookMs: number }> {
    const { webhook } = this.#find(id);
    const atMs = this.#now();
    const data = JSON.stringify({ now: new Date(atMs).toISOString(), problems: [] });
    const body = cloudEvent({ id: undefined, kind: 'heartbeat', source: '/ngatu/centre', atMs, data });
    const letter = { id: `test-${atMs}`, body };
    const { url, secret } = webhook;
    const result = await this.#courier.deliver(url, secret, letter, AbortSignal.timeout(60_000), atMs);
    const tookMs = Math.max(0, this.#now() - atMs);
    if (result.outcome === 'taken') return { taken: true, why: null, tookMs };
    const why =
      result.outcome === 'gone' ? 'the receiver answered 410: it wants nothing any more' : result.why;
    return { taken: false, why, tookMs };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ worker }) => worker.close()));
    this.#courier.close();
  }

  #check(wish: WebhookWish): void {
    const problem = this.#guard.problemOf(wish.url);
    if (problem !== undefined) throw new WebhookError('invalid-request', problem);
  }

  #start(webhook: StoredWebhook, cursor: number): Running {
    const { log, logger, sleep } = this.#options;
    const { id } = webhook;
    const worker = new WebhookWorker({
      webhook,
      cursor,
      log,
      courier: this.#courier,
      now: () => this.#now(),
      onCursor: async (at, done) => {
        if (done) running.waiting = Math.max(0, running.waiting - 1);
        if (done) this.counts.webhooks_handled += 1;
        await log.note({ key: WEBHOOK_KEYS.cursor + id, value: String(at) });
      },
      onDead: async (letters) => {
        this.counts.webhooks_dead += letters.length;
        logger.warn({ webhook: webhook.name, why: letters[0]?.why }, 'an event for a webhook was given up');
        await log.change(letters.flatMap((letter) => this.#dead.add(id, letter)));
      },
      onGone: () => {
        running.webhook = { ...running.webhook, off: 'the receiver answered 410: it wants nothing any more' };
        logger.warn({ webhook: webhook.name }, 'a webhook is off: its receiver wants nothing any more');
        this.#save(running.webhook, worker.cursor).catch((error: Error) => {
          logger.warn({ err: error }, 'that a webhook is off was not stored');
        });
      },
      ...(sleep && { sleep }),
    });
    const running: Running = { webhook, worker, waiting: 0 };
    this.#running.set(id, running);
    if (isOn(webhook)) worker.wake();
    return running;
  }

  async #save(webhook: StoredWebhook, cursor: number): Promise<void> {
    const { id } = webhook;
    await this.#options.log.change([
      { key: WEBHOOK_KEYS.webhook + id, value: JSON.stringify(webhook) },
      { key: WEBHOOK_KEYS.cursor + id, value: String(cursor) },
    ]);
  }

  /** Of what was there before it began to count. */
  async #countWaiting(running: Running): Promise<void> {
    const { log, logger } = this.#options;
    const end = log.position;
    try {
      for await (const part of log.read(running.worker.cursor, () => end)) {
        if (!('entries' in part)) continue;
        running.waiting += part.entries.filter(
          (entry) => (entry.id ?? 0) > running.worker.cursor && running.worker.wants(entry),
        ).length;
      }
    } catch (error) {
      logger.debug({ err: error }, 'what waits for a webhook was not counted');
    }
  }

  #find(id: string): Running {
    const running = this.#running.get(id);
    if (running === undefined) throw new WebhookError('not-found', `there is no webhook ${id}`);
    return running;
  }

  #answer({ webhook, worker, waiting }: Running): WebhookAnswer {
    const {
      id,
      name,
      url,
      type,
      site,
      camera,
      severity,
      paused = false,
      createdAtMs,
      createdBy,
      off,
    } = webhook;
    const { lastDeliveredMs } = worker;
    return {
      ...{ id, name, url, type: [...type], site: [...site], camera: [...camera] },
      ...(severity !== undefined && { severity }),
      paused,
      createdAt: new Date(createdAtMs).toISOString(),
      createdBy,
      state: off !== undefined ? 'off' : paused ? 'paused' : worker.state,
      problem: off ?? worker.problem ?? null,
      lastDeliveredAt: lastDeliveredMs === undefined ? null : new Date(lastDeliveredMs).toISOString(),
      waiting,
      deadLetters: this.#dead.count(id),
    };
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function isOn({ off, paused }: StoredWebhook): boolean {
  return off === undefined && paused !== true;
}
