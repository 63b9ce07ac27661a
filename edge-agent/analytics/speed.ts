// How fast a road user goes, from its boxes over a long base on the calibrated road, in camera time. A wrong speed is
// worse than none: every doubt ends in a reason instead of a number.

import type { Calibration } from './calibration.ts';
import { groundLength } from './ground-scale.ts';
import { type BoxSighting, groundSightings } from './ground-sightings.ts';
import { fitSteadyMotion } from './steady-motion.ts';

export type SpeedOptions = {
  /** Camera time of the moment whose speed is asked for. Default: half-way between first and last sighting. */
  readonly atMs?: number;
  /** Sightings farther in time from `atMs` than this are left out. Default 2000 ms: a base of up to four seconds. */
  readonly reachMs?: number;
  /** Faster than this is a mistake of the tracker, not a speed. Default 200 km/h. */
  readonly maxSpeedKmh?: number;
};

export type Speed =
  | {
      /** good: stands for itself; fair: for means over many. */
      readonly quality: 'good' | 'fair';
      /** Mean over the base. */
      readonly speedKmh: number;
      /** From the scatter of the places, the calibration and the anchor together. */
      readonly standardErrorKmh: number;
      /** Direction of travel on the ground, radians from x towards y, -π..π. */
      readonly headingRad: number;
      /** Way and time between the first and the last sighting used, and how many were used. */
      readonly baseM: number;
      readonly durationMs: number;
      readonly sightings: number;
    }
  | { readonly quality: 'none'; readonly reason: NoSpeedReason };

/**
 * - `too-few-sightings`, `too-short-time`, `too-short-base`: not seen often, long or far enough on the calibrated road;
 *   a road user that hardly moves has no base either.
 * - `uneven`: no straight way at an even pace, as in a turn or when two road users exchanged their identity.
 * - `uncertain`: the standard error is too large.
 * - `implausible`: faster than `maxSpeedKmh`.
 */
export type NoSpeedReason =
  | 'too-few-sightings'
  | 'too-short-time'
  | 'too-short-base'
  | 'uneven'
  | 'uncertain'
  | 'implausible';

const MIN_SIGHTINGS = 6;
const REACH_MS = 2000;
const MAX_SPEED_KMH = 200;

/**
 * What a speed must stand on. Practice asks for 10 m and 1 s; half of that will do for a mean over many. `error` is
 * the larger of km/h and share of the speed.
 */
const LIMITS = {
  good: { timeMs: 800, baseM: 10, misfit: 1.5, errorKmh: 1.5, errorShare: 0.03 },
  fair: { timeMs: 500, baseM: 5, misfit: 3, errorKmh: 2, errorShare: 0.05 },
} as const;
/** More than this share of places far off the line, and it was not one road user. */
const MAX_OUTLIER_SHARE = 0.25;
/**
 * The lowest point of a box wanders over the road user while the view of it turns. Standard deviation of what that
 * adds to the base, metres: with exact boxes 0.38, 0.11 and 0.42 on the three scenes that come with the project.
 */
const ANCHOR_DRIFT_M = 0.35;

/**
 * Speed of a road user from the sightings of its track, oldest first, boxes in pixels of the calibration's picture.
 *
 * The anchor is the middle of the box's lower edge, taken for the point where the road user touches the ground. It is
 * the near end of it, not its middle, and off to the side where it is seen askew. What stays the same along the base
 * cancels out; what changes while the view turns does not: that bias is largest, a metre or so, for long vehicles
 * close to the camera.
 *
 * The standard error counts in the scatter of the places, how alike it is from frame to frame, the covariance of the
 * calibration and the drift of the anchor. It cannot know of a road that is not flat.
 */
export function estimateSpeed(
  calibration: Calibration,
  sightings: readonly BoxSighting[],
  options: SpeedOptions = {},
): Speed {
  const { reachMs = REACH_MS, maxSpeedKmh = MAX_SPEED_KMH } = options;
  const atMs =
    options.atMs ?? ((sightings[0]?.cameraTimeMs ?? 0) + (sightings.at(-1)?.cameraTimeMs ?? 0)) / 2;
  const near = sightings.filter(({ cameraTimeMs }) => Math.abs(cameraTimeMs - atMs) <= reachMs);
  const places = groundSightings(calibration, near, atMs);
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined || places.length < MIN_SIGHTINGS) {
    return { quality: 'none', reason: 'too-few-sightings' };
  }
  const durationS = last.timeS - first.timeS;
  if (durationS * 1000 < LIMITS.fair.timeMs) return { quality: 'none', reason: 'too-short-time' };
  const motion = fitSteadyMotion(places);
  const length = groundLength(calibration, first.anchor, last.anchor);
  if (motion === undefined || length === undefined) return { quality: 'none', reason: 'uncertain' };

  const { speedMs, velocity, misfit } = motion;
  const speedKmh = speedMs * 3.6;
  const baseM = speedMs * durationS;
  if (baseM < LIMITS.fair.baseM) return { quality: 'none', reason: 'too-short-base' };
  if (misfit > LIMITS.fair.misfit || motion.outlierShare > MAX_OUTLIER_SHARE) {
    return { quality: 'none', reason: 'uneven' };
  }
  if (!(speedKmh <= maxSpeedKmh)) return { quality: 'none', reason: 'implausible' };
  const standardErrorKmh =
    3.6 * Math.hypot(motion.speedErrorMs, length.errorM / durationS, ANCHOR_DRIFT_M / durationS);
  const quality = (['good', 'fair'] as const).find((each) => {
    const { timeMs, baseM: leastM, misfit: most, errorKmh, errorShare } = LIMITS[each];
    const mostKmh = Math.max(errorKmh, errorShare * speedKmh);
    return durationS * 1000 >= timeMs && baseM >= leastM && misfit <= most && standardErrorKmh <= mostKmh;
  });
  if (quality === undefined) return { quality: 'none', reason: 'uncertain' };
  return {
    quality,
    speedKmh,
    standardErrorKmh,
    headingRad: Math.atan2(velocity[1], velocity[0]),
    baseM,
    durationMs: durationS * 1000,
    sightings: places.length,
  };
}
