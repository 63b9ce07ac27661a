// What the collector writes, in a real InfluxDB: as docs/influxdb.md says, and readable with the queries it gives.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database, type DatabaseOptions } from '../../central-collector/store/database.ts';
import { marksSince, pageOfMarks } from '../../central-collector/store/ledger-points.ts';
import { createRoller } from '../../central-collector/store/open-roller.ts';
import { rollupPolicies } from '../../central-collector/store/rollup-work.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import { healthSchema, statusSchema, type TrafficEvent, trafficEventSchema } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { ask, countOf, passage } from './collector-rig.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HOUR_MS = 3_600_000;
/** Queries ask for the last day. */
const NOW = Date.now();

let directory: string;
let influxdb: Influxdb;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-database-'));
  influxdb = await startInfluxdb({ directory });
});

afterAll(async () => {
  for (const one of opened.splice(0)) await one.close();
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function openStore(options: Partial<DatabaseOptions> & { collector?: string } = {}) {
  const { collector = 'one', ...rest } = options;
  const target = { url: influxdb.url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF', ...rest };
  const database = new Database(target);
  await database.ensureOnce();
  const http = createWrite(target);
  const writer = new BatchWriter({ write: http.write });
  opened.push(writer, http, database);
  return { store: new PointStore(writer, collector), writer, database };
}

async function rollUp(): Promise<void> {
  const forEver = { raw: 'INF', quarterHour: 'INF', hour: 'INF' };
  const policies = rollupPolicies(forEver);
  const { database } = await openStore({ policies });
  await database.ensureOnce();
  const target = { url: influxdb.url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF', policies };
  const rollups = createRoller({ collector: 'one', keep: forEver, influxdb: target });
  opened.push(rollups);
  await rollups.roller.run();
  expect(rollups.roller.problem).toBeUndefined();
}

const batchOf = (events: readonly TrafficEvent[], seq = 1) => ({
  ...{ site: 's', agent: 'a', epoch: NOW - HOUR_MS, seq, sentAtMs: NOW, receivedAtMs: NOW, dropped: [] },
  events: events.map((event, position) => ({ position, event })),
});

const row = {
  ...{ site: 's', agent: 'a', epoch: NOW, ranges: [[1, 5]] as const, droppedRanges: [[7, 8]] as const },
  ...{ stored: 5, missing: 1, droppedByAgent: 2, duplicates: 0, late: 0, rejectedEvents: 0 },
  ...{ lastSeq: 9, clockOffsetMs: 1.5 },
};

const verdict = {
  ...{
    site: 's',
    agent: 'a',
    camera: 'c',
    kind: 'debris',
    number: 7,
    incident: 'i',
    verdict: 'note',
    by: 'an',
  },
  ...{ atMs: NOW, note: 'it\'s "nothing"', version: 2, severity: 'low', key: 'k-1' },
};

describe('every sample message', () => {
  beforeAll(async () => {
    const { store } = await openStore();
    const events = ['passage', 'flow', 'zone', 'incident', 'journey']
      .flatMap(samples)
      .map((sample) => trafficEventSchema.parse(recent(sample)));
    const dropped = [{ fromSeq: 7, toSeq: 8, reason: 'too-old' as const, events: { flow: 3, passage: 1 } }];
    expect(await store.batch({ ...batchOf(events), dropped }, 0)).toEqual({ refused: [] });
    for (const [at, status] of samples('status').entries()) {
      await store.status(statusSchema.parse({ ...status, agent: `box-${at}` }), NOW);
    }
    for (const health of samples('health')) await store.health(healthSchema.parse(recent(health)));
    await store.ledger([row], NOW);
    expect(await store.verdicts([verdict])).toEqual([]);
    await rollUp();
  });

  it('is stored with the fields and types that the documentation names', async () => {
    const documented = await documentedFields();
    const stored = await fieldTypes();
    expect(Object.keys(stored).sort()).toEqual([...documented.keys()].sort());
    const surprises = Object.entries(stored).flatMap(([measurement, fields]) =>
      Object.entries(fields)
        .filter(([field, type]) => {
          const isInteger = documented.get(measurement)?.get(generic(field));
          return isInteger === undefined || isInteger !== (type === 'integer');
        })
        .map(([field, type]) => `${measurement}.${field} ${type}`),
    );
    expect(surprises).toEqual([]);
  });

  it('is summed up with the fields and types that the documentation names', async () => {
    const documented = await documentedRollups();
    for (const [measurement, of] of documented) {
      for (const policy of ['m15', 'h1']) {
        const types = Object.entries(
          (await fieldTypes(`FROM "${policy}".${measurement}`))[measurement] ?? {},
        );
        expect(types.length).toBeGreaterThan(1);
        const surprises = types.filter(([field, type]) => of.get(generic(field)) !== (type === 'integer'));
        expect([measurement, surprises]).toEqual([measurement, []]);
      }
    }
    expect([...documented.keys()]).toEqual(['flow', 'zone', 'journey']);
  });

  it.each(documentedQueries())('answers %s', async (query) => {
    const url = `${influxdb.url}/query?${new URLSearchParams({ db: 'ngatu', q: query })}`;
    const { results } = (await (await fetch(url)).json()) as { results: { error?: string }[] };
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    const rows = await ask(influxdb.url, query);
    expect(rows.length).toBeGreaterThan(0);
    const full = rows.filter((columns) => Object.values(columns).every((value) => value !== null));
    expect(full.length).toBeGreaterThan(0);
    // A row for each hour of which nothing is known would hide those that say something.
    if (query.includes('time(')) expect(full).toEqual(rows);
    // A division of integers would say 0 of hours that were seen in part.
    if (query.includes('seen')) expect(Math.max(...rows.map(({ seen }) => Number(seen)))).toBeGreaterThan(0);
  });

  it('of a status tells what was last heard, though a last will is older than what it ends', async () => {
    const [will] = samples('status').filter(({ reason }) => reason === 'lost');
    const { store } = await openStore();
    const lost = statusSchema.parse({ ...will, agent: 'gone', atMs: NOW - HOUR_MS });
    const online = statusSchema.parse({
      ...will,
      agent: 'gone',
      state: 'online',
      reason: undefined,
      atMs: NOW,
    });
    await store.status(online, NOW - 1000);
    await store.status(lost, NOW);
    const [last] = await ask(
      influxdb.url,
      `SELECT last(state) AS state, reason FROM agent_status WHERE agent = 'gone'`,
    );
    expect(last).toMatchObject({ state: 'offline', reason: 'lost' });
  });
});

describe('the database', () => {
  it('is made with one retention policy, and changed when the configuration is', async () => {
    const policies = () => ask(influxdb.url, 'SHOW RETENTION POLICIES ON "made-new"');
    await openStore({ database: 'made-new', keep: '90d' });
    expect(await policies()).toMatchObject([{ name: 'raw', duration: '2160h0m0s', default: true }]);
    await openStore({ database: 'made-new', keep: 'INF' });
    expect(await policies()).toMatchObject([{ name: 'raw', duration: '0s', default: true }]);
    // Shorter than the files that it had.
    await openStore({ database: 'made-new', keep: '12h' });
    expect(await policies()).toMatchObject([{ name: 'raw', duration: '12h0m0s', default: true }]);
  });
});

describe('the policies of the roll-ups', () => {
  it('are made beside the default one, and changed when the configuration is', async () => {
    const policies = () => ask(influxdb.url, 'SHOW RETENTION POLICIES ON "rolled"');
    const keep = { raw: 'INF', quarterHour: '520w', hour: 'INF' };
    await openStore({ database: 'rolled', policies: rollupPolicies(keep) });
    expect(await policies()).toMatchObject([
      { name: 'raw', duration: '0s', default: true },
      { name: 'm15', duration: '87360h0m0s', shardGroupDuration: '672h0m0s', default: false },
      { name: 'h1', duration: '0s', shardGroupDuration: '8736h0m0s', default: false },
    ]);
    await openStore({ database: 'rolled', policies: rollupPolicies({ ...keep, quarterHour: '2d' }) });
    expect((await policies())[1]).toMatchObject({ name: 'm15', duration: '48h0m0s', default: false });
  });
});

describe('points older than the retention policy keeps', () => {
  it('are counted, and hold up neither their batch nor the rest', async () => {
    const { store, writer } = await openStore({ database: 'short', keep: '2h' });
    const [young, old] = [passage(1), passage(2)].map((event, at) => ({
      ...event,
      atMs: NOW - at * 48 * HOUR_MS,
    }));
    const events = [young, old].map((event) => trafficEventSchema.parse(event));
    expect(await store.batch(batchOf(events), 0)).toEqual({ refused: [] });
    expect(writer.counts).toMatchObject({ lines: 2, beyondRetention: 1, refused: 0, requests: 1 });
    expect(await countOf(influxdb.url, 'short.raw.passage', 'track')).toBe(1);
    expect(await countOf(influxdb.url, 'short.raw.batch', 'seq')).toBe(1);
  });
});

describe('marks of batches', () => {
  it('of a collector with an odd name are its own, and all are read page by page', async () => {
    const name = `o'brien, "x"=\\`;
    const { store, database } = await openStore({ database: 'marks', collector: name });
    for (const seq of [1, 2, 3]) await store.batch(batchOf([], seq), 0);
    expect(await database.query(marksSince(0, name))).toEqual([]);
    const rows = await database.query(marksSince(0, ''));
    expect(pageOfMarks(rows)).toMatchObject({
      streams: [{ site: 's', ranges: [[1, 3]] }],
      nextMs: undefined,
    });
    expect(pageOfMarks(rows, 3)).toMatchObject({ nextMs: NOW });
  });
});

type Sample = Record<string, unknown>;

function samples(message: string): Sample[] {
  const folder = join(ROOT, 'test', 'fixtures', 'messages', message);
  return readdirSync(folder)
    .filter((file) => file.startsWith('good-'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** All moments of the sample moved, so that the latest is half an hour ago. */
function recent(sample: Sample): Sample {
  const moments = Object.entries(sample).filter(
    (entry): entry is [string, number] =>
      /^(atMs|.*AtMs|fromMs|toMs)$/.test(entry[0]) && typeof entry[1] === 'number',
  );
  const shiftMs = NOW - HOUR_MS / 2 - Math.max(...moments.map(([, ms]) => ms));
  return { ...sample, ...Object.fromEntries(moments.map(([key, ms]) => [key, ms + shiftMs])) };
}

function documentedQueries(): string[] {
  const text = readFileSync(join(ROOT, 'docs', 'influxdb.md'), 'utf8');
  return [...text.matchAll(/```sql\n(.*?)\n```/gs)].map(([, query = '']) => query);
}

/** By measurement and field, whether it is marked as an integer. */
async function documentedFields(): Promise<Map<string, Map<string, boolean>>> {
  const text = await readFile(join(ROOT, 'docs', 'influxdb.md'), 'utf8');
  const places = /Traffic events also carry.*/.exec(text)?.[0] ?? '';
  const rows = text.split('\n').filter((line) => /^\| `/.test(line));
  const fields = new Map<string, Map<string, boolean>>();
  for (const line of rows) {
    const [, measurement = '', , cell = ''] = line.split('|');
    fields.set(measurement.trim().replaceAll('`', ''), new Map(namesIn(cell)));
  }
  for (const event of ['passage', 'flow', 'zone', 'incident', 'journey']) {
    for (const [name, isInteger] of namesIn(places)) fields.get(event)?.set(name, isInteger);
  }
  // "and the interval fields of `flow`"
  for (const name of ['interval_ms', 'observed_ms', 'frames_analysed', 'frames_dropped']) {
    fields.get('zone')?.set(name, fields.get('flow')?.get(name) ?? false);
  }
  return fields;
}

/** The same of the roll-ups: a row says which fields are sums of those of the same name, and which there are besides. */
async function documentedRollups(): Promise<Map<string, Map<string, boolean>>> {
  const raw = await documentedFields();
  const text = await readFile(join(ROOT, 'docs', 'influxdb.md'), 'utf8');
  return new Map(
    [...text.matchAll(/^\| \*\*(\w+)\*\* \| (.*) \| (.*) \|$/gm)].map(
      ([, measurement = '', sums = '', others = '']) => {
        const all = raw.get(measurement) ?? new Map<string, boolean>();
        const summed = [...all].filter(
          ([name]) => /all but/.test(sums) || sums.includes(name.replace('*', '')),
        );
        const interval = [...(raw.get('flow') ?? [])].filter(([name]) =>
          /^(interval|observed|frames)_/.test(name),
        );
        return [measurement, new Map([...summed, ...interval, ...namesIn(others)])];
      },
    ),
  );
}

function namesIn(cell: string): [string, boolean][] {
  return [...cell.matchAll(/`([a-z0-9_]+)`(i?)/g)].map(([, name = '', mark]) => [
    generic(name),
    mark === 'i',
  ]);
}

/** One name for the fields of which there is one for each road user, kind of event or speed. */
function generic(field: string): string {
  return field.replace(/^(entries|exits|events)_\w+$/, '$1_*').replace(/^speed_h\d{3}$/, 'speed_h*');
}

async function fieldTypes(from = ''): Promise<Record<string, Record<string, string>>> {
  const url = `${influxdb.url}/query?${new URLSearchParams({ db: 'ngatu', q: `SHOW FIELD KEYS ${from}` })}`;
  const { results } = (await (await fetch(url)).json()) as {
    results: { series: { name: string; values: [string, string][] }[] }[];
  };
  return Object.fromEntries(
    results.flatMap(({ series }) => series.map(({ name, values }) => [name, Object.fromEntries(values)])),
  );
}
