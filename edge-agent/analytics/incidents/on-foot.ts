// Pedestrians and cyclists where only motor vehicles belong.

import type { Finding } from './finding.ts';
import { timingOf } from './rules.ts';
import { isFastRoad } from './severity.ts';
import { speedOf } from './speeding.ts';
import type { Member, Traffic } from './traffic.ts';

/** Faster than this nobody goes on foot for long: it is a rider whose machine was not found. */
const RUNNING_KMH = 18;
/** The same in box sizes a second: a person's box is about a metre in size. */
const RUNNING_SIZES_PER_S = 5;
/** A person whose feet are within a machine's box by this share of the machine's width rides it, or gets on or off. */
const RIDER_MARGIN = 0.15;
/*
 * On a carriageway detectors take persons for two-wheelers: nearly everything there that is high and narrow is one. But
 * no two-wheeler goes sideways at walking pace.
 */
const WALKING_KMH = { least: 1.5, most: 9 };
const WALKING_SIZES_PER_S = { least: 0.3, most: 2.5 };
/** Over this time and at least so far, in metres or box sizes; its angle to the traffic is from the first to 180 less it. */
const CROSSING_MS = 1500;
const CROSSING_M = 1.2;
const CROSSING_SIZES = 0.8;
const CROSSING_DEG = 45;
/*
 * Detectors tell bicycles from motorcycles badly. But nobody rides a motorcycle along a motorway this slowly while the
 * others drive, and nobody pedals faster for long.
 */
const PEDALLED_KMH = { least: 7, most: 30 };
const PEDALLED_MS = 2000;
const TRAFFIC_DRIVES_KMH = 40;
const PEDALLED_CONFIDENCE = 0.8;
/** Half as sure: it may be somebody who turns, or pushes a machine. */
const CROSSING_CONFIDENCE = 0.7;

/**
 * Who has not moved since he was first seen opens nothing: the back of a signal head, a bin or a hydrant is taken for a
 * person for hours, and never moves. Who stands on the carriageway has walked there.
 */
export function findPedestrians(traffic: Traffic): Finding[] {
  return traffic.members.flatMap((member): Finding[] => {
    const { view } = member;
    switch (view.roadUser) {
      case 'person':
        return isTooFast(member) || isRider(member, traffic)
          ? []
          : [findingOf('pedestrian', member, traffic, { counts: member.hasMoved, share: 1 })];
      case 'motorcycle':
      case 'bicycle':
        return isWalking(member)
          ? [
              findingOf('pedestrian', member, traffic, {
                counts: goesAcross(member, traffic),
                share: CROSSING_CONFIDENCE,
              }),
            ]
          : [];
      default:
        return [];
    }
  });
}

export function findCyclists(traffic: Traffic): Finding[] {
  return traffic.members.flatMap((member): Finding[] => {
    const { roadUser } = member.view;
    if (roadUser === 'bicycle') {
      return [findingOf('cyclist', member, traffic, { counts: member.hasMoved, share: 1 })];
    }
    return roadUser === 'motorcycle' && isPedalled(member, traffic)
      ? [findingOf('cyclist', member, traffic, { counts: true, share: PEDALLED_CONFIDENCE })]
      : [];
  });
}

/** A two-wheeler on a motorway at a cyclist's speed, while all others there drive. */
function isPedalled(member: Member, { carriageway, members }: Traffic): boolean {
  if (carriageway.road !== 'motorway') return false;
  const speed = speedOf(member.past, PEDALLED_MS);
  if (speed === undefined) return false;
  const { speedKmh, errorKmh } = speed;
  if (speedKmh - errorKmh < PEDALLED_KMH.least || speedKmh + errorKmh > PEDALLED_KMH.most) return false;
  return members.every(
    (other) =>
      other === member || !other.isVehicle || (other.view.motion.ground?.speedKmh ?? 0) > TRAFFIC_DRIVES_KMH,
  );
}

function findingOf(
  kind: 'pedestrian' | 'cyclist',
  { view, lane }: Member,
  { carriageway }: Traffic,
  { counts, share }: { readonly counts: boolean; readonly share: number },
): Finding {
  const isFast = isFastRoad(carriageway.road, carriageway.speedLimitKmh);
  return {
    kind,
    subject: `${view.id}`,
    // Nothing is opened by what is only expected there.
    holds: counts && view.seen && carriageway.containsClearly(view.anchor, view.box) ? 'enter' : 'stay',
    severity: kind === 'pedestrian' ? (isFast ? 'critical' : 'high') : isFast ? 'high' : 'medium',
    confidence: view.confidence * share,
    // A group crosses as one; a box is about a metre in size.
    timing: timingOf(carriageway.rules[kind], 8, true),
    region: carriageway.name,
    ...(lane === undefined ? {} : { lane }),
    roadUser: kind === 'pedestrian' ? 'person' : 'bicycle',
    tracks: [view.track],
    box: view.box,
    measures: view.motion.ground === undefined ? {} : { speedKmh: view.motion.ground.speedKmh },
  };
}

function isTooFast({ view: { motion } }: Member): boolean {
  return motion.ground === undefined
    ? motion.sizesPerS > RUNNING_SIZES_PER_S
    : motion.ground.speedKmh > RUNNING_KMH;
}

/** Whether it moves at walking pace. */
export function isWalking({ view: { motion } }: Member): boolean {
  return motion.ground === undefined
    ? motion.sizesPerS > WALKING_SIZES_PER_S.least && motion.sizesPerS < WALKING_SIZES_PER_S.most
    : motion.ground.speedKmh > WALKING_KMH.least && motion.ground.speedKmh < WALKING_KMH.most;
}

/** Whether its way of the last moments leads across the traffic's. */
function goesAcross({ past, size }: Member, { carriageway }: Traffic): boolean {
  const last = past.at(-1);
  const first = past.findLast(
    ({ moment }) => last !== undefined && last.moment.cameraTimeMs - moment.cameraTimeMs >= CROSSING_MS,
  );
  if (last === undefined || first === undefined) return false;
  const onGround =
    carriageway.groundDirection !== undefined && last.ground !== undefined && first.ground !== undefined;
  const direction = onGround ? carriageway.groundDirection : carriageway.direction;
  if (direction === undefined) return false;
  const [x, y] =
    onGround && last.ground && first.ground
      ? [last.ground[0] - first.ground[0], last.ground[1] - first.ground[1]]
      : [last.anchor.x - first.anchor.x, last.anchor.y - first.anchor.y];
  const length = Math.hypot(x, y);
  if (length < (onGround ? CROSSING_M : CROSSING_SIZES * size)) return false;
  const along = Math.abs(x * direction.x + y * direction.y) / length;
  return along < Math.cos((CROSSING_DEG * Math.PI) / 180);
}

function isRider({ view }: Member, { everybody }: Traffic): boolean {
  const { x, y } = view.anchor;
  return everybody.some(({ roadUser, box, id }) => {
    if (id === view.id || (roadUser !== 'motorcycle' && roadUser !== 'bicycle')) return false;
    const margin = RIDER_MARGIN * (box[2] - box[0]);
    return x > box[0] - margin && x < box[2] + margin && y > box[1] && y < box[3] + margin;
  });
}
