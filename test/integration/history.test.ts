// Answers about the past from a real InfluxDB with its roll-ups, against the same events added up minute by minute.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HistoryQuery, historyQuery } from '../../central-collector/api/schemas/history.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type HistoryRig, historyRig, labelOf, plainSums, type Wanted } from './history-rig.ts';
import { MINUTE_MS } from './rollup-rig.ts';

/** Three days around the night in which Europe puts its clocks back, over the end of a week; noon in Hải Phòng. */
const FROM_MS = Date.UTC(2026, 9, 24, 5);
const TO_MS = Date.UTC(2026, 9, 27, 5, 7);

let directory: string;
let influxdb: Influxdb;
let rig: HistoryRig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-history-'));
  influxdb = await startInfluxdb({ directory });
  rig = await historyRig(influxdb.url, 'history', { fromMs: FROM_MS, toMs: TO_MS });
  const roller = rig.rollups.roller('one');
  for (let round = 0; round < 8; round += 1) await roller.run();
  expect(roller.problem).toBeUndefined();
  expect(roller.backfilling).toBe(false);
});

afterAll(async () => {
  await rig?.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

const queryOf = (query: Record<string, unknown>): HistoryQuery => historyQuery.parse(query);

/** All pages, as intervals by their label. */
async function flowsBy(wanted: Wanted, more: Record<string, unknown>) {
  const { of: _, ...query } = wanted;
  const intervals = new Map<string, { n: number | null; coverage: number; at: string }>();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer = await rig.history.flows(queryOf({ ...query, ...more, ...(cursor && { cursor }) }));
    for (const [at, from] of answer.intervals.entries()) {
      for (const { n, coverage } of answer.series) {
        const key = labelOf(Date.parse(from), wanted.every, wanted.tz);
        expect(intervals.has(key)).toBe(false);
        intervals.set(key, { n: n[at] ?? null, coverage: coverage[at] ?? Number.NaN, at: from });
      }
    }
    cursor = answer.next;
  }
  return intervals;
}

const WHOLE = { from: new Date(FROM_MS).toISOString(), to: new Date(TO_MS).toISOString() };
const ODD = { from: '2026-10-24T09:07:00.000Z', to: '2026-10-26T21:52:00.000Z' };

describe.each(['Asia/Ho_Chi_Minh', 'Europe/Paris', 'Asia/Kolkata', 'Asia/Kathmandu', 'UTC'])(
  'flows of %s',
  (tz) => {
    it.each([
      ['1m', { from: '2026-10-25T00:00:00.000Z', to: '2026-10-25T03:00:00.000Z' }, {}],
      ['5m', ODD, {}],
      ['15m', WHOLE, { limit: 100 }],
      ['15m', ODD, {}],
      ['1h', WHOLE, {}],
      ['1h', ODD, { limit: 7 }],
      ['1d', WHOLE, {}],
      ['1d', ODD, {}],
      ['1w', WHOLE, {}],
      ['1M', ODD, {}],
    ] as const)('every %s are those that were counted, with what was seen', async (every, between, more) => {
      const wanted: Wanted = { ...between, every, tz, of: ({ agent }) => agent === 'a' };
      const sums = plainSums(rig.minutes, wanted);
      const flows = await flowsBy(wanted, { camera: 's/a/c', by: 'camera', ...more });
      const starts = [...flows.values()].map(({ at }) => Date.parse(at));
      const plain = [...flows.keys()].map((key, index) => {
        const sum = sums.get(key);
        const endMs = starts[index + 1] ?? Date.parse(between.to);
        const share = (sum?.observedMs ?? 0) / (endMs - (starts[index] ?? 0));
        return [key, sum?.n ?? null, Math.round(share * 1e4) / 1e4];
      });
      expect([...flows].map(([key, { n, coverage }]) => [key, n, coverage])).toEqual(plain);
      expect([...sums.keys()].filter((key) => !flows.has(key))).toEqual([]);
    });
  },
);

describe('flows', () => {
  it('of two cameras together are their sum, and seen as far as both saw', async () => {
    const wanted: Wanted = { ...WHOLE, every: '1d', tz: 'Asia/Ho_Chi_Minh' };
    const sums = plainSums(rig.minutes, wanted);
    const answer = await rig.history.flows(queryOf({ ...WHOLE, every: '1d', by: 'direction' }));
    const total = (at: number) => answer.series.reduce((sum, { n }) => sum + (n[at] ?? 0), 0);
    expect(answer.intervals.map((_, at) => total(at))).toEqual([...sums.values()].map(({ n }) => n));
    for (const { coverage } of answer.series) {
      for (const [at, sum] of [...sums.values()].entries()) {
        const lengthMs = at === 0 ? 12 * 3_600_000 : at === 3 ? 12 * 3_600_000 + 7 * MINUTE_MS : 86_400_000;
        expect(coverage[at]).toBeCloseTo(sum.observedMs / 2 / lengthMs, 3);
      }
    }
  });

  it('are one series where nothing is to be kept apart', async () => {
    const wanted: Wanted = { ...WHOLE, every: '1d', tz: 'Asia/Ho_Chi_Minh' };
    const sums = plainSums(rig.minutes, wanted);
    const answer = await rig.history.flows(queryOf({ ...WHOLE, every: '1d', by: 'none' }));
    expect(answer.series.map(({ n }) => n)).toEqual([[...sums.values()].map(({ n }) => n)]);
  });

  it('that are younger than the roll-ups are right', async () => {
    const fromMs = TO_MS - 20 * MINUTE_MS;
    const wanted: Wanted = {
      from: new Date(fromMs).toISOString(),
      to: WHOLE.to,
      every: '5m',
      tz: 'UTC',
      of: ({ agent }) => agent === 'b',
    };
    const sums = plainSums(rig.minutes, wanted);
    const flows = await flowsBy(wanted, { camera: 's/b/c', by: 'camera' });
    expect([...flows].map(([key, { n }]) => [key, n])).toEqual([...sums].map(([key, { n }]) => [key, n]));
  });

  it('of a camera that does not exist are not zero', async () => {
    const { series } = await rig.history.flows(
      queryOf({ ...WHOLE, every: '1d', camera: 's/a/none', by: 'camera' }),
    );
    expect(series).toEqual([
      {
        camera: 's/a/none',
        coverage: [0, 0, 0, 0],
        n: [null, null, null, null],
        low: [null, null, null, null],
        high: [null, null, null, null],
        perHour: [null, null, null, null],
      },
    ]);
  });

  it('of what is to come are not there, and cover what is over', async () => {
    const query = {
      from: '2026-10-26',
      to: '2026-10-29',
      every: '1d',
      tz: 'Asia/Ho_Chi_Minh',
      camera: 's/a/c',
    };
    const { series, intervals } = await rig.history.flows(queryOf({ ...query, by: 'camera' }));
    expect(intervals).toHaveLength(3);
    const wanted: Wanted = {
      from: '2026-10-26T17:00:00Z',
      to: WHOLE.to,
      every: '1d',
      tz: query.tz,
      of: ({ agent }) => agent === 'a',
    };
    const [sum] = plainSums(rig.minutes, wanted).values();
    const share = (sum?.observedMs ?? 0) / (TO_MS - Date.parse(wanted.from));
    expect(series[0]?.coverage.slice(1)).toEqual([expect.closeTo(share, 3), 0]);
    expect(series[0]?.n.slice(1)).toEqual([sum?.n, null]);
  });
});
