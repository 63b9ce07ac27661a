// Where the middle of a road user is, seen in the picture: the point that crosses a line of a calibrated camera when the road
// user does, however askew it is seen.

import type { RoadUser } from '../../contract/index.ts';
import { type Calibration, toPicture } from './calibration.ts';
import type { BoxCorners, Point } from './counting-line.ts';
import { anchorOffset, footprintBox, type RoadUserSize, sizedBy, USUAL_SIZES } from './footprint.ts';
import type { PathSighting } from './path.ts';

/** The offset depends on the place, which depends on it: the second time it hardly changes. */
const PASSES = 2;
/** Boxes this near to the picture's border are taken as cut by it: share of the picture's width. */
const BORDER_SHARE = 0.008;

/**
 * With the road user's usual size, scaled to its box, and the way it goes. Undefined where that cannot be told: the box is cut by
 * the picture's border, lies above the horizon, or the calibration does not tell the camera's pose.
 *
 * @param headingRad direction of travel on the ground, from x towards y
 */
export function groundAnchor(
  calibration: Calibration,
  { box, ground }: PathSighting,
  roadUser: RoadUser,
  headingRad: number,
): Point | undefined {
  const { pose } = calibration;
  if (pose === undefined || ground === undefined || isCut(calibration, box)) return undefined;
  const usual = USUAL_SIZES[roadUser];
  let size: RoadUserSize = usual;
  let [x, y] = ground;
  for (let pass = 0; pass < PASSES; pass++) {
    const standing = { x, y, headingRad };
    const expected = footprintBox(pose, standing, usual);
    if (expected !== undefined) size = sizedBy(usual, Math.sqrt(areaOf(box) / areaOf(expected)));
    const offset = anchorOffset(calibration, pose, standing, size);
    if (offset === undefined) return undefined;
    x = ground[0] - offset[0];
    y = ground[1] - offset[1];
  }
  const seen = toPicture(calibration, [x, y]);
  return seen && { x: seen[0], y: seen[1] };
}

function isCut({ picture: { width, height } }: Calibration, [x1, , x2, y2]: BoxCorners): boolean {
  const border = BORDER_SHARE * width;
  return x1 < border || x2 > width - border || y2 > height - border;
}

function areaOf([x1, y1, x2, y2]: BoxCorners): number {
  return (x2 - x1) * (y2 - y1);
}
