// A vehicle that stands on the carriageway, unless it waits: in a queue, behind another one, or before a stop line.

import type { Point } from '../counting-line.ts';
import type { Moment } from '../observation.ts';
import { distanceToSegment } from '../zone-polygon.ts';
import type { Finding } from './finding.ts';
import { timingOf } from './rules.ts';
import { isFastRoad } from './severity.ts';
import { distanceM, isAheadOf, lieOf, type Member, SIZE_M, type Traffic } from './traffic.ts';

/** It is under way again above this speed (the exit of a queue in VISSIM and HCM practice) ... */
const MOVING_KMH = 10;
/** ... or this many box sizes a second, where nothing is calibrated ... */
const MOVING_SIZES_PER_S = 0.8;
/** ... and so many box sizes away from where it stood. */
const LEFT_SIZES = 1.5;
/** A box that strays no farther and comes back within this time, ms, has not left its place: something hid a part of it. */
const STRAYS_MS = 1500;
const STRAYS_SIZES = 0.5;
/** Those who wait one behind the other are no farther apart, metres (anchor to anchor: a bus and a gap). */
const QUEUE_GAP_M = 15;
/** Nobody waits farther than this from the stop line without anybody between, metres. */
const STOP_LINE_M = 12;

/**
 * Not seen for the first, ms, or in fewer of the frames than the second, it opens no incident: others that pass its place may
 * be taken for it. Not seen for the third, ms, nobody knows whether it still stands there.
 */
const SEEN_MS = 500;
const SEEN_SHARE = 0.4;
const HIDDEN_MS = 30_000;

/*
 * So many others that overtake it within the last time, s, show that it does not wait, however many wait behind it: from
 * this far behind it to this far ahead, metres, faster than a queue creeps.
 */
const PASSERS = 2;
const PASSED_WITHIN_MS = 30_000;
const PASSED_M = 3;
const PASSING_KMH = 20;
const MOST_FOLLOWED = 100;

/** Where and since when a vehicle stands. */
type Rest = {
  readonly place: Point;
  /** Where it first stood: it has left when it is away from there, though it may have crept. */
  readonly origin: Point;
  readonly since: Moment;
  /** Frames since it was noticed, and in how many of them it was seen. */
  frames: number;
  seen: number;
  /** It waited for those ahead or at a stop line until then, or stood in a queue. */
  waitedUntil?: Moment;
  queuedUntil?: Moment;
  /** Those who were behind it and drove, and when the newest drove past it. */
  readonly behind: Set<number>;
  passed: readonly Moment[];
  strayedSince?: Moment;
};

/** A vehicle that stood already when watching began counts like any other: it is in the way, whoever saw it stop. */
export class StoppedVehicles {
  readonly #rests = new Map<number, Rest>();

  find(traffic: Traffic, crashed: ReadonlySet<number>): Finding[] {
    const { carriageway, members, moment } = traffic;
    const vehicles = members.filter(({ isVehicle }) => isVehicle);
    const halted = vehicles.filter(({ halts }) => halts);
    const waiting = waitingAtStopLine(traffic, halted);
    return vehicles.flatMap((member): Finding[] => {
      const { view } = member;
      const before = this.#rests.get(view.id);
      const rest = this.#rest(member, moment);
      const hiddenMs = moment.cameraTimeMs - view.lastSeen.cameraTimeMs;
      if (rest === undefined || crashed.has(view.id) || hiddenMs > HIDDEN_MS) return [];
      const left = before !== undefined && hasLeft(member, before, rest);
      if (left) this.#rests.delete(view.id);
      const inLane = halted.filter((other) => other !== member && other.lane === member.lane);
      const standsMs = moment.cameraTimeMs - rest.since.cameraTimeMs;
      if (
        inLane.some((other) => isAheadOf(other, member, carriageway, QUEUE_GAP_M)) ||
        (waiting.has(member) && standsMs < (carriageway.stopLine?.longestWaitMs ?? 0))
      ) {
        rest.waitedUntil = moment;
      }
      if (inLane.length >= carriageway.rules.stoppedVehicle.queueVehicles) rest.queuedUntil = moment;
      watchPassers(rest, member, { carriageway, vehicles, moment });
      const queuedUntil = rest.passed.length >= PASSERS ? undefined : rest.queuedUntil;
      const onset = latest(rest.waitedUntil, queuedUntil) ?? rest.since;
      const isWaiting = onset === moment;
      rest.frames++;
      if (view.seen) rest.seen++;
      const isSeen = hiddenMs <= SEEN_MS && rest.seen >= SEEN_SHARE * rest.frames;
      const isThere =
        rest.strayedSince === undefined && !isMoving(member) && isSeen && carriageway.holdsStanding(view);
      const holds = left ? 'over' : isThere && !isWaiting ? 'enter' : 'stay';
      return [this.#finding(member, traffic, { holds, onset, standsMs, others: inLane.length })];
    });
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.#rests.delete(id);
  }

  clear(): void {
    this.#rests.clear();
  }

  #finding(
    member: Member,
    { carriageway }: Traffic,
    {
      holds,
      onset,
      standsMs,
      others,
    }: Pick<Finding, 'holds'> & { onset: Moment; standsMs: number; others: number },
  ): Finding {
    const { view } = member;
    return {
      kind: 'stopped-vehicle',
      subject: `${view.id}`,
      holds,
      onset,
      severity: isFastRoad(carriageway.road, carriageway.speedLimitKmh) ? 'high' : 'medium',
      confidence: view.confidence,
      timing: timingOf(carriageway.rules.stoppedVehicle, 0.75),
      region: carriageway.name,
      ...(member.lane === undefined ? {} : { lane: member.lane }),
      roadUser: view.roadUser,
      tracks: [view.track],
      box: view.box,
      measures: { standsS: standsMs / 1000, othersHalted: others },
    };
  }

  /** Where it rests: kept while its box strays for a moment, begun anew when it comes to rest elsewhere. */
  #rest({ view, size }: Member, moment: Moment): Rest | undefined {
    const since = view.motion.standsSince;
    const known = this.#rests.get(view.id);
    if (known !== undefined) {
      const away = Math.hypot(view.anchor.x - known.place.x, view.anchor.y - known.place.y);
      if (away <= STRAYS_SIZES * size) {
        delete known.strayedSince;
        return known;
      }
      known.strayedSince ??= moment;
      const strayedMs = moment.cameraTimeMs - known.strayedSince.cameraTimeMs;
      if (strayedMs <= STRAYS_MS || since === undefined) return known;
    }
    if (since === undefined) return undefined;
    const rest: Rest = {
      place: view.anchor,
      origin: known?.origin ?? view.anchor,
      since,
      frames: 0,
      seen: 0,
      behind: new Set(),
      passed: [],
    };
    this.#rests.set(view.id, rest);
    return rest;
  }
}

function watchPassers(
  rest: Rest,
  member: Member,
  {
    carriageway,
    vehicles,
    moment,
  }: Pick<Traffic, 'carriageway' | 'moment'> & { readonly vehicles: readonly Member[] },
): void {
  const passed: Moment[] = [];
  for (const other of vehicles) {
    const { id, seen, motion } = other.view;
    const aheadM = other === member || !seen ? undefined : lieOf(other, member, carriageway)?.aheadM;
    if (aheadM === undefined || (motion.ground?.speedKmh ?? 0) < PASSING_KMH) continue;
    if (aheadM < -PASSED_M && rest.behind.size < MOST_FOLLOWED) rest.behind.add(id);
    else if (aheadM > PASSED_M && rest.behind.delete(id)) passed.push(moment);
  }
  const sinceMs = moment.cameraTimeMs - PASSED_WITHIN_MS;
  rest.passed = [...rest.passed, ...passed].filter(({ cameraTimeMs }) => cameraTimeMs >= sinceMs);
}

function latest(a: Moment | undefined, b: Moment | undefined): Moment | undefined {
  return a === undefined || (b !== undefined && b.cameraTimeMs > a.cameraTimeMs) ? b : a;
}

/** Whether it is under way, or rests elsewhere by now. */
function hasLeft(member: Member, before: Rest, rest: Rest): boolean {
  const { view, size } = member;
  const away = Math.hypot(view.anchor.x - before.origin.x, view.anchor.y - before.origin.y);
  return view.seen && away > LEFT_SIZES * size && (isMoving(member) || rest !== before);
}

function isMoving({ view: { motion } }: Member): boolean {
  return motion.ground === undefined
    ? motion.sizesPerS > MOVING_SIZES_PER_S
    : motion.ground.speedKmh > MOVING_KMH;
}

/** Those who stand at the stop line, and those who stand behind them one after the other. */
export function waitingAtStopLine({ carriageway }: Traffic, halted: readonly Member[]): ReadonlySet<Member> {
  const line = carriageway.stopLine;
  const waiting = new Set<Member>();
  if (line === undefined) return waiting;
  for (const member of halted) {
    const { view, size } = member;
    // A size of the box is about two metres there, along the view too as far as one line of vehicles goes.
    const awayM = (distanceToSegment(view.anchor, line.from, line.to) / size) * SIZE_M;
    if (awayM <= STOP_LINE_M) waiting.add(member);
  }
  for (const member of waiting) {
    for (const other of halted) {
      if (!waiting.has(other) && distanceM(member, other) <= QUEUE_GAP_M) waiting.add(other);
    }
  }
  return waiting;
}
