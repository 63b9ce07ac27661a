import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoxPictures } from '../../../central-collector/commands/box-pictures.ts';
import type { Question } from '../../../central-collector/commands/command-sender.ts';
import { CommandsError, refusedBy } from '../../../central-collector/commands/commands-error.ts';
import { hashOf, PictureCache } from '../../../central-collector/commands/picture-cache.ts';

const BOX = { site: 'hai-phong', agent: 'box-1' };
const log = pino({ level: 'silent' });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ngatu-pictures-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function picturesOf(files: Readonly<Record<string, Buffer>>, maxBytes = 10_000_000) {
  const cache = new PictureCache(join(folder, 'pictures'), maxBytes, log);
  await cache.open();
  const clock = { nowMs: 0 };
  const box = { asked: [] as Question[], error: undefined as CommandsError | undefined };
  const ask = async (_: unknown, question: Question) => {
    box.asked.push(question);
    if (box.error) throw box.error;
    if (question.name === 'snapshot') {
      return { name: 'snapshot', jpeg: Buffer.from(`still ${box.asked.length}`).toString('base64'), atMs: 7 };
    }
    if (question.name !== 'evidence') throw new Error(`not asked for: ${question.name}`);
    const { file, offset, length } = question;
    const data = files[file];
    if (data === undefined)
      throw refusedBy('box', 'not-available', [{ path: '', message: 'not kept any more' }]);
    const piece = data.subarray(offset, offset + length).toString('base64');
    return { name: 'evidence', file, offset, data: piece, bytes: data.length, sha256: hashOf(data) };
  };
  const pictures = new BoxPictures({ sender: { ask: ask as never }, cache, now: () => clock.nowMs });
  return { pictures, box, clock, cache };
}

describe('a still', () => {
  const camera = { ...BOX, camera: 'north' };

  it('is asked for once by all who want it within two seconds', async () => {
    const { pictures, box, clock } = await picturesOf({});
    const [a, b] = await Promise.all([pictures.still(camera), pictures.still(camera)]);
    expect([a.jpeg.toString(), b]).toEqual(['still 1', a]);
    clock.nowMs = 1999;
    expect((await pictures.still(camera)).jpeg.toString()).toBe('still 1');
    clock.nowMs = 2000;
    expect((await pictures.still(camera)).jpeg.toString()).toBe('still 2');
    expect(box.asked).toHaveLength(2);
  });

  it('that the box refuses is not asked for again at once; one that was lost on the way is', async () => {
    const { pictures, box } = await picturesOf({});
    box.error = new CommandsError('not-allowed', 'pictures stay on the box');
    for (let n = 0; n < 3; n += 1)
      await expect(pictures.still(camera)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(box.asked).toHaveLength(1);
    box.error = new CommandsError('unavailable', 'no answer');
    const south = { ...BOX, camera: 'south' };
    await expect(pictures.still(south)).rejects.toMatchObject({ code: 'unavailable' });
    box.error = undefined;
    expect((await pictures.still(south)).atMs).toBe(7);
  });
});

describe('evidence of an incident', () => {
  const clip = randomBytes(1_200_000);
  const file = { ...BOX, file: 'north/1.mp4', sha256: hashOf(clip) };

  it('is put together from pieces, checked, and fetched once', async () => {
    const { pictures, box } = await picturesOf({ 'north/1.mp4': clip });
    const [a, b] = await Promise.all([pictures.evidence(file), pictures.evidence(file)]);
    expect([a.equals(clip), b.equals(clip)]).toEqual([true, true]);
    expect(box.asked).toHaveLength(3);
    expect((await pictures.evidence(file)).equals(clip)).toBe(true);
    expect(box.asked).toHaveLength(3);
    // Also after a restart, and when the box is away.
    const next = await picturesOf({});
    expect((await next.pictures.evidence(file)).equals(clip)).toBe(true);
    expect(next.box.asked).toEqual([]);
  });

  it('whose hash nobody knows any more is taken by the word of the box', async () => {
    const { pictures } = await picturesOf({ 'north/1.mp4': clip });
    expect((await pictures.evidence({ ...file, sha256: undefined })).equals(clip)).toBe(true);
  });

  it('that was changed, or is gone, is not shown', async () => {
    const { pictures } = await picturesOf({ 'north/1.mp4': clip });
    await expect(pictures.evidence({ ...file, sha256: hashOf(Buffer.from('x')) })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('changed'),
    });
    await expect(pictures.evidence({ ...BOX, file: 'gone', sha256: undefined })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('goes on for others when one stops waiting', async () => {
    const { pictures } = await picturesOf({ 'north/1.mp4': clip });
    const leaving = new AbortController();
    const left = pictures.evidence(file, leaving.signal);
    const other = pictures.evidence(file);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'unavailable' });
    expect((await other).equals(clip)).toBe(true);
  });
});

describe('what is kept', () => {
  it('is bounded: what was not wanted for the longest time goes', async () => {
    const data = [1, 2, 3].map((n) => Buffer.alloc(400, n));
    const { cache } = await picturesOf({}, 1000);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = data;
    await cache.put(hashOf(first), first);
    await cache.put(hashOf(second), second);
    expect((await cache.get(hashOf(first)))?.equals(first)).toBe(true);
    await cache.put(hashOf(third), third);
    expect(await cache.get(hashOf(second))).toBeUndefined();
    expect(cache.bytes).toBe(800);
    expect(await readdir(join(folder, 'pictures'))).toHaveLength(2);
    await cache.put(hashOf(Buffer.alloc(2000)), Buffer.alloc(2000));
    expect(cache.bytes).toBe(800);
  });

  it('is thrown away when it is damaged, with whatever else lies there', async () => {
    const { cache } = await picturesOf({});
    const data = Buffer.from('a picture');
    await cache.put(hashOf(data), data);
    await writeFile(join(folder, 'pictures', hashOf(data)), 'another');
    expect(await cache.get(hashOf(data))).toBeUndefined();
    await writeFile(join(folder, 'pictures', 'half.part'), 'x');
    const again = new PictureCache(join(folder, 'pictures'), 1000, log);
    await again.open();
    expect([again.bytes, await readdir(join(folder, 'pictures'))]).toEqual([0, []]);
  });
});
