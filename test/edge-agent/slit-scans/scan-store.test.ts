// Slit scans on a real disk: what a power cut, a full disk, damage and time do to them.

import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { readScanFile } from '../../../edge-agent/slit-scans/scan-file.ts';
import { encodeRecord, parseHeader } from '../../../edge-agent/slit-scans/scan-record.ts';
import { SlitScanError } from '../../../edge-agent/slit-scans/slit-scan-error.ts';
import { folder, recordAt, storeIn, T0 } from './make-scans.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const FILE = join('north', '2026-05-01T06.scans');
const all = async (store: ReturnType<typeof storeIn>, line = 'stop') =>
  (await store.find('north', line, T0 - 10 * HOUR, T0 + 10 * HOUR)).map(({ header }) => header.piece?.fromMs);

describe('a store of slit scans', () => {
  it('gives back what it was given, by line and time, also after a restart', async () => {
    const directory = await folder();
    const store = storeIn(directory);
    const pictures = [Buffer.from('one'), Buffer.from('two')] as const;
    await store.append('north', [recordAt(T0, pictures[0]), recordAt(T0, pictures[1], 'exit')], T0);
    await store.append('north', [recordAt(T0 + MINUTE)], T0 + MINUTE);
    await store.append('south', [recordAt(T0 + HOUR)], T0 + HOUR);
    for (const each of [store, storeIn(directory)]) {
      expect(await all(each)).toEqual([T0, T0 + MINUTE]);
      const [found] = await each.find('north', 'exit', T0, T0 + 1);
      expect(found && (await each.picture(found))).toEqual(pictures[1]);
      expect(await each.held('north', 'stop')).toEqual({ oldestMs: T0, newestMs: T0 + MINUTE + 100 });
      expect(await each.held('north', 'gone')).toBeUndefined();
      expect(await each.held('west', 'stop')).toBeUndefined();
    }
    expect(
      (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.scans')).sort(),
    ).toEqual([FILE, join('south', '2026-05-01T07.scans')]);
    expect((await stat(join(directory, FILE))).mode & 0o077).toBe(0);
  });

  it('reads beyond the hour: passages of its last minute may stand in the next', async () => {
    const store = storeIn(await folder());
    await store.append('north', [recordAt(T0 + HOUR - MINUTE)], T0 + HOUR - MINUTE);
    await store.append('north', [recordAt(T0 + HOUR)], T0 + HOUR);
    const found = await store.find('north', 'stop', T0 + HOUR - 30_000, T0 + HOUR - 20_000);
    expect(found.map(({ header }) => header.piece?.fromMs)).toEqual([T0 + HOUR - MINUTE, T0 + HOUR]);
  });

  it('cuts off what a power cut tore, wherever it tore it, and goes on behind the last whole record', async () => {
    const directory = await folder();
    const path = join(directory, FILE);
    await storeIn(directory).append('north', [recordAt(T0)], T0);
    const whole = await readFile(path);
    const next = encodeRecord(recordAt(T0 + MINUTE));
    const cuts = [1, 3, 4, 12, 19, 20, 60, next.length - 10, next.length - 1];
    for (const cut of cuts) {
      await writeFile(path, Buffer.concat([whole, next.subarray(0, cut)]));
      const store = storeIn(directory);
      expect(await all(store), `cut after ${cut} bytes`).toEqual([T0]);
      await store.append('north', [recordAt(T0 + 2 * MINUTE)], T0 + 2 * MINUTE);
      expect(await all(store), `cut after ${cut} bytes`).toEqual([T0, T0 + 2 * MINUTE]);
    }
    // Blocks that the disk never wrote are zeros, in the middle of a record too.
    for (const from of [0, 25, next.length - 5]) {
      await writeFile(path, Buffer.concat([whole, next.subarray(0, from), Buffer.alloc(next.length - from)]));
      const store = storeIn(directory);
      await store.append('north', [recordAt(T0 + 2 * MINUTE)], T0 + 2 * MINUTE);
      expect(await all(store), `zeros from byte ${from}`).toEqual([T0, T0 + 2 * MINUTE]);
    }
  });

  it('gives the records before the damage and nothing else, whatever became of the bytes behind them', async () => {
    const path = join(await folder(), 'damaged.scans');
    const records = [0, 1, 2, 3].map((minute) => recordAt(T0 + minute * MINUTE, Buffer.alloc(50, minute)));
    const whole = Buffer.concat(records.map(encodeRecord));
    const damage = fc.record({
      at: fc.nat(whole.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      length: fc.nat(whole.length),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bytes, length }) => {
        const damaged = Buffer.from(whole);
        damaged.set(bytes.subarray(0, damaged.length - at), at);
        const kept = damaged.subarray(0, Math.max(length, at + 1));
        await writeFile(path, kept);
        const { records: found, end } = await readScanFile(path, true);
        expect(found.map(({ header }) => parseHeader(header))).toEqual(
          records.slice(0, found.length).map(({ header }) => header),
        );
        expect(damaged.subarray(0, end).equals(whole.subarray(0, end))).toBe(true);
        const untouched = records.filter((_, i) => (whole.length / 4) * (i + 1) <= Math.min(at, kept.length));
        expect(found.length).toBeGreaterThanOrEqual(untouched.length);
      }),
      { numRuns: 150 },
    );
  });

  it('never shows a damaged picture', async () => {
    const directory = await folder();
    const store = storeIn(directory);
    await store.append('north', [recordAt(T0)], T0);
    const bytes = await readFile(join(directory, FILE));
    bytes[bytes.length - 2] = 0;
    await writeFile(join(directory, FILE), bytes);
    const [found] = await store.find('north', 'stop', T0, T0 + 1);
    if (found === undefined) throw new Error('not found');
    await expect(store.picture(found)).rejects.toThrow('damaged');
    await rm(join(directory, FILE));
    await expect(store.picture(found)).rejects.toThrow('not kept any more');
  });

  it('keeps within its size: the oldest hours go first, of any camera, never the one that is written', async () => {
    const directory = await folder();
    const store = storeIn(directory, { maxBytes: 35_000 });
    const picture = Buffer.alloc(10_000);
    for (const [camera, hour] of [
      ['south', 0],
      ['north', 1],
      ['south', 2],
      ['north', 3],
    ] as const) {
      await store.append(camera, [recordAt(T0 + hour * HOUR, picture)], T0 + hour * HOUR);
    }
    expect(store.bytes).toBeLessThan(35_000);
    expect(await readdir(join(directory, 'south'))).toEqual(['2026-05-01T08.scans']);
    expect(await readdir(join(directory, 'north'))).toHaveLength(2);
    await store.append('south', [recordAt(T0 + 4 * HOUR, Buffer.alloc(60_000))], T0 + 4 * HOUR);
    expect(await all(store)).toEqual([]);
    expect(await readdir(join(directory, 'south'))).toEqual(['2026-05-01T10.scans']);
  });

  it('lets go what is too old, and leaves alone what is not its own', async () => {
    const directory = await folder();
    await storeIn(directory).append('north', [recordAt(T0)], T0);
    await writeFile(join(directory, 'north', 'notes.txt'), 'of somebody else');
    const nowMs = T0 + 3 * HOUR;
    const store = storeIn(directory, { maxAgeMs: HOUR, now: () => nowMs });
    await store.append('north', [recordAt(nowMs)], nowMs);
    expect(await readdir(join(directory, 'north'))).toEqual(['2026-05-01T09.scans', 'notes.txt']);
  });

  it('lets go what is too old where nothing is written any more, too, and never minds a folder that is not there', async () => {
    const directory = await folder();
    for (const hour of [0, 2]) await storeIn(directory).append('north', [recordAt(T0)], T0 + hour * HOUR);
    const store = storeIn(directory, { maxAgeMs: HOUR, now: () => T0 + 3 * HOUR });
    await store.tidy();
    expect(await readdir(join(directory, 'north'))).toEqual(['2026-05-01T08.scans']);
    const nowhere = join(directory, 'nowhere');
    await storeIn(nowhere).tidy();
    expect(await readdir(directory)).toEqual(['north']);
    await storeIn(join(directory, 'north', '2026-05-01T08.scans')).tidy();
  });

  it('gives room to others: the oldest go when the disk is full, and nothing is written when that is not enough', async () => {
    const directory = await folder();
    await storeIn(directory).append('north', [recordAt(T0)], T0);
    const store = storeIn(directory, { minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(store.append('north', [recordAt(T0 + HOUR)], T0 + HOUR)).rejects.toThrow(/left to others/);
    expect(await readdir(join(directory, 'north'))).toEqual([]);
  });

  it('says what is wrong with the disk and goes on when it is mended', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'north'), 'a file where the folder should be');
    const store = storeIn(directory);
    const error = await store.append('north', [recordAt(T0)], T0).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SlitScanError);
    expect(error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('cannot be written to'),
    });
    await rm(join(directory, 'north'));
    await store.append('north', [recordAt(T0)], T0);
    expect(await all(store)).toEqual([T0]);
  });

  it('is opened when it is needed: a folder that cannot be made keeps nobody from starting', async () => {
    const directory = join(await folder(), 'file', 'below');
    await writeFile(join(directory, '..'), '');
    const store = storeIn(directory);
    await expect(store.append('north', [recordAt(T0)], T0)).rejects.toThrow(SlitScanError);
    await expect(store.find('north', 'stop', T0, T0 + 1)).rejects.toThrow('cannot be read');
  });

  it('gives up what waits too long for a disk that hangs', async () => {
    const store = storeIn(await folder());
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => store.append('north', [recordAt(T0 + i)], T0)),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
    expect(await all(store)).toHaveLength(16);
  });

  it('overwrites what a failed write left behind', async () => {
    const directory = await folder();
    const logger = pino({ level: 'silent' });
    const warn = vi.spyOn(logger, 'warn');
    const store = storeIn(directory, { logger });
    await store.append('north', [recordAt(T0)], T0);
    const { size } = await stat(join(directory, FILE));
    await writeFile(join(directory, FILE), 'half a record', { flag: 'a' });
    await store.append('north', [recordAt(T0 + MINUTE)], T0 + MINUTE);
    expect((await stat(join(directory, FILE))).size).toBe(2 * size);
    expect(warn).not.toHaveBeenCalled();
    await truncate(join(directory, FILE), 2 * size - 5);
    await storeIn(directory, { logger }).append('north', [recordAt(T0 + 2 * MINUTE)], T0 + 2 * MINUTE);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ bytes: size - 5 }), expect.any(String));
  });
});
