// Every query of the Grafana dashboards and alert rules, asked of a real InfluxDB that holds a simulated day: with an hour
// in which nothing was reported, one in which the camera saw nothing, and one without speeds. Grafana itself is not here.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../central-collector/store/database.ts';
import { ALERT_RULES } from '../../scripts/grafana/alert-rules.ts';
import { DASHBOARDS } from '../../scripts/grafana/dashboards.ts';
import { BOXES, INCIDENTS, TRAFFIC, VARIABLES } from '../../scripts/grafana/queries.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { HOUR_MS, hour, START, simulateDay, UNREPORTED, UNSEEN, WITHOUT_SPEEDS } from './grafana-day.ts';

let directory: string;
let influxdb: Influxdb;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-grafana-'));
  influxdb = await startInfluxdb({ directory });
  await simulateDay(influxdb.url);
}, 120_000);

afterAll(async () => {
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

type Series = {
  readonly tags?: Record<string, string>;
  readonly columns: string[];
  readonly values: (number | string | null)[][];
};

/** As Grafana asks: with its variables and macros replaced. */
async function ask(query: string, more: Record<string, string> = {}, db = 'ngatu'): Promise<Series[]> {
  const replaced = Object.entries({
    $timeFilter: `time >= ${START}ms and time <= ${Date.now()}ms`,
    '${every:text}': '1h',
    '${every}': '3600000',
    $__interval: '1m',
    $timezone: 'Asia/Ho_Chi_Minh',
    $site: '.*',
    $box: '.*',
    $camera: '.*',
    ...more,
  }).reduce((text, [name, value]) => text.replaceAll(name, value), query);
  expect(replaced).not.toMatch(/\$[a-z_{]/i);
  const url = `${influxdb.url}/query?${new URLSearchParams({ db, q: replaced, epoch: 'ms' })}`;
  const { results } = (await (await fetch(url)).json()) as {
    results: { error?: string; series?: Series[] }[];
  };
  expect([replaced, results.map(({ error }) => error)]).toEqual([replaced, [undefined]]);
  return results.flatMap(({ series = [] }) => series);
}

/** Values of the hour that begins then, of each series. */
async function inHour(query: string, atMs: number) {
  const series = await ask(query);
  return series.map(({ values }) => values.find(([time]) => time === atMs)?.[1]);
}

describe('each query of a dashboard', () => {
  const targets = DASHBOARDS.flatMap(({ uid, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, kind, queries }) =>
        queries.map(({ query, alias = '' }) => ({ name: `${uid}: ${title}`, kind, query, alias })),
      ),
    ),
  );

  it.each(targets)('$name gives series with numbers', async ({ query, kind, alias }) => {
    const series = await ask(query);
    expect(series.length).toBeGreaterThan(0);
    const numbers = series
      .flatMap(({ values }) => values.flatMap(([, ...rest]) => rest))
      .filter((one) => one !== null);
    expect(numbers.length).toBeGreaterThan(0);
    if (kind !== 'table') expect(numbers.every((value) => typeof value === 'number')).toBe(true);
    // Names in legends are tags that the query groups by.
    const tags = [...alias.matchAll(/\$tag_(\w+)/g)].map(([, tag = '']) => tag);
    for (const { tags: have = {} } of series) expect(Object.keys(have)).toEqual(expect.arrayContaining(tags));
  });

  it.each(targets.filter(({ query }) => query.includes('$camera')))(
    '$name is of the chosen camera alone',
    async ({ query }) => {
      const chosen = (camera: string) => ask(query, { $site: 's', $box: 'a', $camera: camera });
      expect((await chosen('c')).length).toBeGreaterThan(0);
      const other = await chosen('nga-tu-1');
      expect(other.flatMap(({ values }) => values)).toEqual([]);
    },
  );

  it.each(Object.entries(VARIABLES))('finds what %s may be', async (_name, query) => {
    const values = (await ask(query)).flatMap((series) => series.values.map(([, value]) => value));
    expect(values.length).toBeGreaterThan(0);
  });
});

describe('what was not observed', () => {
  const { coverage, ...rest } = TRAFFIC;
  const ofFlow = Object.entries(rest).filter(([, query]) => /flow/.test(query) && query.includes('every'));

  it.each(ofFlow)('is a gap of %s, not zero', async (_name, query) => {
    for (const atMs of [UNREPORTED, UNSEEN]) {
      const values = await inHour(query, atMs);
      expect(values.length).toBeGreaterThan(0);
      expect(values.filter((value) => value !== null)).toEqual([]);
    }
    for (const value of await inHour(query, hour(3))) expect(value).toBeGreaterThan(0);
  });

  it('is a coverage of 0, and of what was seen in part its share', async () => {
    expect(await inHour(coverage, UNREPORTED)).toEqual([0, 0]);
    expect(await inHour(coverage, UNSEEN)).toEqual([0, 0]);
    expect(await inHour(coverage, hour(3))).toEqual([1, 0.5]);
  });

  it.each([
    ['time-mean', TRAFFIC.timeMeanSpeed],
    ['space-mean', TRAFFIC.spaceMeanSpeed],
  ])('and where nobody was measured, there is no %s speed of 0', async (_name, query) => {
    const values = await inHour(query, WITHOUT_SPEEDS);
    expect(values.filter((value) => value !== null)).toEqual([]);
  });

  it('of queues is a gap', async () => {
    for (const query of [TRAFFIC.queueVehicles, TRAFFIC.queueLength])
      expect(await inHour(query, UNREPORTED)).toEqual([null]);
  });
});

describe('the numbers', () => {
  it('of flows are vehicles an hour of the time that was seen, over all lanes and classes', async () => {
    // Line l: 2 cars and 3 motorcycles a minute, all of it seen; line m: the same in each half minute that was seen.
    const series = await ask(TRAFFIC.flow);
    const rates = series.map(({ tags, values }) => [
      `${tags?.line} ${tags?.direction}`,
      Math.round(Number(values.find(([time]) => time === hour(3))?.[1])),
    ]);
    expect(rates).toEqual([
      ['l in', 300],
      ['m in', 600],
    ]);
  });

  it('of days begin at midnight of the time zone', async () => {
    const days = { '${every:text}': '1d', '${every}': '86400000' };
    for (const query of [TRAFFIC.flow, TRAFFIC.counted, TRAFFIC.coverage]) {
      const [first] = await ask(query, days);
      for (const [time] of first?.values ?? []) {
        expect(new Date(Number(time) + 7 * HOUR_MS).toISOString().slice(11, 19)).toBe('00:00:00');
      }
    }
  });

  it('of incidents count each alarm and each verdict once', async () => {
    const total = async (query: string) =>
      (await ask(query)).flatMap(({ values }) => values).reduce((sum, [, n]) => sum + Number(n ?? 0), 0);
    expect(await total(INCIDENTS.alarms)).toBe(2);
    expect(await total(INCIDENTS.falseAlarms)).toBe(1);
    expect(await total(INCIDENTS.confirmed)).toBe(1);
  });

  it('of boxes are the last words', async () => {
    const states = async (query: string) =>
      (await ask(query)).map(({ tags, columns, values }) => [
        Object.values(tags ?? {}).join('/'),
        values[0]?.[columns.indexOf('state')],
      ]);
    expect(await states(BOXES.boxes)).toEqual([
      ['a/s', 'online'],
      ['gone/s', 'offline'],
    ]);
    expect(await states(BOXES.cameras)).toEqual([
      ['a/c/s', 'live'],
      ['a/dark/s', 'fault'],
      ['gone/c/s', 'unknown'],
    ]);
  });
});

describe('the alert rules', () => {
  const firing = async (uid: string, db?: string) => {
    const rule = ALERT_RULES.find((one) => one.uid === uid);
    if (rule === undefined) throw new Error(`no rule ${uid}`);
    const { query, fromS, toS = 0, fires, noData } = rule;
    const nowMs = Date.now();
    const $timeFilter = `time >= ${nowMs - fromS * 1000}ms and time <= ${nowMs - toS * 1000}ms`;
    const series = await ask(query, { $timeFilter }, db);
    if (series.length === 0) return noData === 'Alerting' ? ['no data'] : [];
    // Grafana reduces each series to its last number, and compares that.
    return series
      .filter(({ values }) => {
        const last = Number(values.findLast(([, value]) => value !== null)?.[1] ?? Number.NaN);
        return fires.when === 'gt' ? last > fires.than : last < fires.than;
      })
      .map(({ tags = {} }) => [tags.agent, tags.camera, tags.reason].filter(Boolean).join('/'));
  };

  it.each([
    ['ngatu-box-offline', ['gone']],
    ['ngatu-camera-fault', ['a/dark']],
    // It saw half of each minute in the last hour on its best line.
    ['ngatu-coverage-low', ['half/c']],
    ['ngatu-camera-silent', ['gone/c']],
    ['ngatu-batches-missing', ['a']],
    ['ngatu-data-given-up', ['a/outbox-full']],
    ['ngatu-rollups-late', []],
    ['ngatu-collector', []],
  ])('%s finds %j', async (uid, expected) => {
    expect(await firing(uid)).toEqual(expected);
  });

  it('on an empty database say that nothing is stored, and nothing else', async () => {
    const database = new Database({
      ...{ url: influxdb.url, database: 'empty', retentionPolicy: 'raw', keep: 'INF' },
      policies: [
        { name: 'm15', keep: 'INF' },
        { name: 'h1', keep: 'INF' },
      ],
    });
    await database.ensureOnce();
    database.close();
    const all: string[] = [];
    for (const { uid } of ALERT_RULES) if ((await firing(uid, 'empty')).length > 0) all.push(uid);
    expect(all).toEqual(['ngatu-rollups-late', 'ngatu-collector']);
  });
});
