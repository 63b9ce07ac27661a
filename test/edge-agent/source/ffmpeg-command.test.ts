import { expect, test } from 'vitest';
import {
  type CommandOptions,
  sourceCommand,
  withCredentials,
} from '../../../edge-agent/source/ffmpeg-command.ts';
import type { FrameShape } from '../../../edge-agent/source/frame.ts';
import type { Hardware } from '../../../edge-agent/source/source-options.ts';

const shape: FrameShape = {
  width: 416,
  height: 416,
  colourOrder: 'bgr',
  fit: 'letterbox-top-left',
  padValue: 114,
};
const options: CommandOptions = { shape, live: true, socketTimeoutMs: 6000 };
const rtsp = { kind: 'rtsp', url: 'rtsp://cam/stream' } as const;
const ffmpeg43 = { major: 58, minor: 45 };
const ffmpeg50 = { major: 59, minor: 16 };
const ffmpeg51 = { major: 59, minor: 27 };
const ffmpeg7 = { major: 61, minor: 1 };

/** The value that follows an option, before the first `-i` or anywhere. */
function valueAfter(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args[at + 1];
}

test('an address with its password goes through a pipe and not into the arguments', () => {
  const { args, script } = sourceCommand(rtsp, { ...options, username: 'me', password: "p'@ s" }, ffmpeg51);
  expect(args.join(' ')).not.toMatch(/cam|me:|p'/);
  expect(valueAfter(args, '-i')).toBe('pipe:4');
  expect(script?.split('\n')).toEqual([
    'ffconcat version 1.0',
    "file 'rtsp://me:p'\\''%40%20s@cam/stream'",
    'option rtsp_transport tcp',
    'option timeout 6000000',
    'option allowed_media_types video',
    'option fpsprobesize 0',
    '',
  ]);
});

test('ffmpeg 4 gets the address and its own name of the timeout as arguments, because it knows no better', () => {
  const { args, script } = sourceCommand(rtsp, { ...options, transport: 'udp' }, ffmpeg43);
  expect(script).toBeUndefined();
  expect(valueAfter(args, '-i')).toBe('rtsp://cam/stream');
  expect(valueAfter(args, '-stimeout')).toBe('6000000');
  expect(valueAfter(args, '-rtsp_transport')).toBe('udp');
});

test.each([
  ['4.3', ffmpeg43, '-vsync'],
  ['5.0', ffmpeg50, '-vsync'],
  ['5.1', ffmpeg51, '-fps_mode'],
  ['7', ffmpeg7, '-fps_mode'],
])('ffmpeg %s keeps the frames’ own times with the option that it understands', (_, version, option) => {
  const { args } = sourceCommand(rtsp, options, version);
  expect(args.filter((arg) => arg === '-fps_mode' || arg === '-vsync')).toEqual([option, option]);
  expect(valueAfter(args, option)).toBe('passthrough');
});

test('planes go to stdout and time stamps in microseconds to file descriptor 3', () => {
  const { args } = sourceCommand(rtsp, options, ffmpeg51);
  expect(args.slice(args.indexOf('-filter_complex') + 2).join(' ')).toBe(
    '-map [planes] -fps_mode passthrough -c:v rawvideo -f rawvideo pipe:1 ' +
      '-map [times] -fps_mode passthrough -c:v rawvideo -enc_time_base 1:1000000 ' +
      '-autoscale 0 -flush_packets 1 -f framecrc pipe:3',
  );
});

test('the filter graph drops, crops, scales, pads and orders planes', () => {
  const region = { x: 10, y: 20, width: 300, height: 200 };
  const { args } = sourceCommand(rtsp, { ...options, analysisFps: 10, region }, ffmpeg51);
  const graph = valueAfter(args, '-filter_complex') ?? '';
  const order = ['select=', 'split', 'crop=', 'scale=', 'format=gbrp', 'pad=', 'shuffleplanes=1:0:2:0'];
  expect(order.map((filter) => graph.indexOf(filter))).toEqual(
    order.map((filter) => graph.indexOf(filter)).toSorted((a, b) => a - b),
  );
  expect(graph).toContain('color=0x727272');
  expect(graph).toContain('[planes];[copy]');
});

test('stretching needs no padding, RGB another order of planes', () => {
  const stretched = { ...options, shape: { ...shape, fit: 'stretch', colourOrder: 'rgb' } as const };
  const graph = valueAfter(sourceCommand(rtsp, stretched, ffmpeg51).args, '-filter_complex');
  expect(graph).toContain('shuffleplanes=2:0:1:0');
  expect(graph).not.toContain('pad=');
});

test.each<[Hardware, string, string]>([
  ['none', '', 'split'],
  [
    'vaapi',
    '-hwaccel vaapi -hwaccel_device DEV -hwaccel_output_format vaapi',
    'hwdownload,format=nv12,split',
  ],
  [
    'qsv',
    '-hwaccel qsv -qsv_device DEV -hwaccel_output_format qsv -c:v hevc_qsv',
    'hwdownload,format=nv12,split',
  ],
  ['cuda', '-hwaccel cuda -hwaccel_device DEV -hwaccel_output_format cuda', 'hwdownload,format=nv12,split'],
  ['v4l2m2m', '-c:v hevc_v4l2m2m', 'split'],
  [
    'rkmpp',
    '-hwaccel rkmpp -hwaccel_output_format drm_prime -c:v hevc_rkmpp',
    'hwmap=mode=read,format=nv12,split',
  ],
])('hardware decoding by %s', (hardware, decoder, filters) => {
  const withHardware = {
    ...options,
    hardware,
    hardwareDevice: 'DEV',
    codec: 'hevc',
    analysisFps: 5,
  } as const;
  const { args } = sourceCommand(rtsp, withHardware, ffmpeg51);
  const input = args.slice(0, args.indexOf('-i')).join(' ');
  expect(input).toContain(decoder);
  if (hardware === 'none') expect(input).not.toMatch(/hwaccel|-c:v/);
  // Frames are dropped before the expensive way from the GPU.
  expect(valueAfter(args, '-filter_complex')).toMatch(
    new RegExp(`^\\[0:v:0\\]select=[^;]*\\),${filters}\\[`),
  );
});

test.each([
  ['HLS', { kind: 'hls', url: 'http://h/x.m3u8' } as const, ['option rw_timeout 6000000']],
  [
    'MJPEG, which has no times of its own',
    { kind: 'mjpeg', url: 'http://h/x' } as const,
    ['option rw_timeout 6000000', 'option use_wallclock_as_timestamps 1'],
  ],
])('%s over HTTP', (_, input, settings) => {
  const { script } = sourceCommand(input, options, ffmpeg51);
  expect(script?.split('\n').slice(2, -1)).toEqual(settings);
});

test('a USB camera is read from its device', () => {
  const { args } = sourceCommand({ kind: 'v4l2', path: '/dev/video0' }, options, ffmpeg51);
  expect(args.slice(args.indexOf('-f'), args.indexOf('-i') + 2)).toEqual(['-f', 'v4l2', '-i', '/dev/video0']);
});

test('a file is read as fast as it goes, or in a loop at its own pace when it plays a camera', () => {
  const file = { kind: 'file', path: '/clips/a:b.mp4' } as const;
  const clip = sourceCommand(file, { ...options, live: false }, ffmpeg51).args;
  expect(valueAfter(clip, '-i')).toBe('file:/clips/a:b.mp4');
  expect(clip).not.toContain('-re');
  expect(sourceCommand(file, options, ffmpeg51).args).toEqual(
    expect.arrayContaining(['-re', '-stream_loop']),
  );
});

test('the name of a folder of pictures is no pattern', () => {
  const folder = { kind: 'folder', path: '/a[1]*', extension: '.jpg' } as const;
  const { args } = sourceCommand(folder, { ...options, imageFps: 5 }, ffmpeg51);
  expect(valueAfter(args, '-i')).toBe('/a\\[1\\]\\*/*.jpg');
  expect(valueAfter(args, '-framerate')).toBe('5');
});

test.each([
  ['encoded', 'rtsp://cam/x', 'a b', 'p@:/?#%', 'rtsp://a%20b:p%40%3A%2F%3F%23%25@cam/x'],
  ['without a password', 'rtsp://cam:554/x', 'me', undefined, 'rtsp://me@cam:554/x'],
  ['already in the address', 'rtsp://you:pw@cam/x', 'me', 'pw2', 'rtsp://you:pw@cam/x'],
  ['none', 'rtsp://cam/x@y', undefined, undefined, 'rtsp://cam/x@y'],
])('credentials in the address: %s', (_, url, user, password, expected) => {
  expect(withCredentials(url, user, password)).toBe(expected);
});
