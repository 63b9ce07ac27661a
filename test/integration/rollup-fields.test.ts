// Every field of the roll-ups against the raw points they are the sum of, in a real InfluxDB, and the numbers that people
// read out of them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrafficEvent } from '../../contract/index.ts';
import { countInterval } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { journey } from '../central-collector/store/rolled-up-events.ts';
import { MINUTE_MS, type RollupRig, rollupRig } from './rollup-rig.ts';

const T0 = Date.UTC(2026, 0, 15, 6);
/** Over three quarter hours and an hour's edge. */
const MINUTES = Array.from({ length: 40 }, (_, minute) => minute - 5);
const ACCURACY = { of: 200, found: 190, counted: 195 };

let directory: string;
let influxdb: Influxdb;
let rig: RollupRig;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-fields-'));
  influxdb = await startInfluxdb({ directory });
  rig = await rollupRig(influxdb.url, 'fields', T0);
  for (const minute of MINUTES) await rig.store([fullFlow(minute), fullZone(minute), journey(at(minute))]);
  const roller = rig.roller('one');
  await roller.run();
  expect(roller.problem).toBeUndefined();
});

afterAll(async () => {
  await rig?.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

const at = (minute: number) => T0 + minute * MINUTE_MS;
const random = (minute: number, salt: number) => (Math.sin(minute * 12.9898 + salt * 78.233) + 1) / 2;
const count = (minute: number, salt: number, most = 9) => Math.floor(random(minute, salt) * (most + 1));

const interval = (minute: number) => ({
  ...{ camera: 'c', fromMs: at(minute), toMs: at(minute + 1), observedMs: 60_000 - 100 * count(minute, 1) },
  ...{ framesAnalysed: 590 + count(minute, 2), framesDropped: count(minute, 3) },
});

function fullFlow(minute: number): TrafficEvent {
  const n = count(minute, 4);
  const histogram = [...Array.from({ length: 4 + count(minute, 5, 6) }, () => 0), n];
  const speed = { n, sumKmh: n * 31.7 + random(minute, 6), sumPerKmh: n / 31.7, histogram };
  const spans = { n, sumS: n * random(minute, 7), sumSqS2: n * random(minute, 8) };
  return {
    ...{ type: 'flow', ...interval(minute), line: 'l', direction: 'in', occupiedMs: 1000 * n },
    ...{ headway: spans, gap: spans },
    counts: { car: { n, ...countInterval(n, ACCURACY), accuracy: ACCURACY, speed }, truck: { n: n + 1 } },
  };
}

function fullZone(minute: number): TrafficEvent {
  const n = count(minute, 9);
  return {
    ...{
      type: 'zone',
      ...interval(minute),
      zone: 'z',
      entries: { car: n },
      exits: { car: count(minute, 10) },
    },
    ...{ appeared: n, lost: 1, presentMean: n * random(minute, 11), presentMax: n },
    ...{ timeOccupancy: random(minute, 12), dwell: { n, sumS: n * 3.3 } },
    ...(minute % 2 === 0 && { spaceOccupancy: random(minute, 13) }),
    queue: { maxVehicles: n, maxM: n * 6.5, truncated: minute % 7 === 0 },
  };
}

type Row = Record<string, unknown>;
const numbers = (rows: readonly Row[], field: string) =>
  rows.map((row) => row[field]).filter((value): value is number => typeof value === 'number');
const sum = (rows: readonly Row[], field: string) => numbers(rows, field).reduce((total, n) => total + n, 0);
const weighted = (rows: readonly Row[], mean: string) =>
  rows.reduce((total, row) => total + Number(row[mean] ?? 0) * Number(row.observed_ms), 0);

/** Fields whose sum is not the sum of the field of the same name. */
const OTHERWISE: Record<string, (rows: readonly Row[]) => number> = {
  intervals: (rows) => rows.length,
  bounded_intervals: (rows) => numbers(rows, 'n_low').length,
  present_max: (rows) => Math.max(...numbers(rows, 'present_max')),
  queue_max_vehicles: (rows) => Math.max(...numbers(rows, 'queue_max_vehicles')),
  queue_max_m: (rows) => Math.max(...numbers(rows, 'queue_max_m')),
  queue_truncated_n: (rows) => rows.filter(({ queue_truncated }) => queue_truncated === true).length,
  present_sum_ms: (rows) => weighted(rows, 'present_mean'),
  occupied_sum_ms: (rows) => weighted(rows, 'time_occupancy'),
  space_sum_ms: (rows) => weighted(rows, 'space_occupancy'),
  space_observed_ms: (rows) =>
    sum(
      rows.filter(({ space_occupancy }) => space_occupancy !== null),
      'observed_ms',
    ),
  accuracy_of: () => ACCURACY.of,
  accuracy_found: () => ACCURACY.found,
  accuracy_counted: () => ACCURACY.counted,
  accuracy_of_min: () => ACCURACY.of,
  accuracy_found_min: () => ACCURACY.found,
  accuracy_counted_min: () => ACCURACY.counted,
};

describe.each([
  ['m15', 900_000],
  ['h1', 3_600_000],
] as const)('each field in %s', (policy, lengthMs) => {
  it.each(['flow', 'zone'])('of a %s is that of its raw points', async (measurement) => {
    const raw = await rig.database.query(`SELECT * FROM "raw".${measurement}`);
    const rolled = await rig.database.query(`SELECT * FROM "${policy}".${measurement}`);
    const ROAD_USERS = measurement === 'flow' ? 2 : 1;
    const windows = new Set(MINUTES.map((minute) => Math.floor(at(minute) / lengthMs)));
    expect(rolled).toHaveLength(windows.size * ROAD_USERS);
    for (const {
      time,
      agent,
      camera,
      line,
      direction,
      lane,
      road_user,
      site,
      zone_id,
      ...fields
    } of rolled) {
      const of = raw.filter(
        (row) => Math.floor(Number(row.time) / lengthMs) * lengthMs === time && row.road_user === road_user,
      );
      const stored = Object.entries(fields).filter(([, value]) => value !== null);
      expect(stored.length).toBeGreaterThan(8);
      for (const [field, value] of stored) {
        const wanted = OTHERWISE[field]?.(of) ?? sum(of, field);
        if (/accuracy/.test(field) && road_user !== 'car') expect(value).toBeNull();
        else expect([field, value]).toEqual([field, expect.closeTo(wanted, 6)]);
      }
    }
  });

  it('has the type that it has in the raw points', async () => {
    for (const measurement of ['flow', 'zone']) {
      const types = async (of: string) =>
        new Map(
          (await rig.database.query(`SHOW FIELD KEYS FROM "${of}".${measurement}`)).map(
            ({ fieldKey, fieldType }) => [String(fieldKey), fieldType],
          ),
        );
      const raw = await types('raw');
      for (const [field, type] of await types(policy)) {
        const isSumOfMeans = /^(present|occupied|space)_sum_ms$|^space_observed_ms$/.test(field);
        expect([field, type]).toEqual([field, raw.get(field) ?? (isSumOfMeans ? 'float' : 'integer')]);
      }
    }
  });

  it('of journeys counts them and adds up their durations', async () => {
    const rolled = await rig.database.query(`SELECT n, duration_sum_ms, entry_line FROM "${policy}".journey`);
    expect([sum(rolled, 'n'), sum(rolled, 'duration_sum_ms')]).toEqual([
      MINUTES.length,
      MINUTES.length * 1000,
    ]);
  });

  it('stands at the beginning of its window in UTC, and gives the interval of the sum', async () => {
    const rolled = await rig.database.query(`SELECT * FROM "${policy}".flow WHERE road_user = 'car'`);
    for (const {
      time,
      n,
      n_low,
      n_high,
      accuracy_of,
      accuracy_of_min,
      intervals,
      bounded_intervals,
    } of rolled) {
      expect(Number(time) % lengthMs).toBe(0);
      expect([accuracy_of_min, bounded_intervals]).toEqual([accuracy_of, intervals]);
      const { low, high } = countInterval(Number(n), ACCURACY);
      expect(low).toBeGreaterThanOrEqual(Number(n_low));
      expect(high).toBeLessThanOrEqual(Number(n_high));
    }
  });
});
