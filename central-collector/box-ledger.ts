// The ledger by box, for lists of boxes: all lives of its outbox together.

import type { AgentAddress } from '../contract/index.ts';
import type { LedgerEntry } from './ingest/ledger.ts';

export type BoxLedger = { readonly batchesMissing: number; readonly lastBatchAtMs: number | undefined };

/** Describing all boxes takes a while; a list asks for each of them within a moment. */
const FRESH_MS = 2000;

const NOTHING: BoxLedger = { batchesMissing: 0, lastBatchAtMs: undefined };

/** Looks up a box in entries that are at most two seconds old. */
export function boxLedger(
  entries: () => readonly LedgerEntry[],
  now: () => number = Date.now,
): (box: AgentAddress) => BoxLedger {
  let byBox = new Map<string, BoxLedger>();
  let madeAtMs = Number.NEGATIVE_INFINITY;
  return ({ site, agent }) => {
    if (now() - madeAtMs >= FRESH_MS) {
      byBox = summed(entries());
      madeAtMs = now();
    }
    return byBox.get(`${site}/${agent}`) ?? NOTHING;
  };
}

function summed(entries: readonly LedgerEntry[]): Map<string, BoxLedger> {
  const byBox = new Map<string, BoxLedger>();
  for (const { site, agent, missing, lastStoredAtMs } of entries) {
    const name = `${site}/${agent}`;
    const before = byBox.get(name) ?? NOTHING;
    const newest = Math.max(before.lastBatchAtMs ?? 0, lastStoredAtMs ?? 0);
    byBox.set(name, {
      batchesMissing: before.batchesMissing + missing,
      lastBatchAtMs: newest > 0 ? newest : undefined,
    });
  }
  return byBox;
}
