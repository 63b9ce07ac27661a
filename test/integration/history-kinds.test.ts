// Speeds, headways, occupancy, zones, turning movements and bounds of counts by the day and by ten minutes, from a real
// InfluxDB, against the sums that were told; and names that are no names.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HistoryQuery, historyQuery } from '../../central-collector/api/schemas/history.ts';
import { History } from '../../central-collector/store/queries/history.ts';
import { countInterval, type TrafficEvent } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { journey } from '../central-collector/store/rolled-up-events.ts';
import { MINUTE_MS, type RollupRig, rollupRig } from './rollup-rig.ts';

/** Over midnight in Hải Phòng. */
const MIDNIGHT = Date.parse('2026-11-17T00:00:00+07:00');
const ACCURACY = { of: 200, found: 190, counted: 195 };
const MINUTES = Array.from({ length: 60 }, (_, at) => MIDNIGHT + (at - 30) * MINUTE_MS);

let directory: string;
let influxdb: Influxdb;
let rig: RollupRig;
let history: History;

/** Two lanes; in each, 3 cars at 40 km/h, 2 of 20 km/h in the first, and a person on the first. */
function eventsOf(fromMs: number): TrafficEvent[] {
  const interval = {
    camera: 'c',
    fromMs,
    toMs: fromMs + MINUTE_MS,
    observedMs: MINUTE_MS,
    framesAnalysed: 600,
    framesDropped: 0,
  };
  const speed = (n: number, kmh: number) => ({
    ...{ n, sumKmh: n * kmh, sumPerKmh: n / kmh },
    histogram: [...Array.from({ length: kmh / 5 }, () => 0), n],
  });
  const spans = { n: 2, sumS: 6, sumSqS2: 20 };
  const flow = {
    type: 'flow' as const,
    ...interval,
    line: 'l',
    direction: 'in',
    occupiedMs: 6000,
    headway: spans,
    gap: { ...spans, sumS: 4 },
  };
  const bounded = (n: number) => ({ n, ...countInterval(n, ACCURACY), accuracy: ACCURACY });
  return [
    {
      ...flow,
      lane: '1',
      counts: {
        car: { ...bounded(3), speed: speed(3, 40) },
        bus: { ...bounded(2), speed: speed(2, 20) },
        person: bounded(1),
      },
    },
    {
      ...flow,
      lane: '2',
      counts: { car: { ...bounded(3), speed: speed(3, 40) }, bus: bounded(0), person: bounded(0) },
    },
    {
      ...{
        type: 'zone',
        ...interval,
        zone: 'z',
        entries: { car: 2, bus: 1 },
        exits: { car: 1 },
        presentMean: 1.5,
        presentMax: 4,
      },
      ...{
        timeOccupancy: 0.5,
        dwell: { n: 1, sumS: 12 },
        queue: { maxVehicles: 3, maxM: 20, truncated: fromMs === MIDNIGHT },
      },
    },
    { ...journey(fromMs + 1000), roadUser: 'bus' } as TrafficEvent,
    journey(fromMs + 2000),
  ];
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-history-kinds-'));
  influxdb = await startInfluxdb({ directory });
  rig = await rollupRig(influxdb.url, 'kinds', MIDNIGHT + 40 * 3_600_000);
  await rig.store(MINUTES.flatMap(eventsOf));
  const roller = rig.roller('one');
  for (let round = 0; round < 4; round += 1) await roller.run();
  history = new History({ database: rig.database, timeZone: 'Asia/Ho_Chi_Minh', now: () => rig.clockMs });
});

afterAll(async () => {
  await rig?.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

const BY_DAY = { from: '2026-11-16', to: '2026-11-18', every: '1d' };
const BY_MINUTES = { from: '2026-11-16T23:30:00+07:00', to: '2026-11-17T00:30:00+07:00', every: '5m' };
const BY_QUARTER = { ...BY_MINUTES, every: '15m' };
const BY_HOUR = { from: '2026-11-16T23:00:00+07:00', to: '2026-11-17T01:00:00+07:00', every: '1h' };
const ALL = [
  ['day', BY_DAY, 30, 1440],
  ['hour', BY_HOUR, 30, 60],
  ['quarter hour', BY_QUARTER, 15, 15],
  ['five minutes', BY_MINUTES, 5, 5],
] as const;
const queryOf = (query: Record<string, unknown>): HistoryQuery => historyQuery.parse(query);

describe.each(ALL)('by %s', (_, query, minutes, length) => {
  const camera = { ...query, camera: 's/a/c' };
  const share = Math.round((minutes / length) * 1e4) / 1e4;

  it('speeds are those of all lanes and classes', async () => {
    const { series } = await history.speeds(queryOf({ ...camera, by: 'camera,line' }));
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ camera: 's/a/c', line: 'l' });
    expect([series[0]?.n[0], series[0]?.timeMeanKmh[1], series[0]?.coverage[0]]).toEqual([
      8 * minutes,
      35,
      share,
    ]);
    expect(series[0]?.spaceMeanKmh[0]).toBeCloseTo(8 / (6 / 40 + 2 / 20), 2);
    expect(series[0]?.v85Kmh[0]).toBeCloseTo(40 + (5 * (0.85 * 8 - 2)) / 6, 2);
  });

  it('headways are those of each lane once, whatever drives there', async () => {
    const { series } = await history.headways(queryOf(camera));
    const n = 4 * minutes;
    const deviation = Math.sqrt((40 * minutes - (12 * minutes) ** 2 / n) / (n - 1));
    expect([series[0]?.n[0], series[0]?.meanS[0], series[0]?.gapMeanS[0]]).toEqual([n, 3, 2]);
    expect(series[0]?.deviationS[0]).toBeCloseTo(deviation, 3);
  });

  it('occupancy is that of the lanes, with density and level of service of vehicles', async () => {
    const { series } = await history.occupancy(queryOf(camera));
    const kmh = 8 / (6 / 40 + 2 / 20);
    expect(series[0]?.timeOccupancy[0]).toBeCloseTo(0.1, 4);
    expect(series[0]?.densityPerKm[0]).toBeCloseTo((8 * 60) / kmh, 1);
    // 6 cars and 2 buses of 3 units a minute on two lanes: 720 / 32 / 2 = 11.25 a km and lane, B ends at 11.18.
    expect(series[0]?.levelOfService[0]).toBe('C');
  });

  it('zones are means over what was seen, sums, and the most of all', async () => {
    const { series } = await history.zones(queryOf(camera));
    expect(series).toHaveLength(1);
    const first = Object.fromEntries(
      Object.entries(series[0] ?? {}).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
    );
    expect(first).toEqual({
      ...{ camera: 's/a/c', zone: 'z', coverage: share, presentMean: 1.5, presentMax: 4, timeOccupancy: 0.5 },
      ...{ entries: 3 * minutes, exits: minutes, dwellMeanS: 12, queueMaxVehicles: 3, queueMaxM: 20 },
      queueTruncated: false,
    });
    expect(series[0]?.queueTruncated.some((truncated) => truncated === true)).toBe(true);
  });

  it('turning movements are counted where they ended, with the share of the time that the camera watched', async () => {
    const { intervals, camera: of } = await history.turningMovements(queryOf(camera));
    expect(of).toBe('s/a/c');
    expect(intervals[0]).toMatchObject({
      coverage: share,
      movements: [
        {
          entryLine: 'l',
          exitLine: 'm',
          counts: { car: minutes, bus: minutes },
          total: 2 * minutes,
          meanDurationS: 1,
        },
      ],
    });
  });

  it('bounds are those of the sum', async () => {
    const { series } = await history.flows(queryOf({ ...camera, by: 'camera,roadUser', roadUser: 'car' }));
    const { low, high } = countInterval(6 * minutes, ACCURACY);
    expect([series[0]?.n[0], series[0]?.low[0], series[0]?.high[0]]).toEqual([6 * minutes, low, high]);
    expect(series[0]?.perHour[0]).toBe(360);
  });
});

describe('what cannot be asked', () => {
  it.each([
    ['flows', { ...BY_DAY, zone: 'z' }, /zone/],
    ['headways', { ...BY_DAY, roadUser: 'car' }, /roadUser/],
    ['occupancy', { ...BY_DAY, by: 'roadUser' }, /by=roadUser/],
    ['zones', { ...BY_DAY, line: 'l' }, /line/],
    ['turningMovements', BY_DAY, /one camera/],
    ['flows', { ...BY_DAY, from: '2026-11-19' }, /expected "to" after "from"/],
    ['flows', { ...BY_DAY, cursor: 'zz' }, /cursor/],
    ['flows', { ...BY_DAY, cursor: '-1' }, /cursor/],
  ] as const)('is told by %s of %j', async (method, query, words) => {
    await expect(history[method](queryOf(query))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(words),
    });
  });

  it('with names that are InfluxQL finds nothing, changes nothing, and breaks nothing', async () => {
    const names = [
      `l' OR 'a' = 'a`,
      `l"; DROP DATABASE kinds; --`,
      `l\\`,
      `l\\' OR 1 = 1 --`,
      "l'\n; SHOW DATABASES",
      '/.*/',
      '$tag',
    ];
    for (const line of names) {
      // Past the schema, which refuses them all.
      const { series } = await history.flows({ ...queryOf({ ...BY_MINUTES, by: 'camera' }), line });
      expect([line, series]).toEqual([line, []]);
      const [site, agent] = [line, line];
      const camera = `${site}/${agent}/c`.replaceAll('/.*/', '.*');
      const answer = await history.flows({ ...queryOf({ ...BY_MINUTES, by: 'camera' }), camera: [camera] });
      expect(answer.series.flatMap(({ n }) => n.filter((value) => value !== null))).toEqual([]);
      expect(historyQuery.safeParse({ ...BY_DAY, line }).success).toBe(false);
    }
    expect((await history.flows(queryOf({ ...BY_DAY, by: 'camera' }))).series).toHaveLength(1);
  });
});

describe('names of what there was', () => {
  it('are the lines, directions and zones of each camera', async () => {
    expect(await history.linesOf()).toEqual([
      expect.objectContaining({
        ...{ site: 's', agent: 'a', camera: 'c', lines: [{ line: 'l', directions: ['in'] }], zones: ['z'] },
      }),
    ]);
  });

  it('come with the share of the time that was watched, and the counts as they were sent', async () => {
    const sinceMs = MIDNIGHT + 20 * MINUTE_MS;
    const share = (await history.coverageSince(sinceMs)).get('s/a/c') ?? 0;
    expect(share).toBeCloseTo((10 * MINUTE_MS) / (rig.clockMs - sinceMs), 4);
    const flows = await history.recentFlows(sinceMs);
    expect(flows).toHaveLength(20);
    const [sent] = eventsOf(sinceMs);
    expect(flows[0]).toMatchObject({ site: 's', agent: 'a', epoch: 1, seq: 1 });
    expect(flows.find(({ flow }) => flow.lane === '1')?.flow).toMatchObject({
      ...{ camera: 'c', line: 'l', direction: 'in', fromMs: sinceMs, toMs: sinceMs + MINUTE_MS },
      counts: { car: { n: 3, speed: (sent as { counts: { car: { speed: object } } }).counts.car.speed } },
    });
  });
});
