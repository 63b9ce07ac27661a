// The collector between a real Mosquitto and a real InfluxDB.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCollector } from '../../central-collector/main.ts';
import { topicOf } from '../../contract/index.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { ask, batch, batches, collector, countOf, FakeAgent, passage, T0, until } from './collector-rig.ts';

let directory: string;
let mosquitto: Mosquitto;
let influxdb: Influxdb;
const running: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-collector-'));
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto') });
  influxdb = await startInfluxdb({ directory: join(directory, 'influxdb') });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await ask(influxdb.url, 'DROP DATABASE ngatu');
});

afterAll(async () => {
  await influxdb?.stop();
  await mosquitto?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(name: string): Promise<RunningCollector> {
  const one = await collector({
    name,
    mqtt: mosquitto.url,
    influx: influxdb.url,
    directory: join(directory, 'quarantine', name),
  });
  running.push(one);
  await until(() => one.state().problems.length === 0, 30_000, 'collector ready');
  return one;
}

async function agent(name: string): Promise<FakeAgent> {
  const one = await FakeAgent.connect(mosquitto.url, name);
  running.push(one);
  return one;
}

describe('events of an agent', () => {
  it('are in the database when they are acknowledged', async () => {
    await start('happy');
    const box = await agent('box-1');
    await box.deliver(batches('box-1', 100, 10), 20_000, 5000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(1000);
    const [first] = await ask(influxdb.url, 'SELECT * FROM passage LIMIT 1');
    expect(first).toMatchObject({
      site: 'hai-phong',
      agent: 'box-1',
      camera: 'nga-tu-1',
      track: 1,
      seq: 1,
      confidence: 0.8,
    });
  });

  it('sent again are acknowledged again and change nothing', async () => {
    const one = await start('again');
    const box = await agent('box-2');
    const sent = batches('box-2', 20, 5);
    await box.deliver(sent, 20_000, 5000);
    const before = await ask(influxdb.url, 'SELECT * FROM passage');
    box.acknowledged.clear();
    await box.deliver(sent, 20_000, 5000);
    expect(await ask(influxdb.url, 'SELECT * FROM passage')).toEqual(before);
    expect(one.state().totals.batches_duplicate).toBe(20);
  });

  it('that a collector cannot read go to quarantine, and their neighbours are stored', async () => {
    const one = await start('strict');
    const box = await agent('box-3');
    const topic = topicOf({ site: 'hai-phong', agent: 'box-3' }, 'events');
    await box.publish(topic, '{not json');
    await box.publish(topic, Buffer.from([0xff, 0xfe]));
    await box.publish(topic, JSON.stringify({ ...batch('box-3', 1, [passage(1)]), v: 2 }));
    await box.publish(
      topic,
      JSON.stringify({ ...batch('box-3', 2, []), events: [passage(1), { type: 'rocket' }, passage(2)] }),
    );
    await box.publish(topic, JSON.stringify(batch('box-4', 3, [passage(9)])));
    await until(() => box.acknowledged.has(1) && box.acknowledged.has(2));
    await until(() => one.state().gauges.quarantine_files === 5);
    expect(one.state().quarantined).toEqual({
      'not-json': 1,
      'not-utf8': 1,
      'newer-version': 1,
      'unknown-type': 1,
      forged: 1,
    });
    expect(box.acknowledged.has(3)).toBe(false);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(2);
    expect(await readdir(join(directory, 'quarantine', 'strict'))).toHaveLength(5);
  });

  it('of which InfluxDB refuses one keep the others', async () => {
    await start('conflict');
    const box = await agent('box-5');
    const write = `${influxdb.url}/write?db=ngatu&rp=raw`;
    // Somebody wrote a text where the collector writes a number.
    const day = `journey,site=x duration_ms="long" ${T0}000000`;
    expect((await fetch(write, { method: 'POST', body: day })).status).toBe(204);
    const journey = {
      type: 'journey' as const,
      camera: 'nga-tu-1',
      track: 7,
      roadUser: 'car' as const,
      roadUserShare: 1,
      entryLine: 'north',
      exitLine: 'east',
      enteredAtMs: T0,
      exitedAtMs: T0 + 4000,
    };
    await box.deliver([batch('box-5', 1, [passage(1), journey, passage(2)])], 20_000, 10_000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(2);
    expect(await countOf(influxdb.url, 'batch', 'seq')).toBe(1);
    expect(await readdir(join(directory, 'quarantine', 'conflict'))).toHaveLength(1);
  });
});

describe('the HTTP pages', () => {
  it('tell health, numbers and the ledger with its gaps', async () => {
    const one = await start('pages');
    const box = await agent('box-6');
    const sent = batches('box-6', 5, 1);
    await box.deliver(
      sent.filter(({ seq }) => seq !== 3),
      20_000,
      10_000,
    );
    const page = async (path: string) => fetch(`http://127.0.0.1:${one.port}${path}`);
    expect(await (await page('/healthz')).json()).toEqual({ ok: true, problems: [] });
    expect(await (await page('/metrics')).text()).toMatch(/ngatu_collector_batches_stored_total 4/);
    const { agents } = (await (await page('/ledger')).json()) as { agents: Record<string, unknown>[] };
    expect(agents).toHaveLength(1);
    expect(agents[0]).toMatchObject({
      agent: 'box-6',
      stored: 4,
      missing: 1,
      gaps: [[3, 3]],
      ranges: [
        [1, 2],
        [4, 5],
      ],
    });
  });

  it('remember the ledger over a restart', async () => {
    const one = await start('memory');
    const box = await agent('box-7');
    await box.deliver(batches('box-7', 5, 1), 20_000, 10_000);
    await one.close();
    const again = await start('memory');
    await until(() => again.state().gauges.agents === 1);
    const { agents } = (await (await fetch(`http://127.0.0.1:${again.port}/ledger`)).json()) as {
      agents: unknown[];
    };
    expect(agents[0]).toMatchObject({ stored: 5, ranges: [[1, 5]], missing: 0 });
  });
});
