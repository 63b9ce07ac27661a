// From one camera's configuration to its analytics: what is counted, measured and watched in its picture.

import type { CameraConfig } from '../config/camera.ts';
import { zoneOptions } from '../config/zones.ts';
import type { RoadUser } from '../contract/index.ts';
import { calibrationOf, toGround } from './analytics/calibration.ts';
import { CameraAnalytics } from './analytics/camera-analytics.ts';
import { CameraFaults } from './analytics/camera-faults.ts';
import { Incidents } from './analytics/incidents/incidents.ts';
import { Journeys } from './analytics/journeys.ts';
import type { Observer } from './analytics/observation.ts';
import { ZoneIntervals } from './analytics/zone-intervals.ts';

/** Frames further apart than this many frame times leave a hole in what was observed. */
const MISSED_FRAME_TIMES = 2.5;
const LEAST_GAP_MS = 1000;

/** Frames of a camera that are further apart leave a gap, ms. */
export function maxFrameGapMsOf({ source }: Pick<CameraConfig, 'source'>): number {
  return Math.max(LEAST_GAP_MS, (MISSED_FRAME_TIMES * 1000) / source.analysisFps);
}

/**
 * @param roadUsers what the camera's model can tell apart
 * @param more observers after those that the camera's file asks for
 * @throws RangeError for impossible lines, CalibrationError for points that no camera can see like this
 */
export function composeAnalytics(
  camera: CameraConfig,
  roadUsers: readonly RoadUser[],
  more: readonly Observer[] = [],
): CameraAnalytics {
  const calibration = calibrationOf(camera.picture, camera.calibration);
  const { enabled, ...rules } = camera.pictureCheck;
  const intervalMs = camera.intervalS * 1000;
  const maxFrameGapMs = maxFrameGapMsOf(camera);
  return new CameraAnalytics({
    camera: camera.camera,
    picture: camera.picture,
    lines: camera.lines,
    ...(calibration === undefined ? {} : { calibration }),
    accuracy: camera.accuracy,
    observers: [
      new ZoneIntervals({
        camera: camera.camera,
        zones: zoneOptions(camera.zones, camera.lines),
        roadUsers,
        picture: camera.picture,
        region: camera.source.region,
        calibration,
        intervalMs,
        maxFrameGapMs,
      }),
      new Journeys({ camera: camera.camera }),
      new Incidents({
        camera: camera.camera,
        carriageways: camera.carriageways,
        picture: camera.picture,
        toGround: calibration && (({ x, y }) => toGround(calibration, [x, y])),
        calibration,
        timeZone: camera.incidents.timeZone,
        updateMs: camera.incidents.updateS * 1000,
      }),
      ...more,
    ],
    ...(enabled ? { faults: new CameraFaults({ camera: camera.camera, rules }) } : {}),
    intervalMs,
    roadUsers,
    maxFrameGapMs,
  });
}
