import { expect, test } from 'vitest';
import { Rasteriser } from '../../../../scripts/scenes/truth/rasteriser.ts';

const QUAD = Uint32Array.of(0, 1, 2, 0, 2, 3);
/** A rectangle at one depth, metres. */
function quad(x1: number, y1: number, x2: number, y2: number, depthM: number): Float32Array {
  const near = 1 / depthM;
  return Float32Array.of(x1, y1, near, x2, y1, near, x2, y2, near, x1, y2, near);
}

test('a free rectangle covers its pixels once and shows all of them', () => {
  const raster = new Rasteriser(20, 20);
  raster.clear();
  expect(raster.draw(quad(2, 3, 8, 9, 10), QUAD, 7)).toEqual({ px: 36, bounds: [2, 3, 8, 9] });
  expect(raster.visible().get(7)).toEqual({ px: 36, bounds: [2, 3, 8, 9] });
});

test.each([
  ['in front first', [1, 2]],
  ['behind first', [2, 1]],
])('the nearer of two hides the farther whichever is drawn earlier: %s', (_, order) => {
  const raster = new Rasteriser(20, 20);
  raster.clear();
  for (const id of order) raster.draw(id === 1 ? quad(0, 0, 10, 10, 5) : quad(5, 0, 15, 10, 9), QUAD, id);
  expect(raster.visible().get(1)?.px).toBe(100);
  expect(raster.visible().get(2)).toEqual({ px: 50, bounds: [10, 0, 15, 10] });
});

test('scenery hides road users in every frame, and only the part behind it', () => {
  const raster = new Rasteriser(20, 20);
  raster.draw(quad(0, 0, 5, 20, 3), QUAD, 0);
  raster.keepAsBackground();
  for (let frame = 0; frame < 2; frame++) {
    raster.clear();
    expect(raster.draw(quad(0, 0, 10, 10, 9), QUAD, 4).px).toBe(100);
    expect(raster.visible().get(4)).toEqual({ px: 50, bounds: [5, 0, 10, 10] });
  }
});

test('what lies outside the picture counts for nothing, and corners behind the camera are left out', () => {
  const raster = new Rasteriser(10, 10);
  raster.clear();
  expect(raster.draw(quad(-5, -5, 5, 5, 4), QUAD, 1)).toEqual({ px: 25, bounds: [0, 0, 5, 5] });
  expect(
    raster.draw(Float32Array.of(0, 0, -1, 5, 0, 1, 5, 5, 1, 0, 5, 1), Uint32Array.of(0, 1, 2), 2).px,
  ).toBe(0);
});
