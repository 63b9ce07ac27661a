import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../edge-agent/analytics/calibration.ts';
import { projectSpace } from '../../../edge-agent/analytics/camera-pose.ts';
import { calibrationOf, cameraAt, gaussian, marked, PICTURE, PLACES } from './roads.ts';

describe('where a calibrated camera hangs', () => {
  it('is found from the points alone, whatever way it looks', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 20, noNaN: true }),
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.double({ min: 10, max: 35, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 0.15, noNaN: true }),
        (heightM, panDeg, tiltDeg, rollDeg, distortion) => {
          const camera = cameraAt({ heightM, panDeg, tiltDeg, rollDeg, distortion });
          const { pose } = calibrationOf(camera);
          expect(pose?.position[2]).toBeCloseTo(heightM, 2);
          expect(pose?.tiltDeg).toBeCloseTo(tiltDeg, 2);
          expect(pose?.focalPx).toBeCloseTo(camera.focalPx, 0);
          const seen = camera.project(2, 25, 3);
          const told = pose && projectSpace(pose, [2, 25, 3]);
          expect(told?.[0]).toBeCloseTo(seen?.xPx ?? Number.NaN, 1);
          expect(told?.[1]).toBeCloseTo(seen?.yPx ?? Number.NaN, 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('comes with how sure it is', () => {
    const misses = Array.from({ length: 100 }, (_, seed) => {
      const noise = gaussian(seed);
      const points = marked(cameraAt(), PLACES, () => 2 * noise());
      const { pose } = calibrate({ picture: PICTURE, points, pointErrorPx: 2 });
      return ((pose?.focalPx ?? 0) / 1280 - 1) / (pose?.relativeError ?? 0);
    });
    const meanSquare = misses.reduce((sum, miss) => sum + miss * miss, 0) / misses.length;
    expect(Math.sqrt(meanSquare)).toBeGreaterThan(0.6);
    expect(Math.sqrt(meanSquare)).toBeLessThan(1.4);
  });

  it('is not told from straight above', () => {
    const points = [0, 1, 2, 3].map((i) => {
      const [x, y] = [i % 2, i >> 1];
      return { picture: [400 + 300 * x, 500 - 300 * y] as const, ground: [10 * x, 10 * y] as const };
    });
    expect(calibrate({ picture: PICTURE, points }).pose).toBeUndefined();
  });
});
