// Every query of the Grafana dashboards and alert rules, asked of a real InfluxDB that holds a simulated day: with an hour
// in which nothing was reported, one in which the camera saw nothing, and one without speeds. Grafana itself is not here.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database } from '../../central-collector/store/database.ts';
import { createRoller } from '../../central-collector/store/open-roller.ts';
import { rollupPolicies } from '../../central-collector/store/rollup-work.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import { type Health, type Status, type TrafficEvent, trafficEventSchema } from '../../contract/index.ts';
import { ALERT_RULES } from '../../scripts/grafana/alert-rules.ts';
import { DASHBOARDS } from '../../scripts/grafana/dashboards.ts';
import { BOXES, INCIDENTS, TRAFFIC, VARIABLES } from '../../scripts/grafana/queries.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { incident } from '../central-collector/incidents/samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The day ends now: rules and roll-ups look at the clock. Its hours are those of the clock. */
const END = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const LAST_HOUR = Math.floor(END / HOUR_MS) * HOUR_MS;
const START = LAST_HOUR - 23 * HOUR_MS;
const hour = (n: number) => START + n * HOUR_MS;
const UNREPORTED = hour(5);
const UNSEEN = hour(9);
const WITHOUT_SPEEDS = hour(13);

let directory: string;
let influxdb: Influxdb;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-grafana-'));
  influxdb = await startInfluxdb({ directory });
  await simulateDay();
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
    const database = new Database({ ...target(), database: 'empty' });
    await database.ensureOnce();
    database.close();
    const all: string[] = [];
    for (const { uid } of ALERT_RULES) if ((await firing(uid, 'empty')).length > 0) all.push(uid);
    expect(all).toEqual(['ngatu-rollups-late', 'ngatu-collector']);
  });
});

const FOR_EVER = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };

function target() {
  const policies = rollupPolicies(FOR_EVER);
  return { url: influxdb.url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF', policies };
}

async function openStore() {
  const database = new Database(target());
  await database.ensureOnce();
  const http = createWrite(target());
  const writer = new BatchWriter({ write: http.write });
  const close = async () => {
    await writer.close();
    http.close();
    database.close();
  };
  return { store: new PointStore(writer, 'one'), close };
}

async function simulateDay(): Promise<void> {
  const { store, close } = await openStore();
  let seq = 0;
  const tell = async (agent: string, events: readonly TrafficEvent[], receivedAtMs = END) => {
    for (let from = 0; from < events.length; from += 900) {
      seq += 1;
      const some = events.slice(from, from + 900).map((event, position) => ({ position, event }));
      const dropped =
        seq === 1
          ? [
              {
                fromSeq: 900,
                toSeq: 901,
                reason: 'outbox-full' as const,
                events: { flow: 3 },
                atMs: END - 1000,
              },
            ]
          : [];
      await store.batch(
        {
          site: 's',
          agent,
          epoch: START,
          seq,
          sentAtMs: receivedAtMs - 50,
          receivedAtMs,
          events: some,
          dropped,
        },
        0,
      );
    }
  };
  await tell(
    'a',
    events(
      'c',
      [
        ['l', 1],
        ['m', 0.5],
      ],
      START,
    ),
  );
  await tell('half', events('c', [['l', 0.5]], LAST_HOUR - 2 * HOUR_MS));
  // Silent for more than two hours by now.
  await tell(
    'gone',
    events('c', [['l', 1]], hour(20)).filter(
      (event) => event.type !== 'flow' || event.toMs < LAST_HOUR - HOUR_MS,
    ),
  );
  await tell('a', [
    incident(1, { id: 'i-1', camera: 'c', detectedAtMs: hour(2) }),
    incident(2, { id: 'i-1', camera: 'c', detectedAtMs: hour(2) }),
    incident(1, { id: 'i-2', camera: 'c', kind: 'wrong-way', detectedAtMs: hour(4) }),
  ]);
  const said = { site: 's', agent: 'a', camera: 'c', kind: 'debris', by: 'an', version: 1, severity: 'low' };
  const words = ['acknowledge', 'confirm', 'false-alarm', 'clear'];
  await store.verdicts(
    words.map((verdict, at) => ({ ...said, number: at + 1, incident: 'i-1', verdict, atMs: hour(2) + at })),
  );
  for (let atMs = START; atMs < END; atMs += 10 * MINUTE_MS) await store.health(healthAt(atMs));
  await store.status(statusOf('a', 'online'), END - 5 * MINUTE_MS);
  await store.status(statusOf('gone', 'online'), END - 9 * MINUTE_MS);
  await store.status(statusOf('gone', 'offline'), END - 8 * MINUTE_MS);
  const row = {
    ...{
      site: 's',
      epoch: START,
      ranges: [[1, 5]] as const,
      droppedRanges: [],
      stored: 5,
      droppedByAgent: 2,
    },
    ...{ duplicates: 0, late: 0, rejectedEvents: 0, lastSeq: 9, clockOffsetMs: 1.5 },
  };
  await store.ledger(
    [
      { ...row, agent: 'a', missing: 3 },
      { ...row, agent: 'half', missing: 0 },
    ],
    END - MINUTE_MS,
  );
  const rollups = createRoller({ collector: 'one', keep: FOR_EVER, influxdb: target() });
  await rollups.roller.run();
  expect(rollups.roller.problem).toBeUndefined();
  await rollups.close();
  // A round before: it goes on.
  const before = `rollup fresh_ms=${END - HOUR_MS}i ${END - 20 * MINUTE_MS}000000`;
  await fetch(`${influxdb.url}/write?db=ngatu&rp=h1`, { method: 'POST', body: before });
  await close();
}

/** Five vehicles a minute and line, of which two are cars; `seen` is the share of each minute that was observed. */
function events(
  camera: string,
  lines: readonly (readonly [string, number])[],
  fromMs: number,
): TrafficEvent[] {
  const all: TrafficEvent[] = [];
  const at = (atMs: number, beginMs: number) => atMs >= beginMs && atMs < beginMs + HOUR_MS;
  for (let atMs = fromMs; atMs < END; atMs += MINUTE_MS) {
    if (at(atMs, UNREPORTED)) continue;
    const isSeen = !at(atMs, UNSEEN);
    const speed = { n: 2, sumKmh: 80, sumPerKmh: 0.05, histogram: [0, 0, 0, 0, 0, 0, 0, 0, 2] };
    const hasSpeed = isSeen && !at(atMs, WITHOUT_SPEEDS);
    const interval = { camera, fromMs: atMs, toMs: atMs + MINUTE_MS, framesAnalysed: 600, framesDropped: 0 };
    for (const [line, share] of lines) {
      all.push(
        trafficEventSchema.parse({
          ...{ type: 'flow', line, direction: 'in', ...interval },
          observedMs: isSeen ? MINUTE_MS * share : 0,
          ...(isSeen && {
            ...{
              occupiedMs: 6000,
              headway: { n: 4, sumS: 40, sumSqS2: 500 },
              gap: { n: 4, sumS: 30, sumSqS2: 400 },
            },
          }),
          counts: {
            car: { n: isSeen ? 2 : 0, ...(hasSpeed && { speed }) },
            motorcycle: { n: isSeen ? 3 : 0 },
            person: { n: isSeen ? 1 : 0 },
          },
        }),
      );
    }
    all.push(
      trafficEventSchema.parse({
        ...{
          type: 'zone',
          zone: 'box',
          ...interval,
          observedMs: isSeen ? MINUTE_MS : 0,
          entries: { car: 2 },
        },
        ...{ exits: { car: 2 }, appeared: 0, lost: 0, presentMean: 1, presentMax: 2, timeOccupancy: 0.4 },
        queue: { maxVehicles: 3, maxM: 20, truncated: false },
      }),
    );
  }
  return all;
}

function healthAt(atMs: number): Health {
  return {
    ...{ v: 1, site: 's', agent: 'a', atMs, uptimeS: 5, cpu: 0.5, rssBytes: 1e8, loadAverage: 1 },
    ...{ temperatureC: 60, clockOffsetMs: 2, outbox: { batches: 1, bytes: 10, dropped: 0, oldestMs: atMs } },
    cameras: [
      {
        ...{ camera: 'c', fps: 10, framesAnalysed: 600, framesDropped: 1, reconnects: 0 },
        ...{ latencyMs: { p50: 50, p95: 90 }, inferenceMs: 20 },
      },
    ],
  };
}

function statusOf(agent: string, state: 'online' | 'offline'): Status {
  const camera = { sinceMs: START, width: 1280, height: 720 };
  return {
    ...{ v: 1, site: 's', agent, state, atMs: START, startedAtMs: START, version: '1.0.0' },
    ...(state === 'offline' && { reason: 'lost' as const }),
    cameras: [
      { ...camera, camera: 'c', state: 'live' },
      ...(agent === 'a'
        ? [{ ...camera, camera: 'dark', state: 'fault' as const, fault: 'black' as const }]
        : []),
    ],
  } as Status;
}
