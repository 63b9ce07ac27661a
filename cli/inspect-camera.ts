// Looks at a camera's configuration with the code that will use it: what no schema can tell, as problems with a place.

import type { CameraConfig } from '../config/camera.ts';
import type { CameraProblem } from '../config/load.ts';
import { calibrationOf } from '../edge-agent/analytics/calibration.ts';
import { CalibrationError } from '../edge-agent/analytics/calibration-points.ts';

/** Points that no camera can see like this: mirrored, exchanged, on one line, or contradicting each other. */
export function inspectCamera({ picture, calibration }: CameraConfig): readonly CameraProblem[] {
  try {
    calibrationOf(picture, calibration);
    return [];
  } catch (error) {
    if (!(error instanceof CalibrationError)) throw error;
    const { point, message } = error;
    const inList = point !== undefined && calibration?.points !== undefined;
    return [{ path: inList ? ['calibration', 'points', point] : ['calibration'], message }];
  }
}
