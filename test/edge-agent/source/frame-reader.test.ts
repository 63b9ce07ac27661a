import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type RawFrame, readFrames } from '../../../edge-agent/source/frame-reader.ts';
import { parseFrameTime, parseSourceSize } from '../../../edge-agent/source/frame-times.ts';

const SIZE_LINE =
  '[Parsed_scale_8 @ 0x1] w:640 h:360 fmt:yuv420p sar:1/1 -> w:1614 h:2 fmt:gray sar:16/7263 flags:0x10';
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

function setUp(frameBytes = 4) {
  const planes = new PassThrough();
  const times = new PassThrough();
  const frames: RawFrame[] = [];
  const errors: Error[] = [];
  const reader = readFrames(
    { planes, times },
    frameBytes,
    (frame) => frames.push(frame),
    (error) => errors.push(error),
  );
  return { planes, times, frames, errors, reader };
}

const line = (timeUs: number, code = 1614) => `0, ${timeUs}, ${timeUs}, 40000, ${code * 2}, 0x2ed43e59\n`;

test('frames come out whole, each with its time and the size of its source, however the pipes are cut up', async () => {
  const { planes, times, frames, reader } = setUp();
  times.write(`#tb 0: 1/1000000\n${line(0)}${line(40_000).slice(0, 5)}`);
  planes.write(Buffer.from([1, 2, 3]));
  planes.write(Buffer.from([4, 5, 6, 7, 8]));
  await settle();
  expect(frames).toEqual([]);
  reader.readLogLine(SIZE_LINE);
  expect(frames.map((f) => [...f.planes])).toEqual([[1, 2, 3, 4]]);
  times.write(line(40_000).slice(5));
  await settle();
  expect(frames[1]).toEqual({
    planes: new Uint8Array([5, 6, 7, 8]),
    timeUs: 40_000,
    source: { width: 640, height: 360 },
  });
});

test('a frame of a new size waits for the log line that tells the size, and keeps later frames behind it', async () => {
  const { planes, times, frames, reader } = setUp();
  reader.readLogLine(SIZE_LINE);
  planes.write(Buffer.alloc(12));
  times.write(line(0) + line(40_000, 2032) + line(80_000));
  await settle();
  expect(frames).toHaveLength(1);
  reader.readLogLine('[Parsed_scale_8 @ 0x2] w:320 h:240 fmt:yuv420p sar:1/1 -> w:2032 h:2 fmt:gray sar:1/1');
  expect(frames.map((f) => f.source.width)).toEqual([640, 320, 640]);
});

test('each frame has its own memory, unless it was given back', async () => {
  const { planes, times, frames, reader } = setUp();
  reader.readLogLine(SIZE_LINE);
  times.write(line(0) + line(1) + line(2));
  planes.write(Buffer.alloc(8));
  await settle();
  expect(frames[0]?.planes.buffer).not.toBe(frames[1]?.planes.buffer);
  if (frames[0] !== undefined) reader.recycle(frames[0].planes);
  planes.write(Buffer.alloc(4));
  await settle();
  expect(frames[2]?.planes.buffer).toBe(frames[0]?.planes.buffer);
});

test('frames without time stamps are an error, not a leak', async () => {
  const { planes, errors } = setUp(1024 * 1024);
  planes.write(Buffer.alloc(17 * 1024 * 1024));
  await settle();
  expect(errors[0]?.message).toMatch(/17 frames without time stamps/);
});

test('a line that is none of framecrc is an error', async () => {
  const { times, errors } = setUp();
  times.write('nonsense\n');
  await settle();
  expect(errors[0]?.message).toMatch(/expected a line of framecrc .* got "nonsense"/);
});

test.each([
  ['#tb 0: 1/1000000', undefined],
  ['', undefined],
  ['0,          0,    -40000,    33367,     3228, 0xb8f5c3e6', { timeUs: -40_000, sizeCode: 1614 }],
])('reads the line "%s"', (text, expected) => {
  expect(parseFrameTime(text, 2)).toEqual(expected);
});

test.each([
  ['ffmpeg 5.1', SIZE_LINE, { width: 640, height: 360, sizeCode: 1614 }],
  [
    'ffmpeg 7',
    '[Parsed_scale_8 @ 0x1] w:640 h:360 fmt:yuv420p csp:bt709 range:tv sar:1/1 -> w:1614 h:2 fmt:gray csp:bt709 range:tv sar:0/1 flags:0x10',
    { width: 640, height: 360, sizeCode: 1614 },
  ],
  [
    'the planes’ own scaler',
    '[scale @ 0x1] w:640 h:360 fmt:yuv420p sar:1/1 -> w:416 h:234 fmt:gbrp sar:1/1',
    undefined,
  ],
  ['another line', 'Input #0, rtsp', undefined],
])('reads the size of the picture from the log: %s', (_, text, expected) => {
  expect(parseSourceSize(text, 2)).toEqual(expected);
});
