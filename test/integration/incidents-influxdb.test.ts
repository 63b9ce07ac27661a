// Incidents and verdicts in a real InfluxDB: written as the collector writes them, read as the board and lists read them.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { placeFrom } from '../../central-collector/incidents/incident-walk.ts';
import { Incidents, type IncidentsOptions } from '../../central-collector/incidents/incidents.ts';
import { BatchWriter } from '../../central-collector/store/batch-writer.ts';
import { Database } from '../../central-collector/store/database.ts';
import { IncidentHistory } from '../../central-collector/store/queries/incident-history.ts';
import { PointStore } from '../../central-collector/store/store.ts';
import { createWrite } from '../../central-collector/store/write-request.ts';
import type { Incident } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { BOX, CAMERA, ID, incident, noAudit, T0 } from '../central-collector/incidents/samples.ts';
import { ask, countOf } from './collector-rig.ts';

const DAY_MS = 86_400_000;
const ALL = { fromMs: T0 - 400 * DAY_MS, toMs: T0 + 400 * DAY_MS, limit: 500 };
const an = { by: 'an', audit: noAudit };

let directory: string;
let influxdb: Influxdb;
let names = 0;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-incidents-influxdb-'));
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
});

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await ask(influxdb.url, 'DROP DATABASE ngatu');
});

afterAll(async () => {
  await influxdb?.stop();
  await rm(directory, { recursive: true, force: true });
});

type Kept = { readonly folder: string };

/** What a collector wires, with pages so small that there are several. */
async function openCentre({ folder }: Partial<Kept> = {}, options: Partial<IncidentsOptions> = {}) {
  names += 1;
  const kept = { folder: folder ?? join(directory, `centre-${names}`) };
  const target = {
    url: influxdb.url,
    database: 'ngatu',
    retentionPolicy: 'raw',
    keep: 'INF',
    timeoutMs: 2000,
  };
  const policy = { firstDelayMs: 20, maxDelayMs: 100, factor: 2, jitter: 0 };
  const database = new Database(target);
  const http = createWrite(target);
  const writer = new BatchWriter({ write: http.write, policy, onMissing: () => database.ensureOnce() });
  const store = new PointStore(writer, 'one', () => T0);
  await database.ensureOnce().catch(() => undefined);
  let seq = 0;
  const incidents = new Incidents({
    directory: kept.folder,
    history: new IncidentHistory((influxql) => database.query(influxql), 50),
    storeVerdicts: (verdicts) => store.verdicts(verdicts),
    onVerdict: () => undefined,
    timeZone: 'Asia/Ho_Chi_Minh',
    cameraName: () => null,
    pictureOf: () => null,
    log: pino({ level: 'silent' }),
    now: () => T0 + 60_000,
    policy,
    ...options,
  });
  await incidents.open();
  const close = async () => {
    await writer.close();
    await incidents.close();
    http.close();
    database.close();
  };
  opened.push({ close });
  return {
    ...{ incidents, kept, close },
    stored: async (events: readonly Incident[], agent = BOX.agent) => {
      seq += 1;
      const batch = {
        ...{ site: BOX.site, agent, epoch: T0, seq, sentAtMs: T0, receivedAtMs: T0, dropped: [] },
        events: events.map((event, position) => ({ position, event })),
      };
      expect(await store.batch(batch, 0)).toEqual({ refused: [] });
    },
  };
}

const loaded = (incidents: Incidents) => vi.waitFor(() => expect(incidents.problems).toEqual([]), 10_000);

const full = (version: number, more: Partial<Incident> = {}) =>
  incident(version, {
    ...{ lane: 'l1', region: 'r1', roadUser: 'truck', tracks: [3, 4], box: [1, 2, 30.5, 40] },
    evidence: {
      snapshot: {
        ...{ file: 'a b/"c".jpg', sha256: 'a'.repeat(64), bytes: 5, width: 1280, height: 720, atMs: T0 },
        ...{ blurred: true, from: 'stream' },
      },
      clip: { file: 'c.mp4', sha256: 'b'.repeat(64), bytes: 7, fromMs: T0 - 1, toMs: T0 + 1 },
    },
    ...more,
  });

describe('an incident', () => {
  it('comes back from InfluxDB as the camera told it, with evidence', async () => {
    const { stored, incidents: live } = await openCentre();
    for (const event of [full(1), full(2, { state: 'cleared' })]) {
      await stored([event]);
      live.take(BOX, event);
    }
    await live.judge(ID, { ...an, verdict: 'note', note: `it's "fine" \\ ok; DROP MEASUREMENT incident` });
    await vi.waitFor(async () => expect(await countOf(influxdb.url, 'verdict', 'number')).toBe(1));
    const { incidents } = await openCentre();
    await loaded(incidents);
    expect(await incidents.get(ID)).toEqual({
      ...(await live.get(ID)),
      picture: { width: 1280, height: 720 },
    });
    for (const kind of ['snapshot', 'clip'] as const) {
      expect(await incidents.evidenceOf(ID, kind)).toEqual(await live.evidenceOf(ID, kind));
    }
  });

  it('with a name that would end a statement is found, and nothing else happens', async () => {
    const { stored, incidents } = await openCentre();
    const id = `x' OR id =~ /.*/ --"\\`;
    await stored([incident(), incident(1, { id, camera: 'other' })]);
    const name = `hai-phong.box-017.${id}`;
    expect(await incidents.get(name)).toMatchObject({ id: name, camera: 'hai-phong/box-017/other' });
    expect(await incidents.judge(name, { ...an, by: `o'brien" --`, verdict: 'confirm' })).toMatchObject({
      id: name,
      verdict: 'confirmed',
    });
    await vi.waitFor(async () =>
      expect(await ask(influxdb.url, 'SELECT incident, given_by FROM verdict')).toMatchObject([
        { incident: id, given_by: `o'brien" --` },
      ]),
    );
    await expect(incidents.get(`hai-phong.box-017.' OR ''='`)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is counted once when a batch is stored again, and late versions change nothing', async () => {
    const { stored } = await openCentre();
    await stored([incident(3, { state: 'cleared' })]);
    await stored([incident(1), incident(2)]);
    const { incidents } = await openCentre();
    await loaded(incidents);
    expect((await incidents.list(ALL)).incidents).toMatchObject([{ version: 3, state: 'cleared' }]);
    expect(incidents.activeOf(CAMERA).count).toBe(0);
  });

  it('written by hand that is none of ours is passed over', async () => {
    const { stored } = await openCentre();
    await stored([incident()]);
    const lines = [
      `incident,site=S!,agent=a,camera=c,kind=debris id="q",version=1i ${T0}000001`,
      `incident,site=s,agent=a,camera=c,kind=unheard id="q",version=1i,state="detected" ${T0}000002`,
      `verdict,site=s,agent=a,camera=c,kind=debris incident="i-1" ${T0}000003`,
    ];
    await fetch(`${influxdb.url}/write?db=ngatu`, { method: 'POST', body: lines.join('\n') });
    const { incidents } = await openCentre();
    await loaded(incidents);
    expect((await incidents.list(ALL)).incidents).toHaveLength(1);
    expect((await incidents.get(ID)).timeline).toHaveLength(1);
  });
});

describe('a list that memory has no room for', () => {
  it('is paged through InfluxDB without a gap or a repeat, also where hundreds share a millisecond', async () => {
    const { stored } = await openCentre();
    const events = Array.from({ length: 400 }, (_, at) =>
      // 150 of them in one millisecond: more than three pages of 50.
      incident(1, { id: `n-${at}`, detectedAtMs: T0 + (at < 150 ? 0 : at * 1000) }),
    );
    await stored(events);
    const { incidents } = await openCentre({}, { maxIncidents: 40 });
    await loaded(incidents);
    const seen: string[] = [];
    for (let after: ReturnType<typeof placeFrom>, pages = 0; pages < 30; pages += 1) {
      const { incidents: page, next, problem } = await incidents.list({ ...ALL, limit: 37, after });
      expect(problem).toBeNull();
      seen.push(...page.map(({ id }) => id));
      if (next === null) break;
      after = placeFrom(next);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(events.map(({ id }) => `hai-phong.box-017.${id}`).sort());
  });
});

describe('a verdict', () => {
  it('that is given while InfluxDB is away is there when it is back, once', async () => {
    const { stored, incidents, close, kept } = await openCentre();
    await stored([incident()]);
    incidents.take(BOX, incident());
    await loaded(incidents);
    const { port } = influxdb;
    await influxdb.stop();
    try {
      const answer = await incidents.judge(ID, { ...an, verdict: 'false-alarm', note: 'a shadow' });
      expect(answer).toMatchObject({ state: 'cleared', verdict: 'false-alarm' });
      expect((await incidents.get(ID)).problem).toContain('InfluxDB');
      await close();
      const again = await openCentre(kept);
      expect(again.incidents.counts.verdicts_waiting).toBe(1);
      // The camera reports on; nobody rings again.
      expect(again.incidents.take(BOX, incident(2))).toMatchObject({ state: 'cleared', clearedBy: 'an' });
      const { incidents: known, problem } = await again.incidents.list(ALL);
      expect([known.length, problem]).toEqual([1, expect.stringContaining('InfluxDB')]);
    } finally {
      influxdb = await startInfluxdb({ directory: join(directory, 'influxdb'), port });
    }
    await vi.waitFor(async () => expect(await countOf(influxdb.url, 'verdict', 'number')).toBe(1), 10_000);
    const other = await openCentre();
    await loaded(other.incidents);
    expect((await other.incidents.list(ALL)).incidents).toMatchObject([{ verdict: 'false-alarm', notes: 1 }]);
  });

  it('that is stored again is one point', async () => {
    const { incidents, close } = await openCentre();
    incidents.take(BOX, incident());
    for (const verdict of ['acknowledge', 'confirm', 'clear'] as const) {
      await incidents.judge(ID, { ...an, verdict });
    }
    await vi.waitFor(async () => expect(await countOf(influxdb.url, 'verdict', 'number')).toBe(3));
    const points = await ask(influxdb.url, 'SELECT * FROM verdict');
    await close();
    const row = (number: number, verdict: string) => ({
      ...{ number, ...BOX, camera: 'nga-tu-1', kind: 'stopped-vehicle', incident: 'i-1', verdict, by: 'an' },
      ...{ atMs: T0 + 60_000, version: 1, severity: 'low' },
    });
    const target = { url: influxdb.url, database: 'ngatu' };
    const http = createWrite(target);
    const writer = new BatchWriter({ write: http.write });
    const store = new PointStore(writer, 'one', () => T0);
    await store.verdicts([row(1, 'acknowledge'), row(2, 'confirm'), row(3, 'clear')]);
    await writer.close();
    http.close();
    expect(await ask(influxdb.url, 'SELECT * FROM verdict')).toEqual(points);
  });
});
