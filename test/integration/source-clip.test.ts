import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame, FrameShape } from '../../edge-agent/source/frame.ts';
import { openSource } from '../../edge-agent/source/open-source.ts';
import { probeMedia } from '../../edge-agent/source/probe-media.ts';
import { SourceError } from '../../edge-agent/source/source-error.ts';
import type { SourceOptions } from '../../edge-agent/source/source-options.ts';
import { ffmpeg, makeClip, optionsFor, SHAPE, untilState } from '../edge-agent/source/clips.ts';

const folder = mkdtempSync(join(tmpdir(), 'ngatu-clip-'));
const clip = join(folder, 'clip.mp4');

beforeAll(() => makeClip(clip, 'testsrc2=s=320x180:r=30000/1001:d=3'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readAll(url: string, more: Partial<SourceOptions> = {}): Promise<Frame[]> {
  const source = openSource(optionsFor(url, more));
  const frames: Frame[] = [];
  try {
    for (let frame = await source.next(); frame; frame = await source.next()) frames.push(frame);
    return frames;
  } finally {
    await source.close();
  }
}

/** Value of channel 0, 1 or 2 at a pixel of the input. */
function pixel(frame: Frame | undefined, channel: number, x: number, y: number, shape = SHAPE): number {
  return frame?.planes[(channel * shape.height + y) * shape.width + x] ?? Number.NaN;
}

test('a clip gives every frame in order, with exact times, then undefined', async () => {
  const frames = await readAll(clip, { startAtMs: 1_700_000_000_000 });
  expect(frames.map((f) => f.index)).toEqual(Array.from({ length: 90 }, (_, i) => i));
  frames.forEach((frame, i) => {
    expect(frame.cameraTimeMs).toBeCloseTo((i * 1001) / 30, 2);
    expect(frame.capturedAtMs).toBeCloseTo(1_700_000_000_000 + (i * 1001) / 30, 2);
    expect(frame.planes).toHaveLength(96 * 96 * 3);
  });
  expect(frames.filter((f) => f.discontinuity).map((f) => f.index)).toEqual([0]);
  expect(frames[0]?.geometry).toEqual({
    sourceWidth: 320,
    sourceHeight: 180,
    scaleX: 0.3,
    scaleY: 0.3,
    offsetX: 0,
    offsetY: 0,
    originX: 0,
    originY: 0,
  });
});

test('two runs over a clip give the same bytes and the same times', async () => {
  const digest = async (decodeThreads: number) => {
    const hash = createHash('sha256');
    for (const { planes, ...facts } of await readAll(clip, { analysisFps: 10, decodeThreads })) {
      hash.update(planes).update(JSON.stringify(facts));
    }
    return hash.digest('hex');
  };
  expect(await digest(1)).toBe(await digest(4));
});

test('at 10 frames a second the frames keep their own times', async () => {
  const frames = await readAll(clip, { analysisFps: 10 });
  expect(frames).toHaveLength(30);
  for (const [i, frame] of frames.entries()) expect(frame.cameraTimeMs).toBeCloseTo((i * 1001 * 3) / 30, 2);
});

test('a clip with an uneven frame rate keeps the times of its frames to the microsecond', async () => {
  const uneven = join(folder, 'uneven.mkv');
  const times = "setpts='N*40+mod(N*N,7)*3'";
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=25:d=2,settb=1/1000,${times}`, '-fps_mode', 'passthrough'],
    ...['-c:v', 'libx264', '-bf', '0', '-enc_time_base', '1:1000', '-pix_fmt', 'yuv420p', uneven],
  );
  const frames = await readAll(uneven);
  expect(frames.map((f) => f.cameraTimeMs)).toEqual(
    Array.from({ length: 50 }, (_, n) => n * 40 + ((n * n) % 7) * 3),
  );
});

test('a slow taker gets every frame: ffmpeg waits', async () => {
  const source = openSource(optionsFor(clip));
  const first = await source.next();
  await untilState(source, (s) => s.state === 'live');
  // Longer than ffmpeg needs for the whole clip, as the test before has shown.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  let n = first === undefined ? 0 : 1;
  for (let frame = await source.next(); frame; frame = await source.next()) n += 1;
  await source.close();
  expect(n).toBe(90);
});

// The left half red, the right half blue, the lower half of both dark.
const halves =
  "color=c=black:s=320x180:r=5:d=0.4,format=rgb24,geq=r='if(lt(X,160),250,10)':g='10':b='if(lt(X,160),10,250)'";

test.each<[string, Partial<FrameShape>, (frame: Frame, shape: FrameShape) => void]>([
  [
    'RGB in the corner',
    {},
    (frame, shape) => {
      expect(pixel(frame, 0, 10, 10, shape)).toBeGreaterThan(200);
      expect(pixel(frame, 2, 10, 10, shape)).toBeLessThan(60);
      expect(pixel(frame, 2, 80, 10, shape)).toBeGreaterThan(200);
      for (const channel of [0, 1, 2]) expect(pixel(frame, channel, 10, 60, shape)).toBe(114);
    },
  ],
  [
    'BGR in the middle',
    { colourOrder: 'bgr', fit: 'letterbox-centre', padValue: 0 },
    (frame, shape) => {
      expect(pixel(frame, 2, 10, 48, shape)).toBeGreaterThan(200);
      expect(pixel(frame, 0, 80, 48, shape)).toBeGreaterThan(200);
      expect(pixel(frame, 0, 10, 15, shape)).toBe(0);
      expect(pixel(frame, 2, 10, 80, shape)).toBe(0);
    },
  ],
  [
    'stretched',
    { fit: 'stretch' },
    (frame, shape) => {
      expect(pixel(frame, 0, 10, 90, shape)).toBeGreaterThan(200);
      expect(pixel(frame, 2, 80, 90, shape)).toBeGreaterThan(200);
    },
  ],
])('planes lie as the model wants them: %s', async (_, difference, check) => {
  const path = await makeClip(join(folder, 'halves.mp4'), halves);
  const shape = { ...SHAPE, ...difference };
  const [frame] = await readAll(path, { shape });
  expect(frame).toBeDefined();
  if (frame !== undefined) check(frame, shape);
});

test('a region is all that is handed on, and its geometry leads back to the picture', async () => {
  const path = await makeClip(join(folder, 'halves.mp4'), halves);
  const region = { x: 120, y: 60, width: 80, height: 40 };
  const [frame] = await readAll(path, { region });
  expect(frame?.geometry).toMatchObject({ originX: 120, originY: 60, scaleX: 1.2, scaleY: 1.2 });
  // The edge between red and blue, at x = 160 of the picture, is in the middle.
  expect(pixel(frame, 0, 44, 20)).toBeGreaterThan(200);
  expect(pixel(frame, 0, 52, 20)).toBeLessThan(60);
});

test('a folder of pictures is a clip in the order of their names', async () => {
  const pictures = join(folder, 'pictures [1]');
  mkdirSync(pictures);
  await ffmpeg('-i', clip, '-frames:v', '7', join(pictures, '%03d.jpg'));
  const frames = await readAll(pictures, { imageFps: 2 });
  expect(frames.map((f) => f.cameraTimeMs)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
});

test('a clip whose resolution changes half way gives each frame its own geometry', async () => {
  const parts = [join(folder, 'wide.ts'), join(folder, 'narrow.ts')];
  await makeClip(parts[0] ?? '', 'testsrc2=s=320x180:r=25:d=1');
  await makeClip(parts[1] ?? '', 'testsrc2=s=180x320:r=25:d=1', '-output_ts_offset', '1');
  const joined = join(folder, 'joined.ts');
  writeFileSync(joined, Buffer.concat(parts.map((part) => readFileSync(part))));
  const widths = (await readAll(joined)).map((f) => f.geometry.sourceWidth);
  expect(widths).toEqual([...Array(25).fill(320), ...Array(25).fill(180)]);
});

test('a clip with damaged pictures gives what there is, and the log says that it is damaged', async () => {
  const damaged = join(folder, 'damaged.ts');
  await makeClip(damaged, 'testsrc2=s=320x180:r=25:d=3');
  const bytes = readFileSync(damaged);
  // A few bytes in every tenth packet of the second half.
  for (let at = 188 * 300; at < bytes.length; at += 1880) bytes.fill(0x5a, at + 60, at + 80);
  writeFileSync(damaged, bytes);
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const frames = await readAll(damaged, { logger });
  expect(frames.length).toBeGreaterThan(20);
  expect(lines.join()).toMatch(/partly corrupt/);
});

test.each([
  ['that is not there', '/nowhere/clip.mp4', 'not-found', /expected a file or a folder there/],
  ['that is no video', import.meta.filename, 'undecodable', /cannot be read as video/],
])('a clip %s is an error that says so', async (_, path, fault, message) => {
  const source = openSource(optionsFor(path));
  const error: unknown = await source.next().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  expect(error).toMatchObject({ fault, retryable: false, message: expect.stringMatching(message) });
  expect(source.state).toMatchObject({ state: 'fault', fault });
  await source.close();
});

test('an mp4 without its index, as a power cut leaves it, is an error', async () => {
  const cut = await makeClip(join(folder, 'cut.mp4'), 'testsrc2=s=320x180:r=25:d=2');
  truncateSync(cut, 20_000);
  await expect(readAll(cut)).rejects.toThrow(/cannot be read as video/);
});

test('a clip can be closed in the middle, and then gives no more frames', async () => {
  const source = openSource(optionsFor(clip));
  await source.next();
  await Promise.all([source.close(), source.close()]);
  expect(await source.next()).toBeUndefined();
  expect(source.state).toEqual({ state: 'ended' });
});

test('MJPEG over HTTP is a live source with the time of arrival', async () => {
  const jpeg = join(folder, 'one.jpg');
  await ffmpeg('-i', clip, '-frames:v', '1', jpeg);
  const picture = readFileSync(jpeg);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    const timer = setInterval(() => {
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
    }, 50);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const source = openSource(
    optionsFor(`http://127.0.0.1:${port}/video.cgi`, { username: 'me', password: 'pw' }),
  );
  try {
    const first = await source.next();
    let last = first;
    while (last !== undefined && last.index < 20) last = await source.next();
    const passedMs = (last?.cameraTimeMs ?? 0) - (first?.cameraTimeMs ?? 0);
    expect(passedMs).toBeGreaterThan(20 * 50 * 0.6);
    expect(source.state).toEqual({ state: 'live', width: 320, height: 180 });
  } finally {
    await source.close();
    server.closeAllConnections();
    server.close();
  }
});

test('a clip tells its size, rate and length', async () => {
  const facts = await probeMedia(clip);
  expect(facts).toMatchObject({ width: 320, height: 180, codec: 'h264' });
  expect(facts.fps).toBeCloseTo(29.97, 2);
  expect(facts.durationMs).toBeCloseTo(3003, 0);
  await expect(probeMedia('/nowhere.mp4')).rejects.toThrow(SourceError);
});
