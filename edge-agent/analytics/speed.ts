// How fast a road user goes at a moment, from its boxes over a long base on the calibrated road, in camera time. A
// wrong speed is worse than none: every doubt ends in a reason instead of a number.

import type { RoadUser } from '../../contract/index.ts';
import type { Calibration } from './calibration.ts';
import { groundLength } from './ground-scale.ts';
import { type BoxSighting, groundSightings } from './ground-sightings.ts';
import { fitLocalMotion, speedErrorMs, velocityAt } from './local-motion.ts';
import { type Middles, middlesOf } from './middles.ts';

export type SpeedOptions = {
  /** Camera time of the moment whose speed is asked for. Default: half-way between first and last sighting. */
  readonly atMs?: number;
  /** What it is: its usual size tells which part of it the boxes touch. Default: unknown, which costs accuracy. */
  readonly roadUser?: RoadUser;
  /** Sightings farther in time from `atMs` than this are left out. Default 2000 ms: a base of up to four seconds. */
  readonly reachMs?: number;
  /** Faster than this is a mistake of the tracker, not a speed. Default 200 km/h. */
  readonly maxSpeedKmh?: number;
};

export type Speed =
  | {
      /** good: stands for itself; fair: for means over many. */
      readonly quality: 'good' | 'fair';
      /** At the moment. */
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
 * - `uneven`: no way that a road user can go, as when two exchanged their identity.
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

/** What a speed must stand on. `error` is the larger of km/h and share of the speed. */
const LIMITS = {
  good: { timeMs: 600, baseM: 4, misfit: 1.5, errorKmh: 1.5, errorShare: 0.02 },
  fair: { timeMs: 500, baseM: 2, misfit: 3, errorKmh: 2.5, errorShare: 0.05 },
} as const;
/** More than this share of places far off the way, and it was not one road user. */
const MAX_OUTLIER_SHARE = 0.25;
/** The same of the places nearest to the moment: a track may have changed to another road user just before it. */
const MAX_OUTLIER_SHARE_NOW = 0.45;
/**
 * The lowest point of a box wanders over the road user while the view of it turns. Standard deviation of what that
 * adds to the base, metres, while the road user's size is not known; and, where it is, of what the usual size leaves,
 * with the share of the correction that it may be wrong by. From exact boxes on nine scenes.
 */
const DRIFT = { unknownM: 0.35, knownM: 0.15, share: 0.3 } as const;

/**
 * Speed of a road user from the sightings of its track, oldest first, boxes in pixels of the calibration's picture.
 *
 * The anchor, the middle of the box's lower edge, is the near end of the road user, not its middle, and off to the
 * side where it is seen askew. Where `roadUser` is given and the camera's pose known, the way of the middle is found
 * with its usual size. Around the moment acceleration and turn are taken as even and gently changing, so the speed is
 * that of the moment also where sightings are all before it.
 *
 * The standard error counts in the scatter of the places, how alike it is from frame to frame, the covariance of the
 * calibration and what is not known of the anchor. It cannot know of a road that is not flat.
 */
export function estimateSpeed(
  calibration: Calibration,
  sightings: readonly BoxSighting[],
  options: SpeedOptions = {},
): Speed {
  const { reachMs = REACH_MS, maxSpeedKmh = MAX_SPEED_KMH, roadUser } = options;
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
  const length = groundLength(calibration, first.anchor, last.anchor);
  const anchors = fitLocalMotion(places);
  if (anchors === undefined || length === undefined) return { quality: 'none', reason: 'uncertain' };
  const middles = roadUser && middlesOf(calibration, places, anchors, roadUser);
  const motion = middles?.motion ?? anchors;

  const [vx, vy] = velocityAt(motion, 0);
  const speedMs = Math.hypot(vx, vy);
  const speedKmh = speedMs * 3.6;
  const baseM = length.lengthM;
  if (baseM < LIMITS.fair.baseM) return { quality: 'none', reason: 'too-short-base' };
  const { misfit, outlierShare, outlierShareNow } = motion;
  if (
    misfit > LIMITS.fair.misfit ||
    outlierShare > MAX_OUTLIER_SHARE ||
    outlierShareNow > MAX_OUTLIER_SHARE_NOW
  ) {
    return { quality: 'none', reason: 'uneven' };
  }
  if (!(speedKmh <= maxSpeedKmh)) return { quality: 'none', reason: 'implausible' };
  const standardErrorKmh =
    3.6 *
    Math.hypot(
      speedErrorMs(motion),
      (length.errorM / baseM) * speedMs,
      driftOf(middles, vx / speedMs, vy / speedMs) / durationS,
    );
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
    headingRad: Math.atan2(vy, vx),
    baseM,
    durationMs: durationS * 1000,
    sightings: places.length,
  };
}

/** Standard deviation of what the anchor's wandering adds to the base, m. */
function driftOf(middles: Middles | undefined, alongX: number, alongY: number): number {
  if (middles === undefined) return DRIFT.unknownM;
  const [x, y] = middles.shift;
  return Math.hypot(DRIFT.knownM, DRIFT.share * (x * alongX + y * alongY));
}
