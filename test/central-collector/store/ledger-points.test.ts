import { describe, expect, it } from 'vitest';
import {
  pageOfMarks,
  streamsOfLedgerRows,
  streamsOfMarks,
} from '../../../central-collector/store/ledger-points.ts';

const T0 = Date.UTC(2026, 0, 1);
const ROW = { time: T0, site: 's', agent: 'a', epoch: T0, ranges: '1-4 6-6', dropped_ranges: '5-5' };
const MARK = { time: T0, site: 's', agent: 'a', epoch: T0, seq: 7 };

describe('rows of the ledger as the database gives them back', () => {
  it('give the ranges of each life', () => {
    const known = { site: 's', agent: 'a', epoch: T0, atMs: T0 };
    expect(streamsOfLedgerRows([ROW, { ...ROW, ranges: null, dropped_ranges: null }])).toEqual([
      {
        ...known,
        ranges: [
          [1, 4],
          [6, 6],
        ],
        dropped: [[5, 5]],
      },
      { ...known, ranges: [], dropped: [] },
    ]);
    expect(streamsOfMarks([MARK, { ...MARK, seq: 8 }, { ...MARK, seq: 10 }])).toEqual([
      {
        ...known,
        ranges: [
          [7, 8],
          [10, 10],
        ],
        dropped: [],
      },
    ]);
  });

  it.each([
    ['without an epoch', { ...ROW, epoch: null }],
    ['with an epoch that is no number', { ...ROW, epoch: { toString: 1 } }],
    ['without an agent', { ...ROW, agent: undefined }],
    ['without a time', { ...ROW, time: 'yesterday' }],
  ])('%s are left out: they must not keep the others from being read', (_what, row) => {
    expect(streamsOfLedgerRows([row, ROW])).toHaveLength(1);
    expect(streamsOfMarks([{ ...row, seq: 7 }, MARK])).toMatchObject([{ ranges: [[7, 7]] }]);
  });

  it.each(['4-1', '0-3', '1-99999999999999999', '1', '-', 'x-y', '1-2-3', '1-2,3-4'])(
    'leave the range %s out, which no ledger has',
    (range) => {
      expect(streamsOfLedgerRows([{ ...ROW, ranges: `${range} 8-9` }])).toMatchObject([{ ranges: [[8, 9]] }]);
    },
  );

  it.each([0, -1, 1.5, 2 ** 60, '7', null, { valueOf: 1 }])('leave the mark of batch %s out', (seq) => {
    expect(streamsOfMarks([{ ...MARK, seq }])).toEqual([]);
  });

  it('of a full page tell where the next one begins', () => {
    expect(pageOfMarks([MARK, MARK], 2).nextMs).toBe(T0);
    expect(pageOfMarks([MARK], 2).nextMs).toBeUndefined();
    expect(pageOfMarks([{ ...MARK, time: {} }], 1).nextMs).toBeUndefined();
  });
});
