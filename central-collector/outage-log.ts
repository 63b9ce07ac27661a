// What the log says of a server that is away: one line when it begins, a reminder from time to time, and one when it
// is over. Many requests fail at once and each tries again on its own; a person wants to read of one outage.

import type { Logger } from 'pino';
import { within } from './retry.ts';

export type OutageLogOptions = {
  readonly log: Logger;
  /** Who is away, as a sentence of the log names it: `InfluxDB`, `the broker`. */
  readonly who: string;
  /** The first line; a later one says how long it has lasted. */
  readonly begins: string;
  /** What the last line says was done since the outage began; `settled` is waited for, 10 s at most, before counting. */
  readonly done?: { readonly what: string; count(): number; settled(): Promise<unknown> };
  /** Default 60 s. */
  readonly reminderMs?: number;
  /** A clock that never steps back, in ms. */
  readonly now?: () => number;
};

type Outage = {
  readonly sinceMs: number;
  /** Of `done`, when it began. */
  readonly countBefore: number;
  toldMs: number;
  /** Failures until now: an end that was still to be told is none when there are more. */
  failures: number;
};

/** Work that waited for a server is done within seconds of its return; the last line waits no longer for it. */
const SETTLING_MS = 10_000;

export class OutageLog {
  readonly #options: OutageLogOptions;
  /** What fails at the moment: requests, connections, rounds. The outage is over when none does. */
  readonly #failing = new Set<unknown>();
  #outage: Outage | undefined;
  #closed = false;

  constructor(options: OutageLogOptions) {
    this.#options = options;
  }

  /** `source` failed, for the first time or again; `begins` replaces the usual first line. */
  failed(source: unknown, problem: string, begins = this.#options.begins): void {
    if (this.#closed) return;
    const { log, who, done, reminderMs = 60_000 } = this.#options;
    const nowMs = this.#now();
    this.#failing.add(source);
    if (!this.#outage) {
      this.#outage = { sinceMs: nowMs, countBefore: done?.count() ?? 0, toldMs: nowMs, failures: 0 };
      log.warn({ problem }, begins);
    } else if (nowMs - this.#outage.toldMs >= reminderMs) {
      this.#outage.toldMs = nowMs;
      log.warn({ problem }, `${who} has been away for ${seconds(nowMs - this.#outage.sinceMs)} s`);
    }
    this.#outage.failures += 1;
  }

  /** `source` works, or does not try any more; harmless when it never failed. */
  recovered(source: unknown): void {
    const outage = this.#outage;
    if (!this.#failing.delete(source) || this.#failing.size > 0 || !outage) return;
    const lastedMs = this.#now() - outage.sinceMs;
    void this.#tellEnd(outage, lastedMs);
  }

  /** Says nothing more: on closing, everything fails. */
  close(): void {
    this.#closed = true;
  }

  async #tellEnd(outage: Outage, lastedMs: number): Promise<void> {
    const { log, who, done } = this.#options;
    const { failures } = outage;
    const back = `${who} is back after ${seconds(lastedMs)} s`;
    if (done) await within(SETTLING_MS, done.settled());
    // Away again before the end was told: it is one outage.
    if (this.#closed || outage.failures > failures) return;
    this.#outage = undefined;
    log.info(done ? `${back}, ${done.count() - outage.countBefore} ${done.what}` : back);
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
