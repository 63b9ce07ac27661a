import { describe, expect, it } from 'vitest';
import { type KnownRanges, Ledger, type LedgerEntry } from '../../../central-collector/ingest/ledger.ts';
import { LedgerSync, type LedgerSyncOptions } from '../../../central-collector/ingest/ledger-sync.ts';

const T0 = Date.UTC(2026, 0, 1);
const known = (first: number, last: number) => ({
  site: 's',
  agent: 'a',
  epoch: 1,
  ranges: [[first, last]] as const,
  atMs: T0 - 60_000,
});

function rig(overrides: Partial<LedgerSyncOptions> = {}) {
  const ledger = new Ledger();
  const asked: [string, number][] = [];
  const saved: (readonly LedgerEntry[])[] = [];
  const marks: KnownRanges[] = [];
  const sync = new LedgerSync({
    ledger,
    loadSummaries: async () => [known(1, 5)],
    loadMarks: async (sinceMs, whose) => {
      asked.push([whose, sinceMs]);
      return { streams: marks, nextMs: undefined };
    },
    saveSummaries: async (entries) => {
      saved.push(entries);
    },
    now: () => T0,
    ...overrides,
  });
  return { ledger, sync, asked, saved, marks };
}

const receipt = (seq: number) => ({
  site: 's',
  agent: 'a',
  epoch: 1,
  seq,
  receivedAtMs: T0,
  events: 0,
  newestMs: undefined,
  dropped: [],
});

describe('the ledger in the database', () => {
  it('starts from the newest summaries and all marks since an hour before, then hears of the others', async () => {
    const { ledger, sync, asked, marks } = rig();
    await sync.run();
    expect(ledger.entries()[0]).toMatchObject({ ranges: [[1, 5]] });
    marks.push(known(6, 7));
    await sync.run();
    expect(ledger.entries()[0]).toMatchObject({ ranges: [[1, 7]] });
    expect(asked).toEqual([
      ['all', T0 - 3_660_000],
      ['others', T0 - 120_000],
    ]);
  });

  it('hears marks page by page, and gets on when a page ends where it began', async () => {
    const pages = [
      { streams: [known(6, 6)], nextMs: T0 - 3_660_000 },
      { streams: [known(7, 7)], nextMs: T0 - 5 },
      { streams: [known(8, 8)], nextMs: undefined },
    ];
    const asked: number[] = [];
    const { ledger, sync } = rig({
      loadMarks: async (sinceMs) => {
        asked.push(sinceMs - T0);
        return pages[asked.length - 1] ?? { streams: [], nextMs: undefined };
      },
    });
    await sync.run();
    expect(asked).toEqual([-3_660_000, -3_659_999, -5]);
    expect(ledger.entries()[0]).toMatchObject({ ranges: [[1, 8]] });
  });

  it('is written when it changed, and again when writing failed', async () => {
    let fail = true;
    const saved: number[] = [];
    const { ledger, sync } = rig({
      saveSummaries: async (entries) => {
        if (fail) throw new Error('no database');
        saved.push(entries.length);
      },
    });
    ledger.recordStored(receipt(6), T0);
    await sync.run();
    expect(sync.problem).toBe('no database');
    fail = false;
    await sync.run();
    await sync.run();
    expect(sync.problem).toBeUndefined();
    expect(saved).toEqual([1]);
  });

  it('gets a last summary when the collector closes', async () => {
    const { ledger, sync, saved } = rig();
    sync.open();
    await sync.run();
    ledger.recordStored(receipt(6), T0);
    await sync.close();
    await sync.close();
    expect(saved).toHaveLength(1);
    expect(saved[0]?.[0]).toMatchObject({ ranges: [[1, 6]] });
  });
});
