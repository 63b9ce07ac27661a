// Where the middle of a road user is, seen in the picture: the point that crosses a line of a calibrated camera when the road
// user does, however askew it is seen.

import type { RoadUser } from '../../contract/index.ts';
import { type Calibration, toPicture } from './calibration.ts';
import type { BoxCorners, Point } from './counting-line.ts';
import { middleOnGround } from './footprint.ts';

/** Boxes this near to the picture's border are taken as cut by it: share of the picture's width. */
const BORDER_SHARE = 0.008;

/**
 * With the road user's usual size and the way it goes. Undefined where that cannot be told: the box is cut by
 * the picture's border, lies above the horizon, or the calibration does not tell the camera's pose.
 *
 * @param headingRad direction of travel on the ground, from x towards y
 */
export function groundAnchor(
  calibration: Calibration,
  box: BoxCorners,
  roadUser: RoadUser,
  headingRad: number,
): Point | undefined {
  if (calibration.pose === undefined || isCut(calibration, box)) return undefined;
  const middle = middleOnGround(calibration, box, roadUser, headingRad);
  const seen = middle && toPicture(calibration, middle);
  return seen && { x: seen[0], y: seen[1] };
}

function isCut({ picture: { width, height } }: Calibration, [x1, , x2, y2]: BoxCorners): boolean {
  const border = BORDER_SHARE * width;
  return x1 < border || x2 > width - border || y2 > height - border;
}
