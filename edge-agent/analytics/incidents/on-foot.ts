// Pedestrians and cyclists where only motor vehicles belong.

import type { Finding } from './finding.ts';
import { timingOf } from './rules.ts';
import { isFastRoad } from './severity.ts';
import type { Member, Traffic } from './traffic.ts';

/** Faster than this nobody goes on foot for long: it is a rider whose machine was not found. */
const RUNNING_KMH = 18;
/** The same in box sizes a second: a person's box is about a metre in size. */
const RUNNING_SIZES_PER_S = 5;
/** A person whose feet are within a machine's box by this share of the machine's width rides it, or gets on or off. */
const RIDER_MARGIN = 0.15;

export function findPedestrians(traffic: Traffic): Finding[] {
  return traffic.members
    .filter((member) => member.view.roadUser === 'person' && !isTooFast(member) && !isRider(member, traffic))
    .map((member) => findingOf('pedestrian', member, traffic));
}

export function findCyclists(traffic: Traffic): Finding[] {
  return traffic.members
    .filter((member) => member.view.roadUser === 'bicycle')
    .map((member) => findingOf('cyclist', member, traffic));
}

function findingOf(kind: 'pedestrian' | 'cyclist', member: Member, { carriageway }: Traffic): Finding {
  const { view } = member;
  const rule = carriageway.rules[kind];
  const isFast = isFastRoad(carriageway.road, carriageway.speedLimitKmh);
  return {
    kind,
    subject: `${view.id}`,
    // Nothing is opened by what is only expected there.
    holds: view.seen && carriageway.containsClearly(view.anchor, view.box) ? 'enter' : 'stay',
    severity: kind === 'pedestrian' ? (isFast ? 'critical' : 'high') : isFast ? 'high' : 'medium',
    confidence: view.confidence,
    // A group crosses as one; a box is about a metre in size.
    timing: timingOf(rule, 4, true),
    region: carriageway.name,
    ...(member.lane === undefined ? {} : { lane: member.lane }),
    roadUser: view.roadUser,
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

function isRider({ view }: Member, { everybody }: Traffic): boolean {
  const { x, y } = view.anchor;
  return everybody.some(({ roadUser, box, id }) => {
    if (id === view.id || (roadUser !== 'motorcycle' && roadUser !== 'bicycle')) return false;
    const margin = RIDER_MARGIN * (box[2] - box[0]);
    return x > box[0] - margin && x < box[2] + margin && y > box[1] && y < box[3] + margin;
  });
}
