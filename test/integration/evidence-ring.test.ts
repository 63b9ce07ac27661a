// The ring of a live camera: a real RTSP server, the real ffmpeg, pictures that say which they are.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { JobLine } from '../../edge-agent/evidence/job-line.ts';
import { Ring, type RingOptions } from '../../edge-agent/evidence/ring.ts';
import { RingFootage } from '../../edge-agent/evidence/ring-footage.ts';
import { memoryShelf } from '../../edge-agent/evidence/segment-shelf.ts';
import type { Frame } from '../../edge-agent/source/frame.ts';
import { openSource } from '../../edge-agent/source/open-source.ts';
import type { SourceOptions } from '../../edge-agent/source/source-options.ts';
import { type RtspServer, startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { makeNumberedClip, numberOf } from '../edge-agent/evidence/numbered-clip.ts';
import { optionsFor, SHAPE } from '../edge-agent/source/clips.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'ngatu-ring-'));
const clip = join(folder, 'numbered.mp4');
const reordered = join(folder, 'reordered.mp4');
const PICTURES = 500;
/** Of pictures that come in another order, up to three of the last are missing or come after the end. */
const LAST_PICTURES_MS = 125;
const line = new JobLine();
const silent = pino({ level: 'silent' });
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  await makeNumberedClip(clip, { seconds: PICTURES / 25 }, '-bf', '0');
  await makeNumberedClip(reordered, { seconds: PICTURES / 25, keyEvery: 50 }, '-bf', '3');
});
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

type Seen = Pick<Frame, 'cameraTimeMs' | 'capturedAtMs' | 'discontinuity'> & { readonly number: number };

/** A camera whose frames are read and whose video is kept. */
function watch(url: string, ringOptions: Partial<RingOptions> = {}, more: Partial<SourceOptions> = {}) {
  const ring = new Ring({
    ...{ keepMs: 60_000, maxBytes: 2 ** 26, shelf: memoryShelf(), logger: silent },
    ...ringOptions,
  });
  const source = openSource(optionsFor(url, { analysisFps: 10, copy: ring, mode: 'live', ...more }));
  const frames: Seen[] = [];
  const taking = (async () => {
    for (let frame = await source.next(); frame; frame = await source.next()) {
      const { cameraTimeMs, capturedAtMs, discontinuity, planes } = frame;
      frames.push({ cameraTimeMs, capturedAtMs, discontinuity, number: numberOf(planes, SHAPE.width, 20) });
    }
  })();
  opened.push({
    close: async () => {
      await source.close();
      await taking;
      await ring.close();
    },
  });
  return { ring, source, frames, footage: new RingFootage(ring) };
}

async function serve(path = clip): Promise<RtspServer> {
  const server = await startRtspServer({ mounts: { '/cam': { clip: path } } });
  opened.push({ close: () => server.stop() });
  return server;
}

async function until(condition: () => boolean, what: string, timeoutMs = 30_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function numberOfStill(image: Buffer): Promise<number> {
  const { data, info } = await sharp(image).greyscale().raw().toBuffer({ resolveWithObject: true });
  return numberOf(data, info.width, 100);
}

/** Decodes a clip: the number of each picture, with its time in the clip, s. */
async function picturesOf(file: string): Promise<{ number: number; timeS: number }[]> {
  const size = 64;
  const { stdout } = await run(
    'ffmpeg',
    [
      '-v',
      'error',
      '-i',
      file,
      '-vf',
      `scale=${size}:4,format=gray`,
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-',
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  );
  const { stdout: times } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', file],
  ]);
  const stamps = times
    .trim()
    .split('\n')
    .map((line) => Number.parseFloat(line));
  expect(stamps).toHaveLength(stdout.length / (size * 4));
  return stamps.map((timeS, i) => ({
    timeS,
    number: numberOf(stdout.subarray(i * size * 4, (i + 1) * size * 4), size, 2),
  }));
}

describe.each([
  ['in the order in which they are shown', () => clip],
  ['in another order (B-frames)', () => reordered],
])('a camera that sends its pictures %s', (_, path) => {
  test('a still is the very picture that was analysed, a clip holds it with its pre-roll, at the right time', async () => {
    const server = await serve(path());
    const { frames, footage } = watch(server.url('/cam'));
    await until(() => frames.length > 60, '60 frames');
    const at = frames[frames.length - 15];
    if (at === undefined) throw new Error('no frame');

    const still = await footage.still(at, line);
    expect([still.width, still.height, still.from]).toEqual([640, 360, 'stream']);
    expect(await numberOfStill(still.image)).toBe(at.number);
    expect(still.atMs).toBeCloseTo(at.capturedAtMs, -1);
    // The newest frame too, whose video may still be on its way.
    const newest = frames.at(-1);
    if (newest !== undefined) {
      expect(await numberOfStill((await footage.still(newest, line)).image)).toBe(newest.number);
    }

    const file = join(folder, 'cut.mp4');
    const { fromMs, toMs } = await footage.clip(at, 2000, 1500, file, line);
    const pictures = await picturesOf(file);
    // Of pictures that come in another order, one of the last may come after the end.
    const numbers = pictures.map(({ number }) => number).slice(0, -3);
    const first = numbers[0] ?? -1;
    expect(numbers).toEqual(numbers.map((_number, i) => (first + i) % PICTURES));
    const place = pictures.find(({ number }) => number === at.number);
    // Where the clip says that the moment is, there it is.
    expect(fromMs + (place?.timeS ?? 0) * 1000).toBeGreaterThan(at.capturedAtMs - 20);
    expect(fromMs + (place?.timeS ?? 0) * 1000).toBeLessThan(at.capturedAtMs + 20);
    expect(fromMs).toBeLessThanOrEqual(at.capturedAtMs - 2000);
    expect(fromMs).toBeGreaterThan(at.capturedAtMs - 2000 - 2100);
    expect(toMs).toBeGreaterThanOrEqual(at.capturedAtMs + 1400);
    const lengthMs = ((pictures.at(-1)?.timeS ?? 0) + 0.04) * 1000;
    expect(Math.abs(lengthMs - (toMs - fromMs))).toBeLessThanOrEqual(LAST_PICTURES_MS);
  }, 60_000);
});
