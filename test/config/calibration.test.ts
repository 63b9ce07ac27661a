import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { calibrate, toGround } from '../../edge-agent/analytics/calibration.ts';
import { calibrationPoints } from '../../edge-agent/analytics/calibration-points.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

const EXAMPLE = join(import.meta.dirname, '../../config/examples/camera.yaml');

const POINTS = [
  '{picture: [412, 640], ground: [0, 0]}',
  '{picture: [905, 648], ground: [7, 0]}',
  '{picture: [771, 352], ground: [7, 24]}',
  '{picture: [538, 350], ground: [0, 24]}',
];

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

/** Problems of a camera with this calibration; they stand on line 4. */
async function problemsOf(calibration: string): Promise<string[]> {
  const directory = await folderWith({ 'camera.yaml': `${CAMERA}calibration: ${calibration}\n` });
  const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
  return inShort(problems, directory).map((text) => text.replace(/^camera\.yaml:4:\d+ /, ''));
}

describe('the calibration of a camera', () => {
  it('may be given by points', async () => {
    const { calibration } = await load(`${CAMERA}calibration: {points: [${POINTS.join(', ')}]}\n`);
    expect(calibration?.points?.[2]).toEqual({ picture: [771, 352], ground: [7, 24] });
  });

  it('is none when it is left out', async () => {
    expect((await load(CAMERA)).calibration).toBeUndefined();
  });

  it('may be given in each of the ways that the example has, and all of them calibrate', async () => {
    const text = readFileSync(EXAMPLE, 'utf8');
    const shown = text.slice(text.indexOf('# calibration:')).replace(/^# /gm, '');
    const ways = ['points', 'rectangle', 'lane'];
    const blocks = shown.split(/^ {2}(?:# )?(?=(?:points|rectangle|lane|distortion):)/m);
    for (const way of ways) {
      const block = blocks.find((each) => each.startsWith(`${way}:`)) ?? '';
      const whole = `${CAMERA}calibration:\n  distortion: 0.05\n  pointErrorPx: 1\n  ${block.replace(/^ {2}# {3}/gm, '    ')}`;
      const { calibration, picture } = await load(whole);
      expect(Object.keys(calibration ?? {}).sort()).toEqual([way, 'distortion', 'pointErrorPx'].sort());
      // All three tell of the same road.
      const known = calibrate({ ...calibration, picture, points: calibrationPoints(calibration ?? {}) });
      const [x = 0, y = 0] = toGround(known, [654, 351]) ?? [];
      expect(Math.hypot(x - 3.5, y - 24)).toBeLessThan(0.3);
    }
  });
});

describe('a calibration that cannot be meant is refused', () => {
  const inPlace = (index: number, point: string) =>
    `{points: [${POINTS.map((each, i) => (i === index ? point : each)).join(', ')}]}`;

  it.each([
    [
      'nothing known',
      '{}',
      [
        'calibration: a calibration is given by exactly one of points, rectangle, lane; there is none of them',
      ],
    ],
    [
      'two ways at once',
      `{points: [${POINTS.join(', ')}], lane: {left: [[1, 9], [2, 5]], right: [[5, 9], [4, 5]], widthM: 3.5, dashPeriodM: 12}}`,
      [
        'calibration: a calibration is given by exactly one of points, rectangle, lane; there are points and lane',
      ],
    ],
    [
      'three points',
      `{points: [${POINTS.slice(1).join(', ')}]}`,
      ['calibration.points: expected at least 4 entries, got a list of 3'],
    ],
    [
      'a point outside the picture',
      inPlace(1, '{picture: [1300, 648], ground: [7, 0]}'),
      ['calibration.points[1].picture: the point 1300, 648 lies outside the picture of 1280 x 720'],
    ],
    [
      'the corner of a rectangle outside the picture',
      '{rectangle: {nearLeft: [1, 800], nearRight: [9, 9], farRight: [8, 5], farLeft: [3, 5], widthM: 3, lengthM: 9}}',
      ['calibration.rectangle.nearLeft: the point 1, 800 lies outside the picture of 1280 x 720'],
    ],
    [
      'a dash outside the picture',
      '{lane: {left: [[1, 9], [2, -5]], right: [[5, 9], [4, 5]], widthM: 3.5, dashPeriodM: 12}}',
      ['calibration.lane.left[1]: the point 2, -5 lies outside the picture of 1280 x 720'],
    ],
    [
      'a place on the ground twice',
      inPlace(3, '{picture: [538, 350], ground: [7, 24]}'),
      ['calibration.points[3].ground: the place 7, 24 is that of points[2] already; every point has its own'],
    ],
    [
      'a lane without width',
      '{lane: {left: [[1, 9], [2, 5]], right: [[5, 9], [4, 5]], widthM: 0, dashPeriodM: 12}}',
      ['calibration.lane.widthM: expected at least 0.1, got 0'],
    ],
    ['a word', 'yes', ['calibration: expected a map of keys and values, got "yes"']],
  ])('%s', async (_, calibration, problems) => {
    expect(await problemsOf(calibration)).toEqual(problems);
  });
});
