// What is left to do with a verdict that stands on this machine's disk: write it to the database, tell it on the stream.
// Both until it worked, also after a restart; both may happen twice and do no harm.

import type { Logger } from 'pino';
import { RETRY_POLICY, type RetryPolicy, retryDelayMs, within } from '../retry.ts';
import type { Verdict } from './verdict.ts';
import type { VerdictLog } from './verdict-log.ts';

export type VerdictChoresOptions = {
  readonly log: VerdictLog;
  /** Resolves when the database has them, but for those that it never takes. */
  readonly store: (
    verdicts: readonly Verdict[],
  ) => Promise<readonly { readonly number: number; readonly detail: string }[]>;
  /** Resolves to false when it has to wait. */
  readonly tell: (verdict: Verdict) => Promise<boolean>;
  readonly logger: Logger;
  readonly policy?: RetryPolicy | undefined;
};

/** In one request. */
const MOST_AT_ONCE = 500;

/** An end does not wait longer for a database that does not answer. */
const LAST_MS = 2000;

export class VerdictChores {
  readonly #options: VerdictChoresOptions;
  readonly #refused = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  readonly #telling = new Map<number, Promise<void>>();
  #closed = false;
  #failures = 0;
  /** Why verdicts wait, for /healthz. */
  problem: string | undefined;

  constructor(options: VerdictChoresOptions) {
    this.#options = options;
  }

  /** How many the database does not have yet. */
  get waiting(): number {
    return this.#options.log.undone('store').length;
  }

  /** Begins with what is to be done. Never throws. */
  run(): void {
    this.#storing ??= this.#store().finally(() => {
      this.#storing = undefined;
      if (!this.#closed && this.#failures === 0 && this.#next().length > 0) this.run();
    });
    this.#tellAll();
  }

  /** Resolves when everything that can be told now is told. */
  async told(): Promise<void> {
    await Promise.all(this.#telling.values());
  }

  /** Idempotent. Waits a moment for what is under way; what is not done then is done at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await within(LAST_MS, Promise.all([this.told(), this.#storing]));
  }

  #next(): Verdict[] {
    const open = this.#options.log.undone('store').filter(({ number }) => !this.#refused.has(number));
    return open.slice(0, MOST_AT_ONCE);
  }

  async #store(): Promise<void> {
    const { log, store, logger, policy = RETRY_POLICY } = this.#options;
    clearTimeout(this.#timer);
    for (let verdicts = this.#next(); verdicts.length > 0 && !this.#closed; verdicts = this.#next()) {
      try {
        const refused = await store(verdicts);
        for (const { number, detail } of refused) {
          this.#refused.add(number);
          logger.error(
            { number, problem: detail },
            'the database takes a verdict never; it is on this machine',
          );
        }
        await log.done(
          'store',
          verdicts.filter(({ number }) => !this.#refused.has(number)),
        );
        this.#failures = 0;
        this.problem =
          this.#refused.size > 0
            ? `the database refuses ${this.#refused.size} verdicts; see the log`
            : undefined;
      } catch (error) {
        if (this.#closed) return;
        const { message } = error as Error;
        this.#failures += 1;
        this.problem = `${verdicts.length} verdicts are on this machine and not yet in the database: ${message}`;
        if (this.#failures === 1) logger.warn({ problem: message }, 'verdicts wait for the database');
        this.#timer = setTimeout(() => this.run(), retryDelayMs(this.#failures, policy)).unref();
        return;
      }
    }
  }

  /** Each at once: the stream may take its time to say that it has one. */
  #tellAll(): void {
    for (const verdict of this.#options.log.undone('tell')) {
      if (this.#closed || this.#telling.has(verdict.number)) continue;
      this.#telling.set(verdict.number, this.#tell(verdict));
    }
  }

  async #tell(verdict: Verdict): Promise<void> {
    const { log, tell, logger } = this.#options;
    try {
      if (await tell(verdict)) await log.done('tell', [verdict]);
    } catch (error) {
      const problem = (error as Error).message;
      logger.warn(
        { problem, number: verdict.number },
        'a verdict was not told on the stream; it will be again',
      );
    } finally {
      this.#telling.delete(verdict.number);
    }
  }
}
