import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DroppedRange, TrafficEvent } from '../../../contract/index.ts';
import { BATCH_CLASSES, batchClassOf } from '../../../edge-agent/publisher/batch-class.ts';
import type { Draft } from '../../../edge-agent/publisher/batch-store.ts';
import { Outbox, type OutboxOptions } from '../../../edge-agent/publisher/outbox.ts';
import type { Database } from '../../../edge-agent/publisher/outbox-database.ts';
import { encodeState, seal } from '../../../edge-agent/publisher/outbox-records.ts';
import { contentOf, flow, incident, passage, T0 } from './sample-events.ts';

const DAY_MS = 86_400_000;
let directory: string;
let outbox: Outbox | undefined;
let wallMs: number;
let elapsedMs: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-outbox-'));
  wallMs = T0;
  elapsedMs = 0;
});

afterEach(async () => {
  await outbox?.close();
  outbox = undefined;
  await rm(directory, { recursive: true, force: true });
});

function make(over: Partial<OutboxOptions> = {}): Outbox {
  outbox = new Outbox({
    directory,
    maxBytes: 10_000_000,
    maxAgeMs: 14 * DAY_MS,
    logger: pino({ level: 'silent' }),
    now: () => wallMs,
    monotonicMs: () => elapsedMs,
    ...over,
  });
  return outbox;
}

async function opened(over: Partial<OutboxOptions> = {}): Promise<Outbox> {
  await outbox?.close();
  const made = make(over);
  await made.recover();
  return made;
}

function draft(...events: TrafficEvent[]): Draft {
  const [first] = events;
  if (!first) throw new Error('a draft needs an event');
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return {
    class: batchClassOf(first.type),
    events: counts,
    json: events.map((event) => JSON.stringify(event)),
  };
}

async function everything(of: Outbox) {
  const pages = await Promise.all(BATCH_CLASSES.map((batchClass) => of.page(batchClass, 0, 10_000, 1e9)));
  return pages.flat().sort((a, b) => a.seq - b.seq);
}

/** When it was told is the wall clock's business. */
async function reports(of: Outbox): Promise<DroppedRange[]> {
  const told = (await everything(of)).flatMap(
    ({ body }) => (contentOf(body).dropped ?? []) as DroppedRange[],
  );
  expect(told.every(({ atMs }) => atMs !== undefined)).toBe(true);
  return told.map(({ atMs: _, ...range }) => range);
}

/** A disk that fails when told to, before or after it has really written. */
const disk: { failing: 'before' | 'after' | undefined } = { failing: undefined };

function failingDatabase(location: string): Database {
  const database = new ClassicLevel<string, string>(location);
  const write = database.batch.bind(database) as (...args: unknown[]) => Promise<void>;
  const batch = async (...args: unknown[]) => {
    if (disk.failing === 'before') throw new Error('No space left on device');
    await write(...args);
    if (disk.failing === 'after') throw new Error('Input/output error');
  };
  return Object.assign(database, { batch });
}

describe('numbers', () => {
  test('batches are numbered from 1 and the numbers go on after a restart', async () => {
    const first = await opened();
    const stored = await first.append([draft(passage(1)), draft(incident('a'))]);
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2]);
    const again = await opened();
    expect((await again.append([draft(passage(2))])).map(({ seq }) => seq)).toEqual([3]);
  });

  test('numbers are not used again when everything was confirmed before the restart', async () => {
    const first = await opened();
    await first.append([draft(passage(1))]);
    await first.acknowledge(first.epoch ?? 0, [[1, 1]]);
    expect((await (await opened()).append([draft(passage(2))]))[0]?.seq).toBe(2);
  });

  test('the epoch is the moment of creation and survives restarts', async () => {
    expect((await opened()).epoch).toBe(T0);
    wallMs += DAY_MS;
    expect((await opened()).epoch).toBe(T0);
  });
});

describe('confirmations', () => {
  test('delete what they name and nothing else', async () => {
    const box = await opened();
    await box.append([draft(passage(1)), draft(flow(0, 1)), draft(incident('a')), draft(passage(2))]);
    expect(await box.acknowledge(T0, [[2, 3]])).toBe(2);
    expect((await everything(box)).map(({ seq }) => seq)).toEqual([1, 4]);
    expect(box.totals).toMatchObject({ batches: 2, events: { passage: 2 } });
  });

  test('of another life of the outbox are ignored', async () => {
    const box = await opened();
    await box.append([draft(passage(1))]);
    expect(await box.acknowledge(T0 - 1, [[1, 1]])).toBe(0);
    expect(box.totals.batches).toBe(1);
  });

  test('of batches that are gone, or of all numbers there are, do no harm', async () => {
    const box = await opened();
    await box.append([draft(passage(1))]);
    expect(await box.acknowledge(T0, [[1, 1]])).toBe(1);
    expect(await box.acknowledge(T0, [[1, Number.MAX_SAFE_INTEGER]])).toBe(0);
    expect(box.totals).toEqual({ batches: 0, bytes: 0, events: {} });
  });
});

describe('a disk that refuses', () => {
  test.each([
    ['before anything was written', 'before'],
    ['after everything was written', 'after'],
  ] as const)('an append that fails %s is stored once by the recovery', async (_when, failing) => {
    const box = await opened({ makeDatabase: failingDatabase });
    await box.append([draft(passage(1))]);
    disk.failing = failing;
    await expect(box.append([draft(passage(2)), draft(incident('a'))])).rejects.toMatchObject({
      code: 'unwritable',
      retryable: true,
    });
    // What comes while it is known to fail is not tried, but kept too.
    await expect(box.append([draft(passage(3))])).rejects.toMatchObject({ code: 'unwritable' });
    expect(box.unstored).toEqual({ passage: 2, incident: 1 });
    disk.failing = undefined;
    expect(await box.recover()).toBe(3);
    expect(box.failure).toBeUndefined();
    expect((await everything(box)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(box.totals.events).toEqual({ passage: 3, incident: 1 });
  });

  test('nothing is lost when the recovery fails too', async () => {
    const box = await opened({ makeDatabase: failingDatabase });
    disk.failing = 'before';
    await expect(box.append([draft(passage(1))])).rejects.toThrow();
    await expect(box.append([draft(passage(2))])).rejects.toThrow();
    await expect(box.recover()).rejects.toMatchObject({ code: 'unwritable' });
    disk.failing = undefined;
    expect(await box.recover()).toBe(2);
    expect((await everything(box)).flatMap(({ body }) => contentOf(body).events)).toEqual([
      passage(1),
      passage(2),
    ]);
  });

  test('a directory that cannot be made is opened as soon as it can', async () => {
    const blocked = join(directory, 'blocked');
    await writeFile(blocked, 'a file where a directory should be');
    const box = make({ directory: join(blocked, 'outbox') });
    await expect(box.recover()).rejects.toMatchObject({ code: 'unwritable' });
    await rm(blocked);
    await box.recover();
    expect(box.epoch).toBe(T0);
  });

  test('a second process is told that the outbox is in use', async () => {
    await opened();
    const second = new Outbox({
      directory,
      maxBytes: 1e6,
      maxAgeMs: DAY_MS,
      logger: pino({ level: 'silent' }),
      now: () => wallMs,
    });
    await expect(second.recover()).rejects.toMatchObject({ code: 'locked', retryable: false });
  });
});

describe('a damaged disk', () => {
  test('a damaged database is set aside, reported, and a new life begins', async () => {
    const box = await opened();
    await box.append([draft(passage(1))]);
    await box.close();
    outbox = undefined;
    const files = await readdir(join(directory, 'batches'));
    const manifest = files.find((name) => name.startsWith('MANIFEST')) ?? '';
    await writeFile(join(directory, 'batches', manifest), 'not a manifest');
    wallMs += 1000;
    const again = await opened();
    expect(again.epoch).toBe(T0 + 1000);
    expect(await readdir(directory)).toContain(
      `damaged-${new Date(wallMs).toISOString().replaceAll(':', '-')}`,
    );
    await again.append([draft(passage(2))]);
    expect(await reports(again)).toEqual([{ fromSeq: 1, toSeq: 1, reason: 'corrupt', events: {} }]);
  });

  test('a batch that reads back differently is given up alone, and reported with what it held', async () => {
    const box = await opened();
    const [first] = await box.append([draft(passage(1), passage(2)), draft(passage(3))]);
    await box.close();
    outbox = undefined;
    const raw = new ClassicLevel<string, string>(join(directory, 'batches'));
    await raw.put(first?.key ?? '', seal('"events":[]').replace('events', 'Events'));
    await raw.close();
    const again = await opened();
    expect((await again.page('passages', 0, 10, 1e9)).map(({ seq }) => seq)).toEqual([2]);
    await again.append([]);
    expect(await reports(again)).toEqual([
      { fromSeq: 1, toSeq: 1, reason: 'corrupt', events: { passage: 2 } },
    ]);
  });

  test('batches that vanished from the disk are noticed at the next start', async () => {
    const box = await opened();
    const [first] = await box.append([draft(passage(1), passage(2)), draft(passage(3))]);
    await box.close();
    outbox = undefined;
    const raw = new ClassicLevel<string, string>(join(directory, 'batches'));
    await raw.del(first?.key ?? '');
    await raw.close();
    const again = await opened();
    expect(again.totals).toMatchObject({ batches: 1, events: { passage: 1 } });
    await again.append([draft(passage(4))]);
    expect(await reports(again)).toEqual([
      { fromSeq: 3, toSeq: 3, reason: 'corrupt', events: { passage: 2 } },
    ]);
  });

  test('an unreadable state is damage, not an empty outbox', async () => {
    const box = await opened();
    await box.append([draft(passage(1))]);
    await box.close();
    outbox = undefined;
    const raw = new ClassicLevel<string, string>(join(directory, 'batches'));
    await raw.put('state', encodeState({} as never));
    await raw.close();
    wallMs += 5;
    expect((await opened()).epoch).toBe(T0 + 5);
  });
});

describe('limits', () => {
  test('counts go before passages and passages before incidents, and the gap is told', async () => {
    const box = await opened({ maxBytes: 5000 });
    await box.append([draft(incident('a'))], { leaving: true });
    for (let n = 0; n < 8; n += 1) await box.append([draft(flow(n, n))], { leaving: true });
    for (let n = 0; n < 40; n += 1) await box.append([draft(passage(n))], { leaving: true });
    const left = await everything(box);
    expect(box.totals.bytes).toBeLessThanOrEqual(5000);
    expect(box.totals.events.flow).toBeUndefined();
    expect(box.totals.events.incident).toBe(1);
    const told = await reports(box);
    const missing = new Set(Array.from({ length: 49 }, (_, i) => i + 1));
    for (const { seq } of left) missing.delete(seq);
    for (const { fromSeq, toSeq } of told) for (let s = fromSeq; s <= toSeq; s += 1) missing.delete(s);
    // What the last append gave up is told by the next one.
    if (box.hasReport) await box.append([]);
    for (const { fromSeq, toSeq } of await reports(box))
      for (let s = fromSeq; s <= toSeq; s += 1) missing.delete(s);
    expect([...missing]).toEqual([]);
    expect(box.givenUp.flow).toBe(8);
  });

  test('what is older than the limit is given up as too old', async () => {
    const box = await opened({ maxAgeMs: DAY_MS });
    await box.append([draft(passage(1))]);
    elapsedMs += DAY_MS / 2;
    await box.append([draft(passage(2))]);
    elapsedMs += DAY_MS / 2 + 1;
    await box.enforceLimits();
    await box.append([]);
    expect(await reports(box)).toEqual([{ fromSeq: 1, toSeq: 1, reason: 'too-old', events: { passage: 1 } }]);
    expect(box.totals.events).toEqual({ passage: 1 });
  });

  test('tells how long the oldest batch has waited, whatever the wall clock does', async () => {
    const box = await opened();
    expect(box.oldestAgeMs).toBeUndefined();
    await box.append([draft(passage(1))]);
    elapsedMs += 5000;
    await box.append([draft(passage(2))]);
    await box.enforceLimits();
    elapsedMs += 60_000;
    wallMs += 365 * DAY_MS;
    expect(box.oldestAgeMs).toBe(65_000);
    await box.acknowledge(box.epoch ?? 0, [[1, 1]]);
    await box.enforceLimits();
    expect(box.oldestAgeMs).toBe(60_000);
    await box.acknowledge(box.epoch ?? 0, [[2, 2]]);
    expect(box.oldestAgeMs).toBeUndefined();
  });

  test('a clock that jumps by years throws nothing away, now or over a restart', async () => {
    const box = await opened({ maxAgeMs: DAY_MS });
    await box.append([draft(passage(1))]);
    wallMs += 3650 * DAY_MS;
    await box.enforceLimits();
    expect(box.totals.batches).toBe(1);
    const again = await opened({ maxAgeMs: DAY_MS });
    await again.enforceLimits();
    expect(again.totals.batches).toBe(1);
    wallMs -= 7000 * DAY_MS;
    await (await opened({ maxAgeMs: DAY_MS })).enforceLimits();
    expect(outbox?.totals.batches).toBe(1);
  });

  test('a report that was itself given up is told again', async () => {
    const box = await opened({ maxAgeMs: DAY_MS });
    await box.append([draft(passage(1))], { leaving: true });
    elapsedMs += DAY_MS + 1;
    await box.enforceLimits();
    await box.append([draft(passage(2))], { leaving: true });
    elapsedMs += DAY_MS + 1;
    await box.enforceLimits();
    await box.append([]);
    // As it was told: the centre may have it, and must know it again.
    expect(await reports(box)).toEqual([
      { fromSeq: 1, toSeq: 1, reason: 'too-old', events: { passage: 1 } },
      { fromSeq: 2, toSeq: 2, reason: 'too-old', events: { passage: 1 } },
    ]);
  });

  test('events that memory could not hold take a number, so that the gap is seen', async () => {
    const box = await opened();
    const [batch] = await box.append([draft(passage(1))], { lost: { flow: 7 } });
    expect(batch?.seq).toBe(2);
    expect(await reports(box)).toEqual([
      { fromSeq: 1, toSeq: 1, reason: 'outbox-full', events: { flow: 7 } },
    ]);
  });
});

describe('merging', () => {
  test('a full outbox merges counts that never left the box, and no count is lost', async () => {
    const box = await opened({ maxBytes: 60_000 });
    for (let n = 0; n < 600; n += 1) await box.append([draft(flow(n, 2))]);
    if (box.hasReport) await box.append([]);
    const left = await everything(box);
    const events = left.flatMap(({ body }) => contentOf(body).events);
    const cars = events.reduce(
      (sum, event) => sum + (event.type === 'flow' ? (event.counts.car?.n ?? 0) : 0),
      0,
    );
    expect(cars).toBe(1200);
    expect(box.givenUp).toEqual({});
    // Numbers that will not come are told, with nothing lost in them.
    const gaps = await reports(box);
    expect(gaps.every((gap) => Object.keys(gap.events).length === 0)).toBe(true);
    const gone = gaps.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
    expect(gone + left.length).toBe(Math.max(...left.map(({ seq }) => seq)));
    expect(box.totals.bytes).toBeLessThanOrEqual(60_000);
    expect(events.some((event) => event.type === 'flow' && event.toMs - event.fromMs === 900_000)).toBe(true);
  });

  test('counts that may be in the database already are dropped whole, never merged', async () => {
    const box = await opened({ maxBytes: 60_000 });
    for (let n = 0; n < 300; n += 1) await box.append([draft(flow(n, 2))], { leaving: true });
    const events = (await everything(box)).flatMap(({ body }) => contentOf(body).events);
    expect(events.every((event) => event.type === 'flow' && event.toMs - event.fromMs === 60_000)).toBe(true);
    expect(box.givenUp.flow).toBeGreaterThan(0);
  });
});

test('a directory with a stray file beside the database is no trouble', async () => {
  await mkdir(directory, { recursive: true });
  await (await open(join(directory, 'README'), 'w')).close();
  expect((await opened()).epoch).toBe(T0);
});
