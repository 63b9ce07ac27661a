// Speeds on the clips that come with the project, against the truth that they were made from: boxes of the truth,
// exact and as blurred as those of a detector, through the calibration points of the clip.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RoadUser } from '../../../contract/index.ts';
import { type Calibration, calibrate } from '../../../edge-agent/analytics/calibration.ts';
import type { BoxSighting } from '../../../edge-agent/analytics/ground-sightings.ts';
import { estimateSpeed } from '../../../edge-agent/analytics/speed.ts';
import { readTruth, type Truth, type TruthObject } from '../../../scripts/scenes/truth-file.ts';
import { gaussian } from './roads.ts';

const SCENES = join(import.meta.dirname, '../../fixtures/scenes');
/** What we promise on calibrated scenes, km/h. */
const MEDIAN_KMH = 1.5;
const P95_KMH = 4;

describe.each(['short-mixed', 'short-motorbikes', 'short-incidents'])('the speeds of %s', (scene) => {
  it.each([
    ['with exact boxes', 0, 'box'],
    ['with the boxes of a detector', 0.03, 'visibleBox'],
  ] as const)('at its line are those of the truth, %s', async (_, noiseShare, key) => {
    const { truth, calibration } = await readScene(scene);
    const tracks = sightingsById(truth, noiseShare, key);
    const errors = truth.crossings.flatMap((crossing) => {
      const speed = estimateSpeed(calibration, tracks.get(crossing.id) ?? [], {
        atMs: crossing.t * 1000,
        roadUser: roadUserOf(crossing.class),
      });
      return speed.quality === 'none' ? [] : [speed.speedKmh - crossing.speedMs * 3.6];
    });
    // The picture's lower border cuts the buses of short-mixed before their middle is on the line.
    expect(errors.length).toBeGreaterThanOrEqual(0.7 * truth.crossings.length);
    expectSmall(errors);
  });

  it.each([
    ['with exact boxes', 0, 'box'],
    ['with the boxes of a detector', 0.03, 'visibleBox'],
  ] as const)(
    'all over the picture are those of the truth where they are called good, %s',
    async (_, noiseShare, key) => {
      const { truth, calibration } = await readScene(scene);
      const errors: number[] = [];
      for (const [id, sightings] of sightingsById(truth, noiseShare, key)) {
        for (let atMs = 500; atMs < (sightings.at(-1)?.cameraTimeMs ?? 0); atMs += 1000) {
          const now = objectAt(truth, id, atMs);
          if (now === undefined) continue;
          const speed = estimateSpeed(calibration, sightings, { atMs, roadUser: roadUserOf(now.class) });
          if (speed.quality === 'good') errors.push(speed.speedKmh - now.speedMs * 3.6);
        }
      }
      expect(errors.length).toBeGreaterThan(25);
      expectSmall(errors);
    },
  );
});

function expectSmall(errorsKmh: readonly number[]): void {
  const sizes = errorsKmh.map(Math.abs).sort((a, b) => a - b);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(MEDIAN_KMH);
  expect(sizes[Math.ceil(sizes.length * 0.95) - 1]).toBeLessThanOrEqual(P95_KMH);
}

async function readScene(scene: string): Promise<{ truth: Truth; calibration: Calibration }> {
  const truth = await readTruth(join(SCENES, `${scene}.truth.jsonl.gz`));
  const { points, distortion } = truth.header.calibration;
  return { truth, calibration: calibrate({ picture: truth.header.picture, points, distortion }) };
}

/** The road user in the frame nearest to a moment. */
function objectAt(truth: Truth, id: number, atMs: number): TruthObject | undefined {
  const index = Math.round((atMs / 1000) * truth.header.picture.fps);
  return truth.frames[index]?.objects.find((each) => each.id === id);
}

function roadUserOf(truthClass: TruthObject['class']): RoadUser {
  return truthClass === 'debris' ? 'vehicle' : truthClass;
}

/**
 * Sightings of each road user that is not mostly hidden; blurred by a share of the box's height, at least 0.7 px. Edges that the
 * picture cuts stay where they are.
 */
function sightingsById(
  truth: Truth,
  noiseShare: number,
  key: 'box' | 'visibleBox',
): ReadonlyMap<number, BoxSighting[]> {
  const noise = gaussian(truth.header.seed);
  const tracks = new Map<number, BoxSighting[]>();
  for (const { t, objects } of truth.frames) {
    for (const object of objects) {
      const box = object[key];
      if (box === undefined || object.class === 'debris' || object.occlusion > 0.6) continue;
      const blurPx = noiseShare === 0 ? 0 : Math.max(0.7, noiseShare * (box[3] - box[1]));
      const { width, height } = truth.header.picture;
      const [x1, y1, x2, y2] = box.map((edge, i) => {
        const isCut = edge < 1.5 || edge > (i % 2 === 0 ? width : height) - 1.5;
        return isCut ? edge : edge + blurPx * noise();
      }) as [number, number, number, number];
      const sightings = tracks.get(object.id) ?? [];
      tracks.set(object.id, sightings);
      sightings.push({ cameraTimeMs: t * 1000, box: [x1, y1, x2, y2] });
    }
  }
  return tracks;
}
