// Ground points seen in the picture, for fitting homographies and checking them.

import type { Layout } from '../layout/layout.ts';
import type { Camera, GroundPoint, PicturePoint } from './camera.ts';

/** Points along the middle of every lane, kept apart in the picture so that near and far both count. */
const APART_PX = 40;
const MOST = 24;
const FARTHEST_M = 120;

export function calibrationPoints(
  camera: Camera,
  layout: Layout,
): { picture: [number, number]; ground: [number, number] }[] {
  const points: { picture: PicturePoint; ground: GroundPoint }[] = [];
  for (const route of layout.routes) {
    for (const lane of route.lanesM) {
      for (let along = 0; along < route.path.lengthM; along += 4) {
        const pose = route.path.pose(along, lane);
        const ground: GroundPoint = [round(pose.x), round(pose.y)];
        const seen = camera.project(ground[0], ground[1], 0);
        if (!seen || seen.depthM > FARTHEST_M) continue;
        if (seen.xPx < 4 || seen.xPx > camera.width - 4 || seen.yPx < 4 || seen.yPx > camera.height - 4)
          continue;
        if (points.some(({ picture }) => Math.hypot(picture[0] - seen.xPx, picture[1] - seen.yPx) < APART_PX))
          continue;
        points.push({ picture: [round(seen.xPx), round(seen.yPx)], ground });
      }
    }
  }
  const step = Math.max(1, Math.ceil(points.length / MOST));
  return points
    .filter((_, index) => index % step === 0)
    .map(({ picture, ground }) => ({ picture: [...picture], ground: [...ground] }));
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
