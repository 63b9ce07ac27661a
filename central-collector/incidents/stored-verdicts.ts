// Verdicts of long ago, read out of the database when somebody asks for incidents of then, and known from then on: to look
// for those on certain incidents takes InfluxDB a hundred times as long as to read all of a time.

import { type IncidentAddress, idOf } from './incident-id.ts';
import type { IncidentHistory } from './incident-walk.ts';
import type { Verdict } from './verdict.ts';
import { type VerdictBook, validVerdicts } from './verdict-book.ts';

export type StoredVerdictsOptions = {
  readonly book: VerdictBook;
  readonly history: Pick<IncidentHistory, 'verdicts'>;
  /** Of the book. */
  readonly onLearned: (verdicts: readonly Verdict[]) => void;
  readonly now: () => number;
  /** Kept in memory; where there are more, those of long ago are read each time. Default 100,000, some 40 MB. */
  readonly maxVerdicts?: number;
};

/** In no order; one may come twice. */
export type VerdictsOn = (incident: IncidentAddress) => readonly Verdict[];

/** They are given after an incident was detected, on another clock. */
const BEFORE_MS = 86_400_000;
/** Clocks of those who gave them may be ahead. */
const AHEAD_MS = 86_400_000;

export class StoredVerdicts {
  readonly #options: StoredVerdictsOptions;
  #knownSinceMs = Number.POSITIVE_INFINITY;
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StoredVerdictsOptions) {
    this.#options = options;
  }

  /** All verdicts given at this moment or later. Throws where the database is away. */
  since(sinceMs: number): Promise<VerdictsOn> {
    // Who asks the same meanwhile waits and finds it known.
    const work = this.#last.then(() => this.#reach(sinceMs));
    this.#last = work.catch(() => undefined);
    return work;
  }

  /** All verdicts on incidents that were detected at this moment or later. Throws where the database is away. */
  onDetectedSince(detectedMs: number): Promise<VerdictsOn> {
    return this.since(detectedMs - BEFORE_MS);
  }

  async #reach(sinceMs: number): Promise<VerdictsOn> {
    const { book, history, onLearned, now, maxVerdicts = 100_000 } = this.#options;
    const known: VerdictsOn = (incident) => book.on(incident);
    if (sinceMs >= this.#knownSinceMs) return known;
    const toMs = Math.min(this.#knownSinceMs, now() + AHEAD_MS);
    const rows = await history.verdicts(sinceMs, toMs);
    if (this.#count + rows.length <= maxVerdicts) {
      this.#count += rows.length;
      this.#knownSinceMs = sinceMs;
      onLearned(book.learn(rows));
      return known;
    }
    const older = new Map<string, Verdict[]>();
    for (const verdict of validVerdicts(rows)) {
      const id = idOf({ ...verdict, id: verdict.incident });
      const others = older.get(id);
      if (others === undefined) older.set(id, [verdict]);
      else others.push(verdict);
    }
    return (incident) => [...known(incident), ...(older.get(idOf(incident)) ?? [])];
  }
}
