import { describe, expect, test } from 'vitest';
import { MeshBuilder } from '../../../../scripts/scenes/scene/mesh.ts';
import { Models } from '../../../../scripts/scenes/scene/models.ts';
import { VEHICLE_KINDS } from '../../../../scripts/scenes/scene-file.ts';
import { TRAITS } from '../../../../scripts/scenes/sim/traits.ts';

const models = new Models();

describe.each(VEHICLE_KINDS)('%s', (kind) => {
  test.each([0, 1, 2, 3])(
    'variant %i is as long and wide as the simulation thinks, and stands on the ground',
    (seed) => {
      const { mesh } = models.of({ kind, seed, speedMs: 5, travelledM: 0 }).model;
      const [x, y, z] = [0, 1, 2].map((axis) => range(mesh.corners, axis));
      const { lengthM, widthM } = TRAITS[kind];
      // Buses and trucks come in several lengths; mirrors and handlebars stick out.
      expect((x?.[1] ?? 0) - (x?.[0] ?? 0)).toBeGreaterThan(lengthM * 0.8);
      expect((x?.[1] ?? 0) - (x?.[0] ?? 0)).toBeLessThan(lengthM * 1.15);
      expect((z?.[1] ?? 0) - (z?.[0] ?? 0)).toBeGreaterThan(widthM * 0.85);
      expect((z?.[1] ?? 0) - (z?.[0] ?? 0)).toBeLessThan(widthM * 1.3);
      expect(y?.[0]).toBeCloseTo(0, 1);
    },
  );
});

test.each(['scooter', 'motorcycle', 'bicycle'] as const)(
  'a %s has a rider and a machine, so that both boxes can be told',
  (kind) => {
    const { rider } = models.of({ kind, seed: 1, speedMs: 5, travelledM: 0 }).model.mesh;
    expect(new Set(rider)).toEqual(new Set([0, 1]));
  },
);

test('a walker moves the legs with the way gone, and stands still when standing', () => {
  const key = (travelledM: number, speedMs: number): string =>
    models.of({ kind: 'person', seed: 1, speedMs, travelledM }).key;
  expect(new Set([0, 0.3, 0.6, 0.9, 1.2].map((way) => key(way, 1.3))).size).toBe(5);
  expect(key(0.2, 0)).toBe(key(0.9, 0));
});

test('the faces of solids look outwards: their volume by the divergence theorem is positive and right', () => {
  const mesh = new MeshBuilder();
  mesh.box('paint', [3, 2, -1], [2, 1, 4], undefined, [0.3, 0.5, 0.1]);
  expect(volume(mesh.build().positions)).toBeCloseTo(8, 4);
  const ball = new MeshBuilder();
  ball.ball('paint', [1, 1, 1], [1, 1, 1], undefined, 48, 32);
  expect(volume(ball.build().positions)).toBeCloseTo((4 / 3) * Math.PI, 0);
});

function range(corners: Float32Array, axis: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = axis; i < corners.length; i += 3) {
    low = Math.min(low, corners[i] ?? low);
    high = Math.max(high, corners[i] ?? high);
  }
  return [low, high];
}

function volume(positions: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < positions.length; i += 9) {
    const [ax = 0, ay = 0, az = 0, bx = 0, by = 0, bz = 0, cx = 0, cy = 0, cz = 0] = positions.subarray(
      i,
      i + 9,
    );
    sum += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sum / 6;
}
