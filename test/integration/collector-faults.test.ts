// What is killed, restarted or cut off between the collector and its servers: nothing is lost, nothing is there twice.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningCollector } from '../../central-collector/main.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { freePort } from '../../scripts/services/ports.ts';
import {
  ask,
  batches,
  collector,
  countOf,
  FakeAgent,
  type LogLine,
  type RigOptions,
  until,
} from './collector-rig.ts';

const BINARY = join(import.meta.dirname, '../../dist/cli/ngatu.js');

let directory: string;
let mosquitto: Mosquitto;
let influxdb: Influxdb;
/** Where the InfluxDB of this test keeps its data: it comes back on them. */
let data: string;
const running: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-collector-faults-'));
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto') });
});

beforeEach(async () => {
  data = await mkdtemp(join(directory, 'influxdb-'));
  influxdb = await startInfluxdb({ directory: data });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await influxdb?.stop();
});

afterAll(async () => {
  await mosquitto?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(
  name: string,
  options: Partial<Pick<RigOptions, 'mqtt' | 'group' | 'receiveMaximum' | 'onLog'>> = {},
): Promise<RunningCollector> {
  const one = await collector({
    name,
    mqtt: mosquitto.url,
    influx: influxdb.url,
    directory: join(directory, 'quarantine', name),
    ledgerPeriodMs: 300,
    ...options,
  });
  running.push(one);
  return one;
}

async function agent(name: string): Promise<FakeAgent> {
  const one = await FakeAgent.connect(mosquitto.url, name);
  running.push(one);
  return one;
}

const ready = (one: RunningCollector) =>
  until(() => one.state().problems.length === 0, 30_000, 'collector ready');

describe('InfluxDB', () => {
  it('that is not there when the collector starts is waited for', async () => {
    const { port } = influxdb;
    await influxdb.stop();
    const one = await start('waits');
    await until(() => one.state().problems.some((problem) => problem.includes(`127.0.0.1:${port}`)));
    influxdb = await startInfluxdb({ directory: data, port });
    await ready(one);
    const box = await agent('box-1');
    await box.deliver(batches('box-1', 10, 2));
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(20);
  });

  it('that goes away only delays, and the collector holds no more than it may', async () => {
    const one = await start('delayed', { receiveMaximum: 20 });
    await ready(one);
    const box = await agent('box-2');
    const sent = batches('box-2', 250, 5);
    const [before, meanwhile] = [sent.slice(0, 50), sent.slice(50)];
    await box.deliver(before, 60_000, 30_000);
    const { port } = influxdb;
    await influxdb.stop();
    const delivered = box.deliver(meanwhile, 60_000, 30_000);
    await until(() => one.state().gauges.messages_in_hand === 20);
    await until(() => one.state().problems.some((problem) => problem.startsWith('Storing')));
    expect(box.acknowledged.size).toBe(50);
    influxdb = await startInfluxdb({ directory: data, port });
    await delivered;
    expect(one.state().totals.messages_received).toBe(250);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(1250);
    await ready(one);
  });

  it('killed in the middle of a stream keeps what was acknowledged, and has everything in the end, once', async () => {
    const one = await start('killed');
    await ready(one);
    const failing = () => one.state().problems.some((problem) => problem.startsWith('Storing'));
    const box = await agent('box-3');
    const all = batches('box-3', 10_000, 4);
    let sent = 0;
    const streamed = (async () => {
      // Goes on until the collector notices: the kill falls into the middle whatever the machine's speed.
      for (; !failing() && sent < all.length; sent += 20) {
        await Promise.all(all.slice(sent, sent + 20).map((message) => box.send(message)));
      }
    })();
    await until(() => box.acknowledged.size > 100);
    process.kill(influxdb.pid, 'SIGKILL');
    await until(failing);
    await streamed;
    const acknowledged = [...box.acknowledged];
    expect(acknowledged.length).toBeLessThan(sent);
    // On another port first, where the collector does not find it: this is what the log on disk gives back.
    const alone = await startInfluxdb({ directory: data });
    const rows = await ask(alone.url, 'SELECT seq FROM passage');
    await alone.stop();
    const stored = new Map<unknown, number>();
    for (const { seq } of rows) stored.set(seq, (stored.get(seq) ?? 0) + 1);
    expect(acknowledged.filter((seq) => stored.get(seq) !== 4)).toEqual([]);
    influxdb = await startInfluxdb({ directory: data, port: influxdb.port });
    await box.deliver(all.slice(0, sent), 60_000, 5000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(sent * 4);
  });
});

describe('the log of an outage', () => {
  const linesOf = (log: readonly LogLine[]) => log.map(({ msg }) => msg);

  it('of InfluxDB has one line when it begins and one when it is over, with what was stored', async () => {
    const log: LogLine[] = [];
    const one = await start('told', { onLog: (line) => log.push(line) });
    await ready(one);
    const box = await agent('box-8');
    await box.deliver(batches('box-8', 10, 1), 60_000, 30_000);
    log.length = 0;
    const { port } = influxdb;
    await influxdb.stop();
    const delivered = box.deliver(batches('box-8', 60, 5).slice(10), 60_000, 30_000);
    await until(() => (one.state().totals.write_retries ?? 0) > 3);
    influxdb = await startInfluxdb({ directory: data, port });
    await delivered;
    await until(() => log.length > 1);
    expect(linesOf(log)).toEqual([
      'trouble with InfluxDB; nothing is lost, trying again',
      expect.stringMatching(/^InfluxDB is back after \d+ s, 50 batches stored$/),
    ]);
    expect(log[0]?.problem).toContain(`127.0.0.1:${port}`);
  });

  it('of the broker has one line when it is lost and one when it is back', async () => {
    const broker = await startMosquitto({ directory: join(directory, 'another-mosquitto') });
    running.push({ close: () => broker.stop() });
    const log: LogLine[] = [];
    const one = await start('without-broker', { mqtt: broker.url, onLog: (line) => log.push(line) });
    await ready(one);
    log.length = 0;
    await broker.stop();
    await until(() => (one.state().totals.broker_reconnects ?? 0) > 3);
    const again = await startMosquitto({
      directory: join(directory, 'another-mosquitto'),
      port: broker.port,
    });
    running.push({ close: () => again.stop() });
    await until(() => log.length > 2);
    expect(linesOf(log)).toEqual([
      'lost the broker; it is tried again and again',
      expect.stringMatching(/^the broker is back after \d+ s$/),
      'listening to the broker',
    ]);
  });
});

describe('the broker', () => {
  it('gets no acknowledgement for a message that is not stored', async () => {
    const one = await start('unstored');
    await ready(one);
    await influxdb.stop();
    const box = await agent('box-4');
    await Promise.all(batches('box-4', 10, 1).map((message) => box.send(message)));
    await until(() => one.state().gauges.messages_in_hand === 10);
    expect(one.state().totals.messages_acknowledged).toBe(0);
    const startedMs = Date.now();
    await one.close();
    expect(Date.now() - startedMs).toBeLessThan(5000);
    // The same session elsewhere: the broker still has all ten.
    const heir = connect(mosquitto.url, { protocolVersion: 5, clientId: 'unstored', clean: false });
    const got: string[] = [];
    heir.on('message', (topic) => got.push(topic));
    await until(() => got.length === 10);
    await heir.endAsync(true);
  });
});

describe('collectors', () => {
  it('share the load and know of each other’s batches', async () => {
    const one = await start('left', { group: 'pair' });
    const other = await start('right', { group: 'pair' });
    await Promise.all([ready(one), ready(other)]);
    const box = await agent('box-5');
    await box.deliver(batches('box-5', 200, 5), 60_000, 10_000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(1000);
    const [a, b] = [one, other].map((each) => each.state().totals.batches_stored ?? 0);
    expect(Math.min(a ?? 0, b ?? 0)).toBeGreaterThan(50);
    for (const { port } of [one, other]) {
      const { agents } = (await (await fetch(`http://127.0.0.1:${port}/ledger`)).json()) as {
        agents: unknown[];
      };
      expect(agents).toMatchObject([{ agent: 'box-5', stored: 200, missing: 0, ranges: [[1, 200]] }]);
    }
  });

  it.skipIf(!existsSync(BINARY))('killed and started again lose nothing and double nothing', async () => {
    const { config, port, healthy } = await configure('killed-again');
    let child = run(config);
    await until(healthy);
    const box = await agent('box-6');
    const sent = batches('box-6', 400, 10);
    for (const round of [0, 100, 200, 300]) {
      await Promise.all(sent.slice(round, round + 100).map((message) => box.send(message)));
      // The broker has all of them now, the collector is somewhere in between.
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = run(config);
      if (round === 200) await until(healthy);
    }
    await box.deliver(sent, 60_000, 5000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(4000);
    await until(healthy);
    const { agents } = (await (await fetch(`http://127.0.0.1:${port}/ledger`)).json()) as {
      agents: unknown[];
    };
    expect(agents).toMatchObject([{ stored: 400, missing: 0, ranges: [[1, 400]] }]);
    const startedMs = Date.now();
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(Date.now() - startedMs).toBeLessThan(5000);
  });

  it.skipIf(!existsSync(BINARY))('end within 5 s when InfluxDB hangs, and lose nothing', async () => {
    const { config, healthy } = await configure('hung');
    const child = run(config);
    await until(healthy);
    const box = await agent('box-7');
    const sent = batches('box-7', 20, 5);
    process.kill(influxdb.pid, 'SIGSTOP');
    let code: number | null;
    let tookMs: number;
    try {
      await Promise.all(sent.map((message) => box.send(message)));
      const startedMs = Date.now();
      child.kill('SIGTERM');
      [code] = await once(child, 'exit');
      tookMs = Date.now() - startedMs;
    } finally {
      process.kill(influxdb.pid, 'SIGCONT');
    }
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
    expect(box.acknowledged.size).toBe(0);
    run(config);
    // Not sent again: the broker kept them for the collector.
    await until(() => box.acknowledged.size === 20);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(100);
  });
});

/** The configuration file of a collector process of its own name. */
async function configure(name: string) {
  const config = join(directory, `${name}.yaml`);
  const port = await freePort();
  await writeFile(
    config,
    `mqtt: {url: "${mosquitto.url}", sharedGroup: ${name}, clientId: ${name}}
influxdb: {url: "${influxdb.url}", database: ngatu}
quarantine: {directory: ./quarantine-${name}}
http: {host: 127.0.0.1, port: ${port}}
log: {level: warn}
`,
  );
  const healthy = async () =>
    (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true;
  return { config, port, healthy };
}

function run(config: string): ChildProcess {
  const child = spawn(process.execPath, [BINARY, 'collector', '--config', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running.push({
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  });
  return child;
}
