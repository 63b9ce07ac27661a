import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

async function problemsOf(yaml: string): Promise<string[]> {
  const directory = await folderWith({ 'camera.yaml': yaml });
  const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
  return inShort(problems, directory).map((text) => text.replace('camera.yaml:', ''));
}

describe('a camera file', () => {
  it('needs only a name, the picture size and a source; the rest has defaults', async () => {
    expect(await load(CAMERA)).toEqual({
      camera: 'nga-tu-1',
      picture: { width: 1280, height: 720 },
      source: { url: 'rtsp://10.0.0.17/stream1', transport: 'tcp', analysisFps: 10, hardware: 'none' },
      detection: {},
      intervalS: 60,
      lines: [],
      carriageways: [],
      incidents: { timeZone: 'UTC', updateS: 10 },
      zones: [],
      traffic: { carUnits: 'tcxdvn-104-2007', carUnitFactors: {}, levelOfService: 'hcm-freeway' },
      pictureCheck: expect.objectContaining({ enabled: true, moved: { enabled: true, afterS: 7 } }),
      // No picture is kept unless somebody says so.
      evidence: expect.objectContaining({ enabled: false, blur: true }),
      // And none leaves the box.
      slitScans: { enabled: false, columns: 6 },
      pictures: { leave: false, blur: true, clips: false },
    });
  });

  it('names what is missing and what it is for', async () => {
    const directory = await folderWith({ 'camera.yaml': 'picture: {width: 1280}\n' });
    const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml')));
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'camera',
        message: 'missing; expected text',
        hint: expect.stringContaining('once in a box'),
      }),
      expect.objectContaining({ path: 'source', message: 'missing; expected a map of keys and values' }),
      expect.objectContaining({
        path: 'picture.height',
        message: 'missing; expected a number',
        line: 1,
        column: 10,
      }),
    ]);
  });

  it('gives lines names for their directions and an anchor unless told', async () => {
    const { lines } = await load(`${CAMERA}lines: [{line: a, from: [0, 100], to: [1280, 100]}]`);
    expect(lines).toEqual([
      {
        line: 'a',
        from: [0, 100],
        to: [1280, 100],
        directions: { toLeft: 'to-left', toRight: 'to-right' },
        anchor: 'bottom-centre',
      },
    ]);
  });

  it('lets a line end on the border of the picture', async () => {
    const { lines } = await load(`${CAMERA}lines: [{line: a, from: [0, 0], to: [1280, 720]}]`);
    expect(lines).toHaveLength(1);
  });
});

describe('geometry that cannot be meant is refused', () => {
  it.each([
    [
      'a line that leaves the picture',
      '{line: a, from: [0, 100], to: [1281, 100]}',
      '4:39 lines[0].to: the point 1281, 100 lies outside the picture of 1280 x 720',
    ],
    [
      'a point above the picture',
      '{line: a, from: [0, -1], to: [9, 9]}',
      '4:25 lines[0].from: the point 0, -1 lies outside the picture of 1280 x 720',
    ],
    [
      'a line without length',
      '{line: a, from: [5, 5], to: [5, 5]}',
      '4:37 lines[0].to: the line has no length: from and to are the same point',
    ],
    [
      'a point with three numbers',
      '{line: a, from: [5, 5, 5], to: [5, 9]}',
      '4:25 lines[0].from: expected [x, y], two numbers, got a list of 3',
    ],
    [
      'a point that is text',
      '{line: a, from: top, to: [5, 9]}',
      '4:25 lines[0].from: expected [x, y], two numbers, got "top"',
    ],
    [
      'a coordinate that is text',
      '{line: a, from: [5, five], to: [5, 9]}',
      '4:29 lines[0].from[1]: expected a number, got "five"',
    ],
    [
      'one name for both directions',
      '{line: a, from: [0, 1], to: [9, 9], directions: {toLeft: x, toRight: x}}',
      '4:78 lines[0].directions.toRight: both directions have the same name; their counts could not be told apart',
    ],
  ])('%s', async (_name, line, problem) => {
    expect(await problemsOf(`${CAMERA}lines: [${line}]`)).toEqual([problem]);
  });

  it('two lines of one name', async () => {
    expect(
      await problemsOf(`${CAMERA}lines:
  - {line: a, from: [0, 1], to: [9, 9]}
  - {line: b, from: [0, 1], to: [9, 9]}
  - {line: a, from: [0, 2], to: [9, 9]}
`),
    ).toEqual(['7:12 lines[2].line: the name "a" is taken by lines[0]; every line of a camera has its own']);
  });

  it('a region that leaves the picture', async () => {
    const yaml = CAMERA.replace('stream1}', 'stream1, region: {x: 0, y: 200, width: 1280, height: 620}}');
    expect(await problemsOf(yaml)).toEqual([
      '3:49 source.region: the region reaches to 1280, 820, outside the picture of 1280 x 720',
    ]);
  });

  it('is told also when another key is wrong', async () => {
    expect(
      await problemsOf(`${CAMERA}intervalS: soon\nlines: [{line: a, from: [0, 1], to: [0, 1]}]\nline: x\n`),
    ).toEqual([
      expect.stringContaining('intervalS: expected seconds'),
      expect.stringContaining('lines[0].to: the line has no length'),
      '6:1 line: unknown key "line"',
    ]);
  });
});

describe('the source', () => {
  it.each([
    'rtsp://10.0.0.17:8554/a?b=c',
    'rtsps://camera.example/stream',
    'http://10.0.0.17/mjpeg',
    'https://host/live/index.m3u8',
    '/dev/video0',
    '/srv/clips/a.mp4',
  ])('may be %s', async (url) => {
    expect((await load(CAMERA.replace('rtsp://10.0.0.17/stream1', url))).source.url).toBe(url);
  });

  it.each([
    ['ftp://10.0.0.17/a', 'expected rtsp://…'],
    ['rtsp://', 'expected rtsp://…'],
    ['rtsp:/10.0.0.17/a', 'expected rtsp://…'],
    ['rtmp://10.0.0.17/live', 'expected rtsp://…'],
    ['file://host/a.mp4', 'expected rtsp://…'],
  ])('may not be %s', async (url, message) => {
    expect(await problemsOf(CAMERA.replace('rtsp://10.0.0.17/stream1', `"${url}"`))).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it.each([
    'rtsp://viewer:hunter2@10.0.0.17/a',
    'rtsp://viewer@10.0.0.17/a',
    'http://v:hunter2/x@10.0.0.17/',
    'viewer:hunter2@10.0.0.17/a',
  ])('is refused with a user name inside the address, and the password is not repeated: %s', async (url) => {
    const [problem, ...more] = await problemsOf(CAMERA.replace('rtsp://10.0.0.17/stream1', url));
    expect(more).toEqual([]);
    expect(problem).toContain('source.url');
    expect(problem).not.toContain('hunter2');
  });

  it('refuses a password without a user name', async () => {
    expect(await problemsOf(CAMERA.replace('stream1}', 'stream1, password: x}'))).toContain(
      '3:51 source.password: there is no username beside the password; add username:',
    );
  });
});

describe('a value of the wrong kind', () => {
  it.each([
    ['a name that is a number', 'camera: nga-tu-1', 'camera: 7', '1:9 camera: expected text, got 7'],
    [
      'a name with capitals',
      'camera: nga-tu-1',
      'camera: Ngã Tư 1',
      '1:9 camera: expected a slug: 1 to 63 of a-z, 0-9 and "-", neither first nor last a "-", got "Ngã Tư 1"',
    ],
    [
      'a size with a unit',
      'width: 1280',
      'width: 1280px',
      '2:18 picture.width: expected a number, got "1280px"',
    ],
    [
      'half a pixel',
      'width: 1280',
      'width: 1280.5',
      '2:18 picture.width: expected a whole number, got 1280.5',
    ],
    ['nothing at all', 'width: 1280', 'width:', '2:17 picture.width: expected a number, got nothing'],
    [
      'a transport that is none',
      'stream1}',
      'stream1, transport: tpc}',
      '3:52 source.transport: expected one of tcp, udp, got "tpc"',
    ],
    [
      'too many pictures a second',
      'stream1}',
      'stream1, analysisFps: 120}',
      '3:54 source.analysisFps: expected at most 60, got 120',
    ],
  ])('%s', async (_name, from, to, problem) => {
    expect(await problemsOf(CAMERA.replace(from, to))).toEqual([problem]);
  });

  it('comes with a name that would do', async () => {
    const directory = await folderWith({ 'camera.yaml': CAMERA.replace('nga-tu-1', 'Ngã tư Đình 1') });
    const [problem] = await refusal(loadCameraConfig(join(directory, 'camera.yaml')));
    expect(problem?.hint).toBe('For example nga-tu-dinh-1');
  });
});

describe('the length of an interval', () => {
  it.each([
    ['60', 60],
    ['60s', 60],
    ['"1m"', 60],
    ['5 m', 300],
    ['0.25h', 900],
    ['1000ms', 1],
    ['1h', 3600],
  ])('may be written %s', async (written, seconds) => {
    expect((await load(`${CAMERA}intervalS: ${written}\n`)).intervalS).toBe(seconds);
  });

  it.each(['7m', '0', '-60', '61', '2h', '1.5', '60x', 's', '[]'])('may not be %s', async (written) => {
    const [problem, ...more] = await problemsOf(`${CAMERA}intervalS: ${written}\n`);
    expect(problem).toMatch(/^4:12 intervalS: expected /);
    expect(more).toEqual([]);
  });
});
