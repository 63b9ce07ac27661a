// Two-wheelers parked at the roadside: part of the scenery, so no frame's truth lists them. Who judges detections or
// tracks leaves these places out: what is found there is neither right nor wrong.

import { buildLayout } from '../layout/layout.ts';
import { seededRandom } from '../random.ts';
import { scooterModel } from '../scene/vehicles/two-wheelers.ts';
import type { Scene } from '../scene-file.ts';
import { Camera } from './camera.ts';

export type ParkedObject = {
  readonly kind: 'scooter';
  /** Metres. */
  readonly ground: readonly [number, number];
  /** x1, y1, x2, y2 in pixels of the picture, clipped to it, as if nothing stood in front. */
  readonly box: readonly [number, number, number, number];
};

/** Those in the picture of a scene's camera. */
export function parkedObjects(scene: Pick<Scene, 'layout' | 'seed' | 'camera' | 'picture'>): ParkedObject[] {
  const camera = new Camera(scene.camera, scene.picture);
  const { width, height } = scene.picture;
  return buildLayout(scene.layout, scene.seed).furniture.flatMap(({ kind, x, y, headingRad }) => {
    if (kind !== 'parked-scooter') return [];
    const { corners } = scooterModel(seededRandom(0), true).mesh;
    const [cos, sin] = [Math.cos(headingRad), Math.sin(headingRad)];
    const bounds: [number, number, number, number] = [width, height, 0, 0];
    for (let i = 0; i < corners.length; i += 3) {
      const [forward = 0, up = 0, right = 0] = corners.subarray(i, i + 3);
      const at = camera.project(x + cos * forward + sin * right, y + sin * forward - cos * right, up);
      if (!at) return [];
      bounds[0] = Math.min(bounds[0], Math.max(0, at.xPx));
      bounds[1] = Math.min(bounds[1], Math.max(0, at.yPx));
      bounds[2] = Math.max(bounds[2], Math.min(width, at.xPx));
      bounds[3] = Math.max(bounds[3], Math.min(height, at.yPx));
    }
    if (bounds[2] - bounds[0] < 1 || bounds[3] - bounds[1] < 1) return [];
    return [{ kind: 'scooter' as const, ground: [x, y] as const, box: bounds }];
  });
}
