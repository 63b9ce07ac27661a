// The way of a road user's middle, from the places that its boxes touch: the view of it turns as it passes the camera,
// and so does the part of it that is lowest in the picture.

import type { RoadUser } from '../../contract/index.ts';
import type { Calibration } from './calibration.ts';
import type { GroundPoint } from './calibration-points.ts';
import { anchorOffset, footprintBox, type RoadUserSize, sizedBy, USUAL_SIZES } from './footprint.ts';
import type { GroundSighting } from './ground-sightings.ts';
import { fitLocalMotion, type LocalMotion, median, velocityAt } from './local-motion.ts';

export type Middles = {
  readonly motion: LocalMotion;
  /** By how much the anchor moved over the road user from the first sighting to the last, m on the ground. */
  readonly shift: GroundPoint;
};

/** The offset depends on place and heading, which depend on it: the second time they hardly change. */
const PASSES = 2;
/** A box smaller than this share of what its others let expect is partly hidden; its lower edge is not on the road. */
const HIDDEN_SHARE = 0.85;
/** Slower than this share of the speed at the moment, or than this, the velocity tells no heading; m/s. */
const HEADING = { leastShare: 0.3, leastMs: 0.5 } as const;

/**
 * @param places of the anchors
 * @param anchors the motion that they tell of
 * @returns undefined where the camera's pose is not known
 */
export function middlesOf(
  { pose, ...mapping }: Calibration,
  places: readonly GroundSighting[],
  anchors: LocalMotion,
  roadUser: RoadUser,
): Middles | undefined {
  if (pose === undefined) return undefined;
  const usual = USUAL_SIZES[roadUser];
  let motion: LocalMotion | undefined = anchors;
  let middles = places;
  let shift: GroundPoint = [0, 0];
  for (let pass = 0; pass < PASSES && motion !== undefined; pass++) {
    const headingOf = headings(motion);
    const standing = middles.map(({ x, y, timeS }) => ({ x, y, headingRad: headingOf(timeS) }));
    const factors = places.map(({ box }, i) => {
      const expected = footprintBox(pose, standing[i] as (typeof standing)[number], usual);
      return expected === undefined ? Number.NaN : Math.sqrt(areaOf(box) / areaOf(expected));
    });
    const factor = median(factors);
    if (!(factor > 0)) return undefined;
    const size: RoadUserSize = sizedBy(usual, factor);
    const offsets = standing.map((each) => anchorOffset(mapping, pose, each, size));
    middles = places.flatMap((place, i) => {
      const offset = offsets[i];
      return offset === undefined ? [] : [{ ...place, x: place.x - offset[0], y: place.y - offset[1] }];
    });
    if (middles.length < places.length) return undefined;
    const [first, last] = [offsets[0] ?? shift, offsets.at(-1) ?? shift];
    shift = [last[0] - first[0], last[1] - first[1]];
    const whole = middles.filter((_, i) => (factors[i] as number) > HIDDEN_SHARE * factor);
    motion = fitLocalMotion(whole);
  }
  return motion && { motion, shift };
}

/** Where the road user points at a time: where it goes, and where it hardly goes, as at the moment. */
function headings(motion: LocalMotion): (timeS: number) => number {
  const now = velocityAt(motion, 0);
  const least = Math.max(HEADING.leastMs, HEADING.leastShare * Math.hypot(now[0], now[1]));
  return (timeS) => {
    const then = velocityAt(motion, timeS);
    const [x, y] = Math.hypot(then[0], then[1]) > least ? then : now;
    return Math.atan2(y, x);
  };
}

function areaOf([x1, y1, x2, y2]: readonly [number, number, number, number]): number {
  return (x2 - x1) * (y2 - y1);
}
