// An InfluxDB whose disk is full or fails, that is slow or away for long: it only delays, and the collector stays small.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCollector } from '../../central-collector/main.ts';
import { Link } from '../../scripts/chaos/link.ts';
import { seededRandom } from '../../scripts/scenes/random.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, SERVICE_SETTINGS, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { CollectorProcess, IS_BUILT } from './collector-process.ts';
import { batches, collector, countOf, FakeAgent, until } from './collector-rig.ts';
import { Ext4Disk } from './ext4-disk.ts';

let directory: string;
let mosquitto: Mosquitto;
const running: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-collector-influxdb-'));
  mosquitto = await startMosquitto({ directory: join(directory, 'mosquitto'), configuration: sendsAll });
});

afterEach(async () => {
  // Last started, first stopped: a disk goes after who writes to it.
  for (const one of running.splice(0).reverse()) await one.close();
});

afterAll(async () => {
  await mosquitto?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As many messages at once as a collector asks for: what bounds its memory is itself. */
function sendsAll(port: number): string {
  const open = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 100000'];
  return `${[...open, ...SERVICE_SETTINGS, 'max_inflight_messages 1000'].join('\n')}\n`;
}

async function startOn(data: string, port?: number): Promise<Influxdb> {
  const influxdb = await startInfluxdb({ directory: data, ...(port !== undefined && { port }) });
  running.push({ close: () => influxdb.stop() });
  return influxdb;
}

async function start(name: string, influx: string, receiveMaximum = 100): Promise<RunningCollector> {
  const quarantine = join(directory, 'quarantine', name);
  const one = await collector({ name, mqtt: mosquitto.url, influx, directory: quarantine, receiveMaximum });
  running.push(one);
  await until(() => one.state().problems.length === 0, 30_000, 'collector ready');
  return one;
}

async function agent(name: string): Promise<FakeAgent> {
  const one = await FakeAgent.connect(mosquitto.url, name);
  running.push(one);
  return one;
}

const isFailing = (one: RunningCollector) =>
  one.state().problems.some((problem) => problem.startsWith('Storing'));

async function disk(name: string): Promise<Ext4Disk | undefined> {
  const made = await Ext4Disk.make(directory, name, 48);
  if (made) running.push({ close: () => made.unmount().catch(() => undefined) });
  return made;
}

const NO_DISK = 'small disks cannot be mounted here: that takes root and loop devices';

describe('InfluxDB', () => {
  it('whose disk is full has everything in the end, once there is room', {
    timeout: 90_000,
  }, async (test) => {
    const small = await disk('full');
    if (!small) return test.skip(NO_DISK);
    let influxdb = await startOn(small.directory);
    const one = await start('full', influxdb.url);
    const box = await agent('box-1');
    const all = batches('box-1', 300, 20);
    await box.deliver(all.slice(0, 100), 30_000, 10_000);
    await small.fill();
    const delivered = box.deliver(all, 80_000, 5000);
    await until(() => isFailing(one));
    const stored = box.acknowledged.size;
    expect(one.state().problems.join()).toMatch(/no space left/);
    expect(one.state().totals.points_refused).toBe(0);
    await small.free();
    // InfluxDB 1.x itself does not come back from a full disk before it is started anew.
    await influxdb.stop();
    influxdb = await startOn(small.directory, influxdb.port);
    await delivered;
    expect(stored).toBeLessThan(300);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(6000);
    expect(one.state().gauges.quarantine_files).toBe(0);
  });

  it('whose disk turns read-only has everything in the end, once it is moved', {
    timeout: 90_000,
  }, async (test) => {
    const failing = await disk('failing');
    if (!failing) return test.skip(NO_DISK);
    let influxdb = await startOn(failing.directory);
    const one = await start('failing', influxdb.url);
    const box = await agent('box-2');
    const all = batches('box-2', 300, 20);
    await box.deliver(all.slice(0, 100), 30_000, 10_000);
    await failing.fail();
    const delivered = box.deliver(all, 80_000, 5000);
    await until(() => isFailing(one));
    expect(one.state().problems.join()).toMatch(/read-only|input\/output/);
    const acknowledged = box.acknowledged.size;
    process.kill(influxdb.pid, 'SIGKILL');
    await influxdb.exited;
    // Read-only is not unreadable: what is on it moves to another disk.
    const moved = join(directory, 'moved');
    await cp(failing.directory, moved, { recursive: true });
    influxdb = await startOn(moved, influxdb.port);
    await delivered;
    expect(acknowledged).toBeLessThan(300);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(6000);
    expect(one.state().totals.points_refused).toBe(0);
  });

  it('behind a slow line delays, and nothing is sent twice for that', {
    timeout: 60_000,
  }, async () => {
    const influxdb = await startOn(join(directory, 'slow'));
    const link = new Link({ upstreamPort: influxdb.port, random: seededRandom(1) });
    const port = await link.listen();
    running.push(link);
    const one = await start('slow', `http://127.0.0.1:${port}`, 20);
    const box = await agent('box-3');
    link.set({ kind: 'slow', delayMs: 200, bytesPerS: 100_000 });
    await box.deliver(batches('box-3', 120, 20), 50_000, 50_000);
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(2400);
    expect(one.state().totals).toMatchObject({ batches_duplicate: 0, messages_received: 120 });
  });
});

describe.skipIf(!IS_BUILT)('a collector under full load', () => {
  it('holds no more than it may while InfluxDB is away, and stores all of it then', {
    timeout: 120_000,
  }, async () => {
    const data = join(directory, 'away');
    let influxdb = await startOn(data);
    const one = await CollectorProcess.configure({
      ...{ name: 'bounded', directory, mqtt: mosquitto.url, influx: influxdb.url },
    });
    running.push(one);
    one.start();
    await one.ready();
    const box = await agent('box-4');
    // 30 KB each: a collector asks for 500 of them at once, and more come.
    const all = batches('box-4', 560, 150);
    await box.deliver(all.slice(0, 50), 60_000, 60_000);
    const before = await one.rssMiB();
    await influxdb.stop();
    const delivered = box.deliver(all, 110_000, 110_000);
    await until(async () => (await one.metric('messages_in_hand')) >= 500, 60_000, 'full');
    const held = (await one.metric('bytes_in_hand')) / 1024 / 1024;
    let most = 0;
    // Three seconds of retries with everything in hand.
    const endMs = Date.now() + 3000;
    await until(async () => {
      most = Math.max(most, await one.rssMiB());
      return Date.now() > endMs;
    });
    // "About a third of what they take": docs/operations.md.
    expect(most - before).toBeLessThan(4 * held + 60);
    influxdb = await startOn(data, influxdb.port);
    await delivered;
    expect(await countOf(influxdb.url, 'passage', 'track')).toBe(560 * 150);
    expect(await one.metric('batches_missing')).toBe(0);
  });
});
