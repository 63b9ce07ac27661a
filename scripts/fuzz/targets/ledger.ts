// What the database tells a collector about batches: rows of queries, into the ledger.

import { Ledger } from '../../../central-collector/ingest/ledger.ts';
import { pageOfMarks, streamsOfLedgerRows } from '../../../central-collector/store/ledger-points.ts';
import { must } from '../checks.ts';
import { anyOf, below, mutateBytes } from '../mutate-bytes.ts';
import { jsonText, mutateJson } from '../mutate-json.ts';
import type { FuzzTarget } from '../target.ts';

const T0 = Date.UTC(2026, 0, 1);

const ROWS = [
  {
    time: T0,
    site: 's',
    agent: 'a',
    collector: 'c',
    epoch: T0,
    ranges: '1-40 42-50 60-60',
    dropped_ranges: '41-41',
  },
  { time: T0 + 1, site: 's', agent: 'b', collector: 'c', epoch: T0, ranges: null, dropped_ranges: null },
  { time: T0 + 2, site: 's', agent: 'a', epoch: T0, seq: 61 },
  { time: T0 + 2, site: 's', agent: 'a', epoch: T0, seq: 62 },
];

export const ledgerTarget: FuzzTarget = {
  name: 'ledger',
  about: 'rows of the ledger and of marks as the database gives them back',
  weight: 80,
  async open() {
    return {
      make(random) {
        const rows: unknown[] = ROWS.map((row) => ({ ...row }));
        if (random() < 0.001) {
          rows.push({
            ...ROWS[0],
            ranges: anyOf(random, ['1', '1-', '1-1 ', '-', '1-2-3-']).repeat(below(random, 50_000)),
          });
        }
        if (random() < 0.3) {
          const ranges = mutateBytes(random, Buffer.from(ROWS[0]?.ranges ?? '')).toString();
          return Buffer.from(JSON.stringify([{ ...ROWS[0], ranges }]));
        }
        return Buffer.from(jsonText(random, mutateJson(random, rows)));
      },
      run(input) {
        const rows = rowsIn(input);
        if (rows.length === 0) return 'refused';
        const ledger = new Ledger();
        for (const known of [...streamsOfLedgerRows(rows), ...pageOfMarks(rows).streams]) ledger.merge(known);
        must('a page that goes on at a moment', typeof (pageOfMarks(rows, 1).nextMs ?? 0) === 'number');
        for (const { stored, missing } of ledger.entries()) {
          must('counts that are numbers', Number.isFinite(stored) && Number.isFinite(missing));
        }
        return ledger.size > 0 ? 'accepted' : 'refused';
      },
    };
  },
};

/** Rows are objects: what is none is not a row of any answer. */
function rowsIn(input: Uint8Array): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(input).toString());
    return Array.isArray(value) ? value.filter((row) => typeof row === 'object' && row !== null) : [];
  } catch {
    // Not an answer.
    return [];
  }
}
