import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Camera } from '../../../../scripts/scenes/truth/camera.ts';
import { testScene } from '../scene-fixture.ts';

// Thousands of random points: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const picture = { width: 640, height: 360, fps: 10 };
const { camera } = testScene();

test('a point straight ahead of a level camera falls on the middle of the picture', () => {
  const level = new Camera({ ...camera, position: [0, 0, 5], panDeg: 0, tiltDeg: 1, rollDeg: 0 }, picture);
  const ahead = level.project(0, 100, 5 - 100 * Math.tan(Math.PI / 180));
  expect(ahead?.xPx).toBeCloseTo(320, 6);
  expect(ahead?.yPx).toBeCloseTo(180, 6);
});

test('east is right and near is low in the picture of a camera that looks north', () => {
  const north = new Camera({ ...camera, position: [0, 0, 8], panDeg: 0, tiltDeg: 15 }, picture);
  const middle = north.project(0, 30, 0);
  expect(north.project(3, 30, 0)?.xPx).toBeGreaterThan(middle?.xPx ?? 0);
  expect(north.project(0, 20, 0)?.yPx).toBeGreaterThan(middle?.yPx ?? 0);
});

test('nothing behind the camera has a place in the picture', () => {
  expect(
    new Camera({ ...camera, position: [0, 0, 8], panDeg: 0 }, picture).project(0, -10, 0),
  ).toBeUndefined();
});

test('the sky has no ground under it', () => {
  expect(new Camera({ ...camera, tiltDeg: 5 }, picture).ground(320, 2)).toBeUndefined();
});

test('picture to ground undoes ground to picture, with roll and lens distortion too', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -40, max: 40, noNaN: true }),
      fc.double({ min: 8, max: 28, noNaN: true }),
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.double({ min: 0, max: 0.15, noNaN: true }),
      fc.double({ min: 15, max: 60, noNaN: true }),
      (panDeg, tiltDeg, rollDeg, distortion, distance) => {
        const one = new Camera(
          { ...camera, position: [2, -3, 9], panDeg, tiltDeg, rollDeg, distortion },
          picture,
        );
        const pan = (panDeg * Math.PI) / 180;
        const [x, y] = [2 + Math.sin(pan) * distance, -3 + Math.cos(pan) * distance];
        const seen = one.project(x, y, 0);
        if (!seen || seen.yPx < 0 || seen.yPx > 360) return;
        const ground = one.ground(seen.xPx, seen.yPx);
        // The distortion table is good to a thousandth of a pixel, which is millimetres on the ground.
        expect(ground?.[0]).toBeCloseTo(x, 1);
        expect(ground?.[1]).toBeCloseTo(y, 1);
      },
    ),
    { numRuns: 300 },
  );
});
