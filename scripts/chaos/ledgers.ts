// What the collectors' own ledgers say at the end: they must agree with the journals, and miss nothing.

import type { LedgerEntry } from '../../central-collector/ingest/ledger.ts';
import type { JournalState } from './journal.ts';

export type LedgerVerdict = {
  /** Sums over all agents; of the collector that misses most. */
  readonly missing: number;
  readonly gaps: number;
  readonly dropped: number;
  /** Where a ledger differs from a journal, in words. */
  readonly wrong: readonly string[];
};

/** Asks one collector. Entries of other agents than ours are left out. */
export async function ledgerOf(httpUrl: string): Promise<readonly LedgerEntry[]> {
  const response = await fetch(`${httpUrl}/ledger`, { signal: AbortSignal.timeout(30_000) });
  const { agents } = (await response.json()) as { agents: readonly LedgerEntry[] };
  return agents;
}

export function judgeLedgers(
  ledgers: readonly (readonly LedgerEntry[])[],
  journals: ReadonlyMap<string, JournalState>,
): LedgerVerdict {
  const sum = (entries: readonly LedgerEntry[], of: (entry: LedgerEntry) => number) =>
    entries.reduce((total, entry) => total + of(entry), 0);
  const most = (of: (entry: LedgerEntry) => number) =>
    Math.max(0, ...ledgers.map((entries) => sum(entries, of)));
  const wrong = ledgers.flatMap((entries, at) =>
    [...journals].flatMap(([agent, { durable }]) => {
      const batches = durable.reduce((total, append) => total + append.batches.length, 0);
      const stored = sum(
        entries.filter((entry) => entry.agent === agent),
        (entry) => entry.stored,
      );
      return stored === batches
        ? []
        : [`the ledger of collector-${at + 1} has ${stored} batches of ${agent}, expected ${batches}`];
    }),
  );
  return {
    missing: most(({ missing }) => missing),
    gaps: most(({ gaps }) => gaps.length),
    dropped: most(({ droppedByAgent }) => droppedByAgent),
    wrong,
  };
}
