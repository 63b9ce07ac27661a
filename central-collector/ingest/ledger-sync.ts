// Keeps the ledger and the database in step: on start what earlier and other collectors stored, then every few seconds
// the marks of the others, and a summary of what changed.

import { within } from '../retry.ts';
import type { KnownRanges, Ledger, LedgerEntry } from './ledger.ts';

/** An hour of a thousand agents is millions of marks: they are heard page by page. */
export type MarksPage = {
  readonly streams: readonly KnownRanges[];
  /** Where the next page begins; undefined after the last. */
  readonly nextMs: number | undefined;
};

export type LedgerSyncOptions = {
  readonly ledger: Ledger;
  /** Newest summaries that were made since a moment. */
  readonly loadSummaries: (sinceMs: number) => Promise<readonly (KnownRanges & { readonly atMs: number })[]>;
  /** A page of marks since a moment: everybody's, or only those of other collectors. */
  readonly loadMarks: (sinceMs: number, whose: 'all' | 'others') => Promise<MarksPage>;
  readonly saveSummaries: (entries: readonly LedgerEntry[], atMs: number) => Promise<void>;
  /** Default 30 s. */
  readonly periodMs?: number;
  /** Called after each round, with what went wrong. */
  readonly onRound?: (problem: string | undefined) => void;
  readonly now?: () => number;
};

/**
 * Marks carry the time of receipt and are seen when stored, a little later; summaries carry the time of saving. Marks
 * that an outage of InfluxDB held back for longer come with the summary of the collector that made them.
 */
const OVERLAP_MS = 120_000;

/** On a start: summaries of the last month, and marks since an hour before the newest of them, else of a day. */
const SUMMARIES_MS = 30 * 86_400_000;
const MARKS_BEFORE_SUMMARY_MS = 3_600_000;
const MARKS_MS = 86_400_000;

export class LedgerSync {
  readonly #options: LedgerSyncOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #loaded = false;
  #seenUntilMs = 0;
  #closed = false;
  problem: string | undefined;

  constructor(options: LedgerSyncOptions) {
    this.#options = options;
  }

  /** Starts to repeat; failures are said in `problem` and tried again, they hold nothing up. */
  open(): void {
    if (this.#closed || this.#timer) return;
    this.#timer = setInterval(() => void this.run(), this.#options.periodMs ?? 30_000);
    void this.run();
  }

  /** One round now; rounds never overlap. */
  run(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#running ??= this.#round()
      .then(() => {
        this.problem = undefined;
      })
      .catch((error: Error) => {
        this.problem = error.message;
      })
      .finally(() => {
        this.#running = undefined;
        this.#options.onRound?.(this.problem);
      });
    return this.#running;
  }

  /** A last summary, if the database takes it in time, then nothing more. Idempotent. */
  async close(withinMs = 500): Promise<void> {
    if (this.#closed) return;
    clearInterval(this.#timer);
    // A round that is under way may have begun before the last batch.
    const running = this.#running ?? Promise.resolve();
    await within(
      withinMs,
      running.then(() => this.run()),
    );
    this.#closed = true;
  }

  async #round(): Promise<void> {
    const { ledger, loadSummaries, saveSummaries, now = Date.now } = this.#options;
    const startedAtMs = now();
    const sinceMs = this.#loaded ? this.#seenUntilMs - OVERLAP_MS : startedAtMs - SUMMARIES_MS;
    const summaries = await loadSummaries(sinceMs);
    for (const known of summaries) ledger.merge(known);
    if (this.#loaded) {
      await this.#hearMarks(sinceMs, 'others');
    } else {
      const newestMs = summaries.reduce((newest, { atMs }) => Math.max(newest, atMs), 0);
      const marksSinceMs = Math.max(startedAtMs - MARKS_MS, newestMs - MARKS_BEFORE_SUMMARY_MS);
      await this.#hearMarks(marksSinceMs, 'all');
      this.#loaded = true;
    }
    this.#seenUntilMs = startedAtMs;
    const changed = ledger.takeChanged();
    if (changed.length === 0) return;
    try {
      await saveSummaries(changed, startedAtMs);
    } catch (error) {
      ledger.markChanged(changed);
      throw error;
    }
  }

  async #hearMarks(sinceMs: number, whose: 'all' | 'others'): Promise<void> {
    const { ledger, loadMarks } = this.#options;
    for (let fromMs: number | undefined = sinceMs; fromMs !== undefined && !this.#closed; ) {
      const { streams, nextMs }: MarksPage = await loadMarks(fromMs, whose);
      for (const known of streams) ledger.merge(known);
      fromMs = nextMs === undefined ? undefined : Math.max(nextMs, fromMs + 1);
    }
  }
}
