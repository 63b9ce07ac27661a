// Who is on one carriageway in one frame, with how each came there: what all rules look at.

import type { BoxCorners, Point } from '../counting-line.ts';
import type { Moment, Observation, RoadUserView } from '../observation.ts';
import type { Carriageway } from './carriageway.ts';
import type { MotionHistory, PastPlace } from './motion-history.ts';

export type Member = {
  readonly view: RoadUserView;
  readonly lane: string | undefined;
  /** Square root of its box's area, px. */
  readonly size: number;
  /** Stands: its box rests, or it is slower than 5 km/h (SUMO's halting speed). */
  readonly halts: boolean;
  readonly isVehicle: boolean;
  /** Has been seen to move since it was first seen. */
  readonly hasMoved: boolean;
  /** Its newest sightings, oldest first. */
  readonly past: readonly PastPlace[];
};

export type Traffic = {
  readonly moment: Moment;
  readonly watchedSince: Moment;
  readonly carriageway: Carriageway;
  /** Everybody whose wheels or feet are on the carriageway. */
  readonly members: readonly Member[];
  /** Everybody in the picture, also beside it. */
  readonly everybody: readonly RoadUserView[];
};

/** SUMO's lane area detectors: halting below 5/3.6 m/s. */
export const HALTING_KMH = 5;
/** The same where nothing is calibrated: a car is about two sizes long. */
const HALTING_SIZES_PER_S = 0.25;

export function trafficOn(
  carriageway: Carriageway,
  observation: Observation,
  history: MotionHistory,
): Traffic {
  const members = observation.roadUsers.flatMap((view): Member[] => {
    if (!carriageway.contains(view.anchor)) return [];
    return [
      {
        view,
        lane: carriageway.laneAt(view.anchor),
        size: sizeOf(view.box),
        halts: isHalting(view),
        isVehicle: view.roadUser !== 'person' && view.roadUser !== 'bicycle',
        hasMoved: history.hasMoved(view.id),
        past: history.of(view.id),
      },
    ];
  });
  return {
    moment: { cameraTimeMs: observation.cameraTimeMs, capturedAtMs: observation.capturedAtMs },
    watchedSince: observation.watchedSince,
    carriageway,
    members,
    everybody: observation.roadUsers,
  };
}

export function sizeOf(box: BoxCorners): number {
  return Math.sqrt(Math.max(1, (box[2] - box[0]) * (box[3] - box[1])));
}

function isHalting({ motion }: RoadUserView): boolean {
  return (
    motion.standsSince !== undefined ||
    (motion.ground === undefined
      ? motion.sizesPerS < HALTING_SIZES_PER_S
      : motion.ground.speedKmh < HALTING_KMH)
  );
}

/**
 * Distance between two road users: metres on the ground where it is known, else by their boxes, with a box's size
 * for the 2 metres that a car is wide and high.
 */
export function distanceM(a: Member, b: Member): number {
  const [p, q] = [a.view.ground, b.view.ground];
  if (p !== undefined && q !== undefined) return Math.hypot(p[0] - q[0], p[1] - q[1]);
  return (apart(a.view.anchor, b.view.anchor) / Math.max(a.size, b.size)) * SIZE_M;
}

/** What a box's size is taken for where nothing is calibrated, metres. */
export const SIZE_M = 2;

function apart(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Half a lane and what an anchor is off by, metres: beside each other rather than one behind the other. */
const BESIDE_M = 2.2;

/** Whether one road user is in front of another in its lane, no farther than `withinM`. */
export function isAheadOf(other: Member, member: Member, carriageway: Carriageway, withinM: number): boolean {
  const { aheadM, asideM } = lieOf(other, member, carriageway) ?? { aheadM: 0, asideM: 0 };
  return aheadM > 0 && aheadM <= withinM && asideM <= BESIDE_M;
}

/** Where one road user is from another along the traffic and across it, metres; undefined without a direction. */
export function lieOf(
  other: Member,
  member: Member,
  { direction, groundDirection }: Carriageway,
): { readonly aheadM: number; readonly asideM: number } | undefined {
  const [p, q] = [other.view.ground, member.view.ground];
  const onGround = p !== undefined && q !== undefined && groundDirection !== undefined;
  const along = onGround ? groundDirection : direction;
  if (along === undefined) return undefined;
  const perM = onGround ? 1 : Math.max(other.size, member.size) / SIZE_M;
  const [x, y] = onGround
    ? [p[0] - q[0], p[1] - q[1]]
    : [other.view.anchor.x - member.view.anchor.x, other.view.anchor.y - member.view.anchor.y];
  return {
    aheadM: (x * along.x + y * along.y) / perM,
    asideM: Math.abs(x * along.y - y * along.x) / perM,
  };
}
