// Events over a disk that refuses for good: they go out from memory, under the name of another outbox, once.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EventBatch, eventBatchSchema, type Passage } from '../../../contract/index.ts';
import { Delivery, type DeliveryOptions } from '../../../edge-agent/publisher/delivery.ts';
import type { Database } from '../../../edge-agent/publisher/outbox-database.ts';
import { passage } from './sample-events.ts';

const ADDRESS = { site: 'hai-phong', agent: 'box-1' };
let directory: string;
let delivery: Delivery;
let disk: { failing: 'before' | 'after' | undefined };
let ticks: NodeJS.Timeout;
let centre: { received: EventBatch[]; confirms: boolean };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-delivery-'));
  disk = { failing: undefined };
  centre = { received: [], confirms: true };
});

afterEach(async () => {
  clearInterval(ticks);
  await delivery.flush();
  await delivery.close();
  await rm(directory, { recursive: true, force: true });
});

async function begin(over: Partial<DeliveryOptions> = {}): Promise<void> {
  delivery = new Delivery({
    address: ADDRESS,
    directory: join(directory, 'outbox'),
    maxBytes: 10_000_000,
    maxAgeMs: 86_400_000,
    publish: async (payload) => {
      const batch = eventBatchSchema.parse(JSON.parse(payload)) as EventBatch;
      centre.received.push(batch);
      if (centre.confirms) confirm(batch);
    },
    isConnected: () => true,
    onStorageChange: () => undefined,
    logger: pino({ level: 'silent' }),
    now: Date.now,
    random: () => 0.5,
    batchMs: 5,
    spareAfterMs: 50,
    resend: { firstMs: 50, capMs: 100 },
    makeDatabase: failingDatabase,
    ...over,
  });
  await delivery.open();
  delivery.connected();
  ticks = setInterval(() => delivery.kick(), 20);
}

function confirm({ epoch, seq }: EventBatch): void {
  const ack = { v: 1, agent: ADDRESS.agent, epoch, ranges: [[seq, seq]], atMs: Date.now() };
  setImmediate(() => delivery.receive(Buffer.from(JSON.stringify(ack))));
}

function failingDatabase(location: string): Database {
  const database = new ClassicLevel<string, string>(location);
  const write = database.batch.bind(database) as (...args: unknown[]) => Promise<void>;
  const batch = async (...args: unknown[]) => {
    if (disk.failing === 'before') throw new Error('Read-only file system');
    await write(...args);
    if (disk.failing === 'after') throw new Error('Input/output error');
  };
  return Object.assign(database, { batch });
}

/** Tracks that the centre has, each as often as it came under a name of its own. */
function tracks(): number[] {
  const batches = new Map(centre.received.map((batch) => [`${batch.epoch}/${batch.seq}`, batch]));
  return [...batches.values()]
    .flatMap(({ events }) => events.map((event) => (event as Passage).track))
    .sort((a, b) => a - b);
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 5 });
}

test.each(['before', 'after'] as const)(
  'a disk that fails %s writing holds back what it was given, the rest goes out from memory; and nothing comes twice',
  async (failing) => {
    await begin();
    delivery.add([passage(1)]);
    await until(() => tracks().length === 1 && delivery.idle && delivery.stats().batches === 0);
    disk.failing = failing;
    delivery.add([passage(2)]);
    await until(() => delivery.problem !== undefined);
    expect(delivery.problem).toContain('events wait in memory');
    delivery.add([passage(3)]);
    await until(() => tracks().length === 2);
    expect(delivery.problem).toContain('sent from memory');
    delivery.add([passage(4)]);
    await until(() => tracks().length === 3 && delivery.stats().batches === 0);
    // It may be on the disk, and sent from there by whoever opens it next.
    expect(tracks()).toEqual([1, 3, 4]);
    expect(delivery.stats().waiting).toEqual({ passage: 1 });
    disk.failing = undefined;
    await until(() => delivery.problem === undefined && tracks().length === 4);
    delivery.add([passage(5)]);
    await until(() => tracks().length === 5 && delivery.idle);
    expect(tracks()).toEqual([1, 2, 3, 4, 5]);
    const epochs = new Map(centre.received.map(({ epoch, events }) => [(events[0] as Passage).track, epoch]));
    expect(epochs.get(3)).toBe(epochs.get(4));
    expect(new Set(epochs.values()).size).toBe(2);
    expect([1, 2, 5].every((track) => epochs.get(track) === epochs.get(1))).toBe(true);
  },
);

test('a disk that refuses from the start does not keep events from the centre', async () => {
  await writeFile(join(directory, 'outbox'), 'a file where a directory should be');
  await begin();
  delivery.add([passage(1), passage(2)]);
  await until(() => tracks().length === 2 && delivery.stats().batches === 0);
  expect(delivery.problem).toContain('sent from memory');
  await rm(join(directory, 'outbox'));
  await until(() => delivery.problem === undefined);
  delivery.add([passage(3)]);
  await until(() => tracks().length === 3 && delivery.idle);
  expect(new Set(centre.received.map(({ epoch }) => epoch)).size).toBe(2);
});

test('what the centre did not confirm is sent again from memory, also after the disk is back', async () => {
  await begin();
  disk.failing = 'before';
  centre.confirms = false;
  delivery.add([passage(1)]);
  await until(() => delivery.problem !== undefined);
  delivery.add([passage(2)]);
  await until(() => centre.received.length >= 1);
  disk.failing = undefined;
  await until(() => delivery.problem === undefined);
  expect(delivery.volatile).toEqual({ passage: 1 });
  centre.confirms = true;
  await until(() => delivery.stats().batches === 0 && delivery.idle);
  expect(tracks()).toEqual([1, 2]);
});
