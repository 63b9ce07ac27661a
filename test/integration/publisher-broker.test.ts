// The publisher against a real broker: delivery until confirmed, status, last will, and a broker that
// forgets everything.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusSchema, trafficEventSchema } from '../../contract/index.ts';
import { openPublisher, type Publisher } from '../../edge-agent/publisher/publisher.ts';
import type { PublisherOptions } from '../../edge-agent/publisher/publisher-options.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { flow, incident, passage } from '../edge-agent/publisher/sample-events.ts';
import { startTestCentre, type TestCentre, until } from './publisher-centre.ts';

const ADDRESS = { site: 'hai-phong', agent: 'box-1' };
let directory: string;
let broker: Mosquitto;
let publisher: Publisher | undefined;
let centre: TestCentre | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-publisher-'));
  broker = await startMosquitto({ directory: join(directory, 'broker') });
});

afterEach(async () => {
  await publisher?.close();
  await centre?.stop();
  await broker.stop();
  publisher = undefined;
  centre = undefined;
  await rm(directory, { recursive: true, force: true });
});

async function start(over: Partial<PublisherOptions> = {}): Promise<Publisher> {
  publisher = await openPublisher({
    address: ADDRESS,
    mqtt: { url: broker.url },
    outbox: { directory: join(directory, 'outbox'), maxBytes: 50_000_000, maxAgeMs: 86_400_000 },
    version: '1.2.3',
    logger: pino({ level: 'silent' }),
    timing: {
      batchMs: 20,
      statusMs: 20,
      upkeepMs: 500,
      resend: { firstMs: 400, capMs: 800 },
      reconnect: { firstMs: 100, capMs: 300 },
    },
    ...over,
  });
  return publisher;
}

describe('events', () => {
  test('reach the centre and leave the outbox once they are confirmed', async () => {
    centre = await startTestCentre(broker.url, { acknowledge: true });
    const box = await start();
    const events = [passage(1), flow(0, 3), incident('a'), passage(2)];
    box.publish(events);
    await until(() => box.stats().ackedBatches === 3, 'all confirmed');
    expect(box.stats()).toMatchObject({ batches: 0, bytes: 0, events: {}, connected: true, ignoredAcks: 0 });
    const got = centre.batches.flatMap((batch) => batch.events);
    expect(got).toHaveLength(4);
    for (const event of events) expect(got).toContainEqual(event);
    for (const event of got) expect(trafficEventSchema.safeParse(event).success).toBe(true);
    expect(centre.batches.map(({ seq }) => seq).sort()).toEqual([1, 2, 3]);
    expect(Math.abs(box.stats().clockOffsetMs ?? Infinity)).toBeLessThan(2000);
  });

  test('are not forgotten because the broker took them', async () => {
    centre = await startTestCentre(broker.url, { acknowledge: false });
    const box = await start();
    box.publish([passage(1)]);
    // Taken by the broker, and sent again and again for want of a confirmation.
    await until(() => box.stats().resentBatches >= 2, 'sent again');
    expect(box.stats().batches).toBe(1);
    const payloads = centre.batches.map(({ seq, epoch, events }) => JSON.stringify({ seq, epoch, events }));
    expect(new Set(payloads).size).toBe(1);
    centre.acknowledge = true;
    await until(() => box.stats().batches === 0, 'confirmed');
  });

  test('survive a broker that dies and loses all its memory', async () => {
    const { port } = broker;
    centre = await startTestCentre(broker.url, { acknowledge: false });
    const box = await start();
    for (let n = 1; n <= 50; n += 1) box.publish([passage(n)]);
    await until(() => box.stats().publishedBatches > 0, 'published');
    process.kill(broker.pid, 'SIGKILL');
    await broker.stop();
    for (let n = 51; n <= 100; n += 1) box.publish([passage(n)]);
    await until(() => !box.stats().connected, 'noticed');
    await rm(join(directory, 'broker'), { recursive: true });
    broker = await startMosquitto({ directory: join(directory, 'broker'), port });
    centre.acknowledge = true;
    await until(() => box.stats().connected && box.stats().batches === 0, 'all confirmed');
    const tracks = new Set(
      centre.batches.flatMap(({ events }) => events.map((e) => (e as { track: number }).track)),
    );
    expect(tracks.size).toBe(100);
  });

  test('wait on disk while there is no broker and over a restart of the agent', async () => {
    const { port } = broker;
    await broker.stop();
    const first = await start();
    first.publish([passage(1), incident('a')]);
    await until(() => first.stats().batches === 2, 'stored');
    expect(first.stats().connectionProblem).toMatch(/ECONNREFUSED/);
    await first.close();
    broker = await startMosquitto({ directory: join(directory, 'broker'), port });
    centre = await startTestCentre(broker.url, { acknowledge: true });
    const second = await start();
    await until(() => second.stats().ackedBatches === 2, 'confirmed');
    // What operators act on comes first out of a backlog.
    expect(centre.batches.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  test('of a long outage arrive in full, with the newest not behind the backlog', async () => {
    centre = await startTestCentre(broker.url, { acknowledge: true });
    const { port } = broker;
    await broker.stop();
    const box = await start();
    for (let n = 1; n <= 30_000; n += 1) box.publish([passage(n)]);
    await until(() => Object.keys(box.stats().waiting).length === 0, 'stored');
    broker = await startMosquitto({ directory: join(directory, 'broker'), port });
    await until(() => box.stats().connected, 'connected');
    box.publish([incident('now')]);
    await until(() => box.stats().batches === 0, 'caught up');
    const tracks = new Set(centre.batches.flatMap(({ events }) => events.map((e) => JSON.stringify(e))));
    expect(tracks.size).toBe(30_001);
  });
});

describe('status', () => {
  test('is retained, follows the cameras, and says stopped after a clean end', async () => {
    const box = await start();
    centre = await startTestCentre(broker.url, { acknowledge: true });
    await until(() => centre?.status?.state === 'online', 'online');
    const camera = { camera: 'nga-tu-1', state: 'fault', fault: 'unauthorised', sinceMs: 1 } as const;
    box.setStatus([camera]);
    await until(() => centre?.status?.cameras.length === 1, 'camera told');
    expect(statusSchema.parse(centre.status)).toMatchObject({
      version: '1.2.3',
      ...ADDRESS,
      cameras: [camera],
    });
    const began = performance.now();
    await box.close();
    expect(performance.now() - began).toBeLessThan(5000);
    await until(() => centre?.status?.state === 'offline', 'offline');
    expect(centre.status?.reason).toBe('stopped');
    // Retained: somebody who comes later sees it too.
    await centre.stop();
    centre = await startTestCentre(broker.url, { acknowledge: true });
    await until(() => centre?.status?.reason === 'stopped', 'retained');
  });

  test('says that events cannot be stored, and that they can again', async () => {
    const { ClassicLevel } = await import('classic-level');
    let full = false;
    centre = await startTestCentre(broker.url, { acknowledge: true });
    const box = await start({
      makeDatabase: (location) => {
        const database = new ClassicLevel<string, string>(location);
        const write = database.batch.bind(database) as (...args: unknown[]) => Promise<void>;
        const batch = (...args: unknown[]) =>
          full ? Promise.reject(new Error('No space left on device')) : write(...args);
        return Object.assign(database, { batch });
      },
    });
    await until(() => centre?.status?.state === 'online', 'online');
    full = true;
    for (let n = 1; n <= 10; n += 1) box.publish([passage(n)]);
    await until(() => centre?.status?.problem !== undefined, 'problem told');
    expect(centre.status?.problem).toMatch(/No space left/);
    box.publish([passage(11)]);
    expect(box.stats().waiting).toEqual({ passage: 11 });
    full = false;
    await until(() => centre?.status?.problem === undefined, 'problem over', 30_000);
    await until(() => box.stats().batches === 0 && centre?.batches.length !== 0, 'delivered');
    expect(centre.batches.flatMap(({ events }) => events)).toHaveLength(11);
  });

  test('health is sent with what the outbox holds, and never queued', async () => {
    const box = await start();
    const vitals = { atMs: 1, uptimeS: 5, cameras: [], rssBytes: 1000 };
    centre = await startTestCentre(broker.url, { acknowledge: true });
    await until(() => box.sendHealth(vitals), 'connected');
    await until(() => centre?.health !== undefined, 'health');
    expect(centre.health).toMatchObject({
      ...vitals,
      ...ADDRESS,
      outbox: { batches: 0, bytes: 0, dropped: 0 },
    });
    await broker.stop();
    await until(() => !box.stats().connected, 'noticed');
    expect(box.sendHealth(vitals)).toBe(false);
  });
});

test('a broker that hangs does not hold up the end, and nothing is lost by it', async () => {
  centre = await startTestCentre(broker.url, { acknowledge: true });
  const box = await start();
  await until(() => box.stats().connected, 'connected');
  process.kill(broker.pid, 'SIGSTOP');
  try {
    box.publish([passage(1)]);
    const began = performance.now();
    await box.close();
    expect(performance.now() - began).toBeLessThan(5000);
  } finally {
    process.kill(broker.pid, 'SIGCONT');
  }
  const again = await start();
  await until(() => again.stats().batches === 0 && centre?.batches.length !== 0, 'delivered after all');
  expect(centre.batches.flatMap(({ events }) => events)).toContainEqual(passage(1));
});

test('an address that is none of a broker is refused at once, without repeating what is in it', async () => {
  const refused = start({ mqtt: { url: 'http://user:secret@broker' } });
  await expect(refused).rejects.toMatchObject({ code: 'options', retryable: false });
  await expect(refused).rejects.not.toThrow(/secret/);
});

test('a password is in no log line, and neither is the address that holds one', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const url = broker.url.replace('mqtt://', 'mqtt://box:in-the-address@');
  const box = await start({ logger, mqtt: { url, username: 'box', password: 'hunter2' } });
  await until(() => box.stats().connected, 'connected');
  await broker.stop();
  await until(() => box.stats().connectionProblem?.includes('ECONNREFUSED') === true, 'refused');
  await box.close();
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join('')).not.toMatch(/hunter2|in-the-address/);
  expect(await readFile(join(directory, 'broker', 'mosquitto.log'), 'utf8')).not.toMatch(/hunter2/);
});

test('certificates that are none are told at once, and the outbox is free again', async () => {
  const tls = { cert: 'not a certificate', key: 'not a key' };
  await expect(start({ mqtt: { url: 'mqtts://127.0.0.1:1', tls } })).rejects.toMatchObject({
    code: 'options',
    message: expect.stringContaining('check the certificates'),
  });
  await start();
});
