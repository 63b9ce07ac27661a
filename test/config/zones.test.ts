import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCameraConfig } from '../../config/load.ts';
import { zoneOptions } from '../../config/zones.ts';
import { CAMERA, folderWith, inShort, refusal } from './problems-of.ts';

async function load(yaml: string) {
  return loadCameraConfig(join(await folderWith({ 'camera.yaml': yaml }), 'camera.yaml'), { env: {} });
}

async function problemsOf(zones: string): Promise<string[]> {
  const directory = await folderWith({ 'camera.yaml': `${CAMERA}${zones}` });
  const problems = await refusal(loadCameraConfig(join(directory, 'camera.yaml'), { env: {} }));
  return inShort(problems, directory).map((text) => text.replace(/^camera.yaml:\d+:\d+ /, ''));
}

const LINES = 'lines: [{line: stop, from: [0, 600], to: [1280, 600]}]\n';

describe('zones of a camera file', () => {
  it('need a name and corners; a queue has defaults', async () => {
    const { zones } = await load(
      `${CAMERA}zones: [{zone: a, polygon: [[0, 0], [100, 0], [0, 100]], queue: {}}]`,
    );
    expect(zones).toEqual([
      {
        zone: 'a',
        polygon: [
          [0, 0],
          [100, 0],
          [0, 100],
        ],
        anchor: 'bottom-centre',
        queue: { standsBelowKmh: 5, standsAfterS: 1, movesAboveKmh: 10, gapM: 10, gapSizes: 2 },
      },
    ]);
  });

  it('begin their queue at a line or at a point', async () => {
    const polygon = 'polygon: [[0, 0], [100, 0], [0, 100]]';
    const { zones, lines } = await load(
      `${CAMERA}${LINES}zones: [{zone: a, ${polygon}, queue: {from: stop}}, {zone: b, ${polygon}, queue: {from: [5, 9]}}, {zone: c, ${polygon}}]`,
    );
    expect(zoneOptions(zones, lines).map((zone) => ('queue' in zone ? zone.queue?.from : 'none'))).toEqual([
      [
        [0, 600],
        [1280, 600],
      ],
      [[5, 9]],
      'none',
    ]);
  });

  it.each([
    [
      'a corner outside the picture',
      '{zone: a, polygon: [[0, 0], [1300, 0], [0, 100]]}',
      'zones[0].polygon[1]: the point 1300, 0 lies outside the picture of 1280 x 720',
    ],
    [
      'an edge that crosses itself',
      '{zone: a, polygon: [[0, 0], [100, 100], [100, 0], [0, 90]]}',
      'zones[0].polygon: the edge crosses itself: from polygon[0] to polygon[1] meets from polygon[2] to polygon[3]; give the corners in their order around the zone',
    ],
    [
      'corners on one line',
      '{zone: a, polygon: [[0, 0], [50, 50], [100, 100]]}',
      'zones[0].polygon: the corners are all on one line; give corners around an area',
    ],
    [
      'a queue from a line that is not there',
      '{zone: a, polygon: [[0, 0], [100, 0], [0, 100]], queue: {from: stopp}}',
      'zones[0].queue.from: the camera has no line "stopp"; did you mean "stop"?',
    ],
    [
      'speeds that exclude each other',
      '{zone: a, polygon: [[0, 0], [100, 0], [0, 100]], queue: {standsBelowKmh: 12}}',
      'zones[0].queue.standsBelowKmh: expected at most movesAboveKmh, which is 10 unless given, got 12',
    ],
  ])('are refused with %s', async (_, zone, problem) => {
    expect(await problemsOf(`${LINES}zones: [${zone}]`)).toEqual([problem]);
  });

  it('tell all problems at once', async () => {
    const problems = await problemsOf(
      'zones: [{zone: a, polygon: [[0, 0], [9, 0]]}, {zone: a, polygon: [[0, 0], [0, 800], [9, 0]], roadUsers: [lorry]}]',
    );
    expect(problems).toHaveLength(4);
    expect(problems).toContainEqual(expect.stringContaining('the name "a" is taken by zones[0]'));
  });
});
