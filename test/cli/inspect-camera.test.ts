import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectCamera } from '../../cli/inspect-camera.ts';
import { checkConfig } from '../../config/kinds.ts';
import { CAMERA, folderWith } from '../config/problems-of.ts';

const POINTS = [
  [412, 640, 0, 0],
  [905, 648, 7, 0],
  [771, 352, 7, 24],
  [538, 350, 0, 24],
  [640, 420, 3.5, 14],
] as const;

type Row = readonly [number, number, number, number];

const listed = (rows: readonly Row[]) =>
  `{points: [${rows.map(([u, v, x, y]) => `{picture: [${u}, ${v}], ground: [${x}, ${y}]}`).join(', ')}]}`;

async function problemsOf(calibration: string): Promise<readonly string[]> {
  const directory = await folderWith({ 'camera.yaml': `${CAMERA}calibration: ${calibration}\n` });
  const { problems } = await checkConfig(join(directory, 'camera.yaml'), {
    env: {},
    secrets: 'optional',
    inspectCamera,
  });
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

describe('the check of a configuration', () => {
  it('accepts a calibration that a camera can see', async () => {
    expect(await problemsOf(listed(POINTS.slice(0, 4)))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    [
      'is mirrored',
      listed(POINTS.slice(0, 4).map(([u, v, x, y]): Row => [u, v, -x, y])),
      /^4 calibration: The ground points are mirrored/,
    ],
    [
      'has two points exchanged',
      listed(
        POINTS.slice(0, 4).map(
          ([u, v], i): Row => [
            u,
            v,
            ...((POINTS[[1, 0, 2, 3][i] ?? 0] ?? POINTS[0]).slice(2) as [number, number]),
          ],
        ),
      ),
      /^4 calibration\.points\[\d\]: No camera can see the points like this/,
    ],
    [
      'has points that contradict each other',
      listed(POINTS.map(([u, v, x, y], i): Row => [u, v, x, i === 4 ? 22 : y])),
      /^4 calibration\.points\[\d\]: The points contradict each other.*Point \d is the worst/,
    ],
    [
      'knows one edge of the road only',
      listed([0, 8, 16, 24].map((y, i): Row => [400 + 40 * i ** 2, 640 - 90 * i, 2, y])),
      /^4 calibration: All points are on one line on the ground/,
    ],
    [
      'is a rectangle from right to left',
      '{rectangle: {nearLeft: [905, 648], nearRight: [412, 640], farRight: [538, 350], farLeft: [771, 352], widthM: 7, lengthM: 24}}',
      /^4 calibration: The ground points are mirrored/,
    ],
  ])('refuses one that %s', async (_, calibration, expected) => {
    const problems = await problemsOf(calibration);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});
