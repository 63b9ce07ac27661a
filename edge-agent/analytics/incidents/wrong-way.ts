// Drives against the direction of the carriageway: for a time, over a distance and at an angle, all three.

import type { Point } from '../counting-line.ts';
import type { Moment } from '../observation.ts';
import type { Carriageway } from './carriageway.ts';
import { evenMotionOf } from './even-motion.ts';
import type { Finding } from './finding.ts';
import type { PastPlace } from './motion-history.ts';
import { isWalking } from './on-foot.ts';
import { timingOf } from './rules.ts';
import type { Member, Traffic } from './traffic.ts';

/** No single step makes up more of the way than this: a track that jumps to the vehicle behind did not drive there. */
const LARGEST_STEP_SHARE = 0.4;
/** At least this share of the steps go against the traffic, too. */
const BACKWARD_SHARE = 0.7;
/** The way is at least this many box sizes long in the picture: less can be a box that is not exact. */
const LEAST_SIZES = 0.6;
/** Off a straight and even motion by this share of the way, root mean square: more is a track that strays in a jam. */
const LARGEST_ERROR_SHARE = 0.06;
/** Detections that are less sure than this on average are not enough for an alarm of this kind. */
const LEAST_CONFIDENCE = 0.3;
/**
 * In metres at its place, its box does not grow or shrink by more than this factor on the way. What does is no vehicle that
 * drives away but a box that steps from one of a row of standing vehicles, half hidden, to the next.
 */
const LARGEST_GROWTH = 1.35;
/** A way with a hole longer than this is not one way, ms. */
const LONGEST_HOLE_MS = 1500;

export function findWrongWay({ carriageway, members, moment }: Traffic): Finding[] {
  const rule = carriageway.rules.wrongWay;
  return members.flatMap((member): Finding[] => {
    const { view } = member;
    if (!member.isVehicle || member.halts || view.confidence < LEAST_CONFIDENCE) return [];
    // Somebody on foot, or who pushes a machine, goes any way; see on-foot.ts.
    if (view.roadUser === 'motorcycle' && isWalking(member)) return [];
    const way = wrongWayOf(member, carriageway, moment);
    if (way === undefined) return [];
    return [
      {
        kind: 'wrong-way',
        subject: `${view.id}`,
        holds: 'enter',
        onset: way.onset,
        severity: 'critical',
        confidence: view.confidence,
        timing: timingOf(rule, 2),
        region: carriageway.name,
        ...(member.lane === undefined ? {} : { lane: member.lane }),
        roadUser: view.roadUser,
        tracks: [view.track],
        box: view.box,
        measures: {
          ...(way.isMetres ? { distanceM: way.distance } : { distanceSizes: way.distance }),
          angleDeg: way.angleDeg,
          ...(view.motion.ground === undefined ? {} : { speedKmh: view.motion.ground.speedKmh }),
        },
      },
    ];
  });
}

/** The shortest newest way of a road user that is wrong; undefined when there is none. */
function wrongWayOf(
  { past, size }: Member,
  carriageway: Carriageway,
  now: Moment,
):
  | {
      readonly onset: Moment;
      readonly distance: number;
      readonly isMetres: boolean;
      readonly angleDeg: number;
    }
  | undefined {
  const { wrongWay: rule } = carriageway.rules;
  const last = past.at(-1);
  if (last === undefined || now.cameraTimeMs - last.moment.cameraTimeMs > LONGEST_HOLE_MS) return undefined;
  const onGround = carriageway.groundDirection !== undefined && last.ground !== undefined;
  const direction = onGround ? carriageway.groundDirection : carriageway.direction;
  if (direction === undefined) return undefined;
  const placeOf = ({ ground, anchor }: PastPlace): Point =>
    onGround && ground !== undefined ? { x: ground[0], y: ground[1] } : anchor;
  const unit = onGround ? 1 : size;
  const needed = onGround ? rule.distanceM : rule.distanceSizes;
  const end = placeOf(last);
  let largest = 0;
  let steps = 0;
  let backward = 0;
  for (let at = past.length - 2; at >= 0; at--) {
    const [from, to] = [past[at] as PastPlace, past[at + 1] as PastPlace];
    if (to.moment.cameraTimeMs - from.moment.cameraTimeMs > LONGEST_HOLE_MS) return undefined;
    if (!carriageway.contains(from.anchor) || (onGround && from.ground === undefined)) return undefined;
    const [a, b] = [placeOf(from), placeOf(to)];
    const step = (b.x - a.x) * direction.x + (b.y - a.y) * direction.y;
    largest = Math.max(largest, Math.hypot(b.x - a.x, b.y - a.y));
    steps++;
    if (step < 0) backward++;
    const [x, y] = [end.x - a.x, end.y - a.y];
    const length = Math.hypot(x, y);
    if (
      length / unit < needed ||
      last.moment.cameraTimeMs - from.moment.cameraTimeMs < rule.afterS * 1000 ||
      Math.hypot(last.anchor.x - from.anchor.x, last.anchor.y - from.anchor.y) < LEAST_SIZES * size
    ) {
      continue;
    }
    const motion = evenMotionOf(
      past.slice(at).map((place) => ({ timeS: place.moment.cameraTimeMs / 1000, ...placeOf(place) })),
    );
    if (motion === undefined || motion.error > LARGEST_ERROR_SHARE * length) continue;
    if (onGround && !isAsLarge(from, last, carriageway)) return undefined;
    const angleDeg = (Math.acos((x * direction.x + y * direction.y) / length) * 180) / Math.PI;
    if (
      angleDeg < rule.angleDeg ||
      largest > LARGEST_STEP_SHARE * length ||
      backward < BACKWARD_SHARE * steps
    ) {
      return undefined;
    }
    return { onset: from.moment, distance: length / unit, isMetres: onGround, angleDeg };
  }
  return undefined;
}

function isAsLarge(from: PastPlace, to: PastPlace, carriageway: Carriageway): boolean {
  const before = from.size * carriageway.metresAcrossPx(from.anchor);
  const now = to.size * carriageway.metresAcrossPx(to.anchor);
  return now <= LARGEST_GROWTH * before && before <= LARGEST_GROWTH * now;
}
