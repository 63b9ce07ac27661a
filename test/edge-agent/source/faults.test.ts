import { describe, expect, test } from 'vitest';
import { FaultReader } from '../../../edge-agent/source/faults.ts';

const CONNECTED = [
  '[tcp @ 0x1] Starting connection attempt to 10.0.0.17 port 554',
  '[tcp @ 0x1] Successfully connected to 10.0.0.17 port 554',
];
const DESCRIBED = [...CONNECTED, '[rtsp @ 0x1] SDP:', "Input #0, concat, from 'pipe:4':"];

function reader(lines: readonly string[]): FaultReader {
  const faults = new FaultReader(['s3cret']);
  for (const line of lines) faults.readLine(line);
  return faults;
}

// Lines as ffmpeg 5.1 wrote them.
describe('an ffmpeg that ended before the first frame', () => {
  test.each([
    [
      'wrong password',
      [
        ...CONNECTED,
        '[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized',
        'pipe:4: Server returned 401 Unauthorized (authorization failed)',
      ],
      'unauthorised',
      /user name or password/,
    ],
    [
      'no right to the stream',
      [...CONNECTED, '[http @ 0x1] HTTP error 403 Forbidden'],
      'unauthorised',
      /403/,
    ],
    [
      'wrong path',
      [
        ...CONNECTED,
        '[rtsp @ 0x1] method DESCRIBE failed: 404 Not Found',
        'pipe:4: Server returned 404 Not Found',
      ],
      'not-found',
      /path/,
    ],
    [
      'transport not offered',
      [...CONNECTED, '[rtsp @ 0x1] method SETUP failed: 461 Unsupported transport'],
      'unsupported',
      /tcp and udp/,
    ],
    [
      'too many viewers',
      [...CONNECTED, '[rtsp @ 0x1] method SETUP failed: 453 Not Enough Bandwidth'],
      'refused',
      /viewer/,
    ],
    [
      'closed port',
      [
        '[tcp @ 0x1] Starting connection attempt to 127.0.0.1 port 1',
        '[tcp @ 0x1] Connection to tcp://127.0.0.1:1?timeout=3000000 failed: Connection refused',
        'pipe:4: Connection refused',
      ],
      'refused',
      /port/,
    ],
    [
      'no route',
      ['[tcp @ 0x1] Connection to tcp://10.9.9.9:554 failed: No route to host'],
      'unreachable',
      /network/,
    ],
    [
      'nobody answers',
      [
        '[tcp @ 0x1] Connection attempt to 127.0.0.1 port 9603 failed: Connection timed out',
        'pipe:4: Connection timed out',
      ],
      'unreachable',
      /does not answer/,
    ],
    [
      'unknown name',
      [
        '[tcp @ 0x1] Failed to resolve hostname nosuch.invalid: Name or service not known',
        'pipe:4: Input/output error',
      ],
      'unreachable',
      /name/,
    ],
    [
      'nonsense or nothing for an answer',
      [...CONNECTED, 'pipe:4: Invalid data found when processing input'],
      'silent',
      /right port and protocol/,
    ],
    ['only sound', [...DESCRIBED, "Stream map '' matches no streams."], 'unsupported', /no video/],
    [
      'missing device',
      ['[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video0: No such file or directory'],
      'not-found',
      /device/,
    ],
    [
      'busy device',
      ['[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_STREAMON): Device or resource busy'],
      'refused',
      /Another program/,
    ],
    [
      'VAAPI without a GPU',
      [
        '[h264 @ 0x1] No device available for decoder: device type vaapi needed for codec h264.',
        'Device setup failed for decoder on input stream #0:0 : Generic error in an external library',
      ],
      'unsupported',
      /Hardware decoding/,
    ],
    [
      'CUDA without a driver',
      ['[AVHWDeviceContext @ 0x1] Cannot load libcuda.so.1'],
      'unsupported',
      /Hardware decoding/,
    ],
    [
      'V4L2 M2M without a decoder',
      ['[h264_v4l2m2m @ 0x1] Could not find a valid device'],
      'unsupported',
      /Hardware decoding/,
    ],
    ['an ffmpeg without RKMPP', ['Unrecognized hwaccel: rkmpp.'], 'unsupported', /Hardware decoding/],
    [
      'a video that cannot be decoded',
      [
        ...DESCRIBED,
        '[h264 @ 0x1] no frame!',
        'Error while decoding stream #0:0: Invalid data found when processing input',
      ],
      'undecodable',
      /codec/,
    ],
  ])('%s', (_, lines, fault, detail) => {
    const told = reader(lines).atExit(false, 1);
    expect(told.fault).toBe(fault);
    expect(told.detail).toMatch(detail);
  });
});

describe('an ffmpeg that gives no frames', () => {
  test.each([
    ['while it tries to connect', CONNECTED.slice(0, 1), 'unreachable'],
    ['while the other side says nothing', CONNECTED, 'silent'],
    ['while the stream stands', DESCRIBED, 'silent'],
    ['while only noise comes', [...DESCRIBED, '[h264 @ 0x1] no frame!'], 'undecodable'],
    ['before it has said anything', [], 'silent'],
  ])('%s', (_, lines, fault) => {
    const told = reader(lines).whileWaiting(8);
    expect(told.fault).toBe(fault);
    expect(told.detail).toContain(fault === 'undecodable' ? 'decoded' : '8 s');
  });
});

describe('an ffmpeg that ended after frames had come', () => {
  const afterFrames = (...lines: string[]) => {
    const faults = reader([...DESCRIBED, '[h264 @ 0x1] decode_slice_header error']);
    faults.readFrame();
    for (const line of lines) faults.readLine(line);
    return faults;
  };
  test('the camera said good-bye', () => {
    expect(afterFrames().atExit(true, 0).fault).toBe('ended');
  });
  test('the connection stood still', () => {
    expect(afterFrames('pipe:4: Connection timed out').atExit(true, 0).fault).toBe('silent');
  });
  test('ffmpeg itself failed: its last words are told, without credentials', () => {
    const { fault, detail } = afterFrames("boom at rtsp://me:pw@cam/x with 's3cret'").atExit(true, 69);
    expect(fault).toBe('failed');
    expect(detail).toBe("ffmpeg ended with code 69: boom at rtsp://***@cam/x with '***'");
  });
});

test('complaints of the decoder are counted once the stream is described', () => {
  const faults = reader(['[h264 @ 0x1] no frame!', ...DESCRIBED]);
  faults.readLine('[h264 @ 0x1] error while decoding MB 5 6, bytestream -8');
  faults.readLine('[h264 @ 0x1] concealing 200 DC, 200 AC, 200 MV errors in P frame');
  faults.readLine('[graph 0 input from stream 0:0 @ 0x1] w:640 h:360 pixfmt:yuv420p');
  expect(faults.decodeErrors).toBe(2);
});

test('the last words of ffmpeg are told without what would steer a terminal, and not at full length', () => {
  const { detail } = reader([`boom \u001b[2J\u009b31m\u202e${'x'.repeat(10_000)}`]).atExit(false, 1);
  expect(detail).toMatch(/^ffmpeg ended with code 1: boom \\u001b\[2J\\u009b31m\\u202exxx/);
  expect(detail.length).toBeLessThan(300);
});
