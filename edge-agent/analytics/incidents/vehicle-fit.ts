// What a box is on the road, where the camera's pose is known: where its middle stands, and whether it is high enough for
// a vehicle.

import type { RoadUser } from '../../../contract/index.ts';
import type { GroundMapping } from '../calibration.ts';
import type { GroundPoint } from '../calibration-points.ts';
import type { CameraPose } from '../camera-pose.ts';
import type { BoxCorners, Point } from '../counting-line.ts';
import { footprintBox, middleOnGround, USUAL_SIZES } from '../footprint.ts';

export type PosedCalibration = GroundMapping & { readonly pose: CameraPose | undefined };

export class VehicleFit {
  readonly #calibration: PosedCalibration;

  constructor(calibration: PosedCalibration) {
    this.#calibration = calibration;
  }

  /** @param along the way it points or goes, or the opposite one */
  middle(box: BoxCorners, roadUser: RoadUser, along: Point): GroundPoint | undefined {
    if (this.#calibration.pose === undefined) return undefined;
    return middleOnGround(this.#calibration, box, roadUser, Math.atan2(along.y, along.x));
  }

  /** Height of a box as a share of that of a usual road user at its place; undefined where the pose is not known. */
  heightShare(box: BoxCorners, roadUser: RoadUser, along: Point): number | undefined {
    const { pose } = this.#calibration;
    const middle = this.middle(box, roadUser, along);
    if (pose === undefined || middle === undefined) return undefined;
    const headingRad = Math.atan2(along.y, along.x);
    const usual = footprintBox(pose, { x: middle[0], y: middle[1], headingRad }, USUAL_SIZES[roadUser]);
    return usual && (box[3] - box[1]) / (usual[3] - usual[1]);
  }
}
