import { describe, expect, it } from 'vitest';
import { calibrate, toGround } from '../../../edge-agent/analytics/calibration.ts';
import { footprintBox, USUAL_SIZES } from '../../../edge-agent/analytics/footprint.ts';
import { groundAnchor } from '../../../edge-agent/analytics/ground-anchor.ts';
import { roadView } from '../../support/observations.ts';

const { calibration } = roadView();

/** How a road user of the usual size is seen whose middle is at x, y and that points along `headingRad`. */
function sightingAt(roadUser: 'bus' | 'car', x: number, y: number, headingRad: number) {
  const { pose } = calibration;
  const box = pose && footprintBox(pose, { x, y, headingRad }, USUAL_SIZES[roadUser]);
  if (box === undefined) throw new Error('the camera does not see it');
  const ground = toGround(calibration, [(box[0] + box[2]) / 2, box[3]]);
  return { cameraTimeMs: 0, capturedAtMs: 0, score: 0.9, box, ...(ground === undefined ? {} : { ground }) };
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
      const sighting = sightingAt(roadUser, x, y, headingRad);
      const anchor = groundAnchor(calibration, sighting, roadUser, headingRad);
      const found = anchor && toGround(calibration, [anchor.x, anchor.y]);
      expect(Math.hypot((found?.[0] ?? 0) - x, (found?.[1] ?? 0) - y)).toBeLessThan(0.3);
    }
  });

  it('is not known where the border of the picture cuts the box', () => {
    const sighting = { ...sightingAt('bus', 0, 24, 0), box: [400, 300, 700, 720] as const };
    expect(groundAnchor(calibration, sighting, 'bus', 0)).toBeUndefined();
  });

  it('is not known above the horizon', () => {
    const { ground: _, ...sighting } = sightingAt('car', 0, 24, 0);
    expect(groundAnchor(calibrate(pointsOf()), sighting, 'car', 0)).toBeUndefined();
  });
});

function pointsOf() {
  const points = [
    [300, 700, -3, 10],
    [900, 700, 3, 10],
    [500, 300, -3, 40],
    [700, 300, 3, 40],
  ] as const;
  return {
    picture: { width: 1280, height: 720 },
    points: points.map(([u, v, x, y]) => ({ picture: [u, v] as const, ground: [x, y] as const })),
  };
}
