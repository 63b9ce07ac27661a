import { describe, expect, it } from 'vitest';
import { toGround } from '../../../edge-agent/analytics/calibration.ts';
import { footprintBox, USUAL_SIZES } from '../../../edge-agent/analytics/footprint.ts';
import { groundAnchor } from '../../../edge-agent/analytics/ground-anchor.ts';
import { roadView } from '../../support/observations.ts';

const { calibration } = roadView();

/** How a road user of the usual size is seen whose middle is at x, y and that points along `headingRad`. */
function boxOf(roadUser: 'bus' | 'car', x: number, y: number, headingRad: number) {
  const { pose } = calibration;
  const box = pose && footprintBox(pose, { x, y, headingRad }, USUAL_SIZES[roadUser]);
  if (box === undefined) throw new Error('the camera does not see it');
  return box;
}

describe('the middle of a road user on the ground', () => {
  it.each([
    ['a bus that drives away', 'bus', Math.PI / 2],
    ['a bus that turns', 'bus', Math.PI / 5],
    ['a car that crosses the view', 'car', 0],
  ] as const)('is found for %s, metres from the middle of its lower edge', (_, roadUser, headingRad) => {
    for (const [x, y] of [
      [-3, 24],
      [0, 35],
      [4, 50],
    ] as const) {
      const anchor = groundAnchor(calibration, boxOf(roadUser, x, y, headingRad), roadUser, headingRad);
      const found = anchor && toGround(calibration, [anchor.x, anchor.y]);
      expect(Math.hypot((found?.[0] ?? 0) - x, (found?.[1] ?? 0) - y)).toBeLessThan(0.3);
    }
  });

  it('is not known where the border of the picture cuts the box', () => {
    expect(groundAnchor(calibration, [400, 300, 700, 720], 'bus', 0)).toBeUndefined();
  });
});
