import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { calibrate, toGround } from '../../../edge-agent/analytics/calibration.ts';
import {
  footprintBox,
  middleOnGround,
  sizedBy,
  USUAL_SIZES,
} from '../../../edge-agent/analytics/footprint.ts';
import { readTruth } from '../../../scripts/scenes/truth-file.ts';
import { calibrationOf, cameraAt } from './roads.ts';

const SCENES = join(import.meta.dirname, '../../fixtures/scenes');

describe('the middle of a road user on the ground', () => {
  it.each([0, 0.7, Math.PI / 2, 2.5, -1.2])('is found from its box, heading %s', (headingRad) => {
    const calibration = calibrationOf(cameraAt());
    const pose = calibration.pose;
    const box = pose && footprintBox(pose, { x: 2, y: 30, headingRad }, USUAL_SIZES.car);
    const middle = box && middleOnGround(calibration, box, 'car', headingRad);
    expect(middle?.[0]).toBeCloseTo(2, 1);
    expect(middle?.[1]).toBeCloseTo(30, 1);
  });

  it('is several times nearer to the truth of a scene than the lower edge of the box', async () => {
    const truth = await readTruth(join(SCENES, 'short-mixed.truth.jsonl.gz'));
    const { picture, calibration: known } = truth.header;
    const calibration = calibrate({ picture, points: known.points, distortion: known.distortion });
    const errors: { edge: number; middle: number }[] = [];
    for (const { objects } of truth.frames) {
      for (const { box, class: roadUser, headingRad, ground, occlusion, truncation } of objects) {
        if (roadUser !== 'car' || occlusion > 0 || truncation > 0 || box[3] > picture.height - 8) continue;
        const edge = toGround(calibration, [(box[0] + box[2]) / 2, box[3]]);
        const middle = middleOnGround(calibration, box, roadUser, headingRad);
        if (edge === undefined || middle === undefined) continue;
        const off = (place: readonly [number, number]) =>
          Math.hypot(place[0] - ground[0], place[1] - ground[1]);
        errors.push({ edge: off(edge), middle: off(middle) });
      }
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    expect(errors.length).toBeGreaterThan(100);
    expect(median(errors.map(({ middle }) => middle))).toBeLessThan(0.3);
    expect(median(errors.map(({ edge }) => edge))).toBeGreaterThan(1);
  });

  it('keeps sizes within what a single road user may have', () => {
    expect(sizedBy(USUAL_SIZES.bus, 9).lengthM).toBeCloseTo(1.6 * USUAL_SIZES.bus.lengthM);
    expect(sizedBy(USUAL_SIZES.bus, 0.1).lengthM).toBeCloseTo(0.6 * USUAL_SIZES.bus.lengthM);
  });
});
