// Fills the board from the database when the centre starts, as soon as that answers, and looks again from time to time
// for what reached the database by other ways than the live stream.

import type { Logger } from 'pino';
import { RETRY_POLICY, type RetryPolicy, retryDelayMs } from '../retry.ts';
import type { Board } from './board.ts';
import { idOf } from './incident-id.ts';
import type { IncidentHistory } from './incident-walk.ts';

export type BoardLoaderOptions = {
  readonly board: Board;
  readonly history: Pick<IncidentHistory, 'versions'>;
  /** Resolves when the verdicts of the database since then are known, before the incidents they are on. */
  readonly readVerdicts: (sinceMs: number) => Promise<void>;
  /** The board is as whole as the database. */
  readonly onLoaded: () => void;
  readonly now: () => number;
  /** How far back the board goes where it has room. */
  readonly spanMs: number;
  readonly refreshMs: number;
  readonly log: Logger;
  readonly policy?: RetryPolicy | undefined;
};

/** What other collectors store after an outage of theirs is rarely older; the rest is in lists from the database. */
const REFRESHED_MS = 2 * 3_600_000;

/** Clocks of boxes may be ahead. */
const AHEAD_MS = 86_400_000;

export class BoardLoader {
  readonly #options: BoardLoaderOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;
  #failures = 0;
  isLoaded = false;
  /** Why the board is not, or may not be, whole. */
  problem: string | undefined = 'the incidents of before are not read yet';

  constructor(options: BoardLoaderOptions) {
    this.#options = options;
  }

  open(): void {
    this.#running = this.#round();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    const { log, refreshMs, policy = RETRY_POLICY } = this.#options;
    let delayMs = refreshMs;
    try {
      if (this.isLoaded) await this.#refresh();
      else await this.#load();
      if (this.#closed) return;
      if (this.problem !== undefined) log.info({ incidents: this.#options.board.size }, 'incidents are read');
      this.problem = undefined;
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      delayMs = retryDelayMs(this.#failures, policy);
      const what = this.isLoaded
        ? 'the incidents were not compared with'
        : 'the incidents of before are not read from';
      this.problem = `${what} the database: ${(error as Error).message}`;
      if (this.#failures === 1 && !this.#closed)
        log.warn({ problem: this.problem }, 'incidents come from memory alone');
    }
    if (!this.#closed) this.#timer = setTimeout(() => this.open(), delayMs).unref();
  }

  async #load(): Promise<void> {
    const { board, history, readVerdicts, onLoaded, now, spanMs } = this.#options;
    const fromMs = now() - spanMs;
    const toMs = now() + AHEAD_MS;
    await readVerdicts(fromMs);
    /** Newest versions come first: where the newest says that it is over, older ones don't count any more. */
    const passedOver = new Set<string>();
    let readDownToMs = fromMs;
    let isFull = false;
    for await (const { versions, downToMs } of history.versions({ fromMs, toMs })) {
      if (this.#closed) return;
      for (const { event, ...address } of versions) {
        const id = idOf({ ...address, id: event.id });
        if (passedOver.has(id)) continue;
        if (isFull && event.clearedAtMs !== undefined && board.get(id) === undefined) passedOver.add(id);
        else board.take(address, event);
      }
      if (!isFull) readDownToMs = downToMs;
      // Beyond what there is room for, only what lasts is still looked for.
      isFull ||= board.isFull;
    }
    board.readDownTo(readDownToMs);
    this.isLoaded = true;
    onLoaded();
  }

  async #refresh(): Promise<void> {
    const { board, history, now } = this.#options;
    const range = { fromMs: now() - REFRESHED_MS, toMs: now() + AHEAD_MS };
    for await (const { versions } of history.versions(range)) {
      if (this.#closed) return;
      for (const { event, ...address } of versions) board.take(address, event);
    }
  }
}
