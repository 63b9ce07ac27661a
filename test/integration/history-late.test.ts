// Finished days that are known already, and what comes late for them: from a real InfluxDB, over restarts.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyQuery } from '../../central-collector/api/schemas/history.ts';
import { type CentreHistory, createHistory } from '../../central-collector/store/queries/open-history.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { flowOf } from './history-rig.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type RollupRig, rollupRig } from './rollup-rig.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
/** Midnight in Hải Phòng. */
const MONDAY = Date.parse('2026-11-16T00:00:00+07:00');

let directory: string;
let influxdb: Influxdb;
let rig: RollupRig;
let roller: ReturnType<RollupRig['roller']>;
let past: CentreHistory;

const counted = (atMs: number, n: number) => flowOf(atMs, 0, { counts: { car: { n } } });
const open = async () => {
  const { url, name } = { url: influxdb.url, name: rig.database.name };
  const opened = createHistory({
    influxdb: { url, database: name, retentionPolicy: 'raw', keep: 'INF' },
    ...{ timeZone: TIME_ZONE, directory: join(directory, 'days'), log: pino({ level: 'silent' }) },
    ...{ now: () => rig.clockMs, daysAhead: 10 },
  });
  await opened.open({ repeat: false });
  await opened.round();
  return opened;
};
const week = async (of = past) => {
  const query = { from: '2026-11-16', to: '2026-11-19', every: '1d', camera: 's/a/c', by: 'camera' };
  return (await of.history.flows(historyQuery.parse(query))).series[0]?.n;
};
/** 08:00 to 10:00 of Monday by quarter hour. */
const quarters = async () => {
  const between = { from: '2026-11-16T08:00:00+07:00', to: '2026-11-16T10:00:00+07:00' };
  const query = historyQuery.parse({ ...between, every: '15m', camera: 's/a/c', by: 'camera' });
  return (await past.history.flows(query)).series[0]?.n;
};
/** Statements of InfluxDB since it runs. */
const statements = async () => {
  const variables = (await (await fetch(`${influxdb.url}/debug/vars`)).json()) as Record<
    string,
    { values: { queriesExecuted: number } }
  >;
  return variables.queryExecutor?.values.queriesExecuted ?? Number.NaN;
};
/** A running centre has rounds all the time. */
const minutesPass = async (minutes: number) => {
  rig.clockMs += minutes * MINUTE_MS;
  await roller.run();
  expect(roller.problem).toBeUndefined();
  await past.round();
};
/** Until nothing that was told can change the sums any more. */
const allIsSettled = async () => {
  for (let times = 0; times < 3; times += 1) await minutesPass(20);
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-history-late-'));
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
  rig = await rollupRig(influxdb.url, 'late', MONDAY + 3 * DAY_MS + HOUR_MS);
  roller = rig.roller('one');
  await rig.store([counted(MONDAY + 8 * HOUR_MS, 10), counted(MONDAY + 32 * HOUR_MS, 20)]);
  for (let round = 0; round < 4; round += 1) await roller.run();
  past = await open();
});

afterAll(async () => {
  await past?.close();
  await rig?.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('finished days', () => {
  it('are summed up before anybody asks, and not again', async () => {
    await allIsSettled();
    const { filled } = past.history.days.counts;
    expect(filled).toBeGreaterThan(0);
    expect(await week()).toEqual([10, 20, null]);
    await past.round();
    expect(past.history.days.counts.filled).toBe(filled);
  });

  it('of a month are summed up with one statement', async () => {
    const forget = async () => {
      await past.history.days.clear();
      return statements();
    };
    const before = await forget();
    await past.round();
    const inAll = (await statements()) - before;
    // Ten days of one month: without them the rounds before asked for little else.
    const quiet = await statements();
    await past.round();
    expect(inAll - ((await statements()) - quiet)).toBe(1);
  });

  it('are remembered by quarter hours too, and take in what comes late', async () => {
    const none = Array.from({ length: 7 }, () => null);
    expect(await quarters()).toEqual([10, ...none]);
    const { filled } = past.history.days.counts;
    expect(await quarters()).toEqual([10, ...none]);
    expect(past.history.days.counts.filled).toBe(filled);
    await rig.store([counted(MONDAY + 8 * HOUR_MS + 20 * MINUTE_MS, 3)]);
    await allIsSettled();
    expect(await quarters()).toEqual([10, 3, ...none.slice(1)]);
  });

  it('take in what a box tells a day later, at once', async () => {
    await rig.store([counted(MONDAY + 9 * HOUR_MS, 5)]);
    rig.clockMs += 10_000;
    expect(await week()).toEqual([18, 20, null]);
    await minutesPass(1);
    expect(await week()).toEqual([18, 20, null]);
  });

  it('come from the folder after a restart', async () => {
    await allIsSettled();
    await past.close();
    past = await open();
    expect(past.history.days.counts.filled).toBe(0);
    expect(await week()).toEqual([18, 20, null]);
    expect(past.history.days.counts).toMatchObject({ filled: 0 });
  });

  it('take in what came while the centre was away', async () => {
    await past.close();
    await rig.store([counted(MONDAY + 33 * HOUR_MS, 7)]);
    for (let minute = 0; minute < 3; minute += 1) {
      rig.clockMs += 20 * MINUTE_MS;
      await roller.run();
    }
    past = await open();
    expect(await week()).toEqual([18, 27, null]);
  });

  it('are as in InfluxDB when the folder is damaged', async () => {
    await past.close();
    await rm(join(directory, 'days'), { recursive: true });
    await writeFile(join(directory, 'days'), 'no folder at all');
    past = await open();
    expect(past.problems).toEqual([]);
    expect(await week()).toEqual([18, 27, null]);
  });

  it('are summed up in memory where another process has the folder, and that is told', async () => {
    const second = await open();
    expect(second.problems.join()).toMatch(/finished days cannot be kept/);
    expect(await week(second)).toEqual([18, 27, null]);
    await second.close();
  });
});
