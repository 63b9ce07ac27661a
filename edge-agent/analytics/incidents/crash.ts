// A crash, as far as boxes show it: vehicles that were under way, one of which came to a stand on less road than brakes
// need, stand together afterwards with nobody standing ahead of them.

import type { BoxCorners } from '../counting-line.ts';
import type { Moment } from '../observation.ts';
import type { Carriageway } from './carriageway.ts';
import type { Finding } from './finding.ts';
import type { PastPlace } from './motion-history.ts';
import { timingOf } from './rules.ts';
import { speedOf } from './speeding.ts';
import { distanceM, isAheadOf, type Member, type Traffic } from './traffic.ts';

type Stop = {
  /** Since when it stands, how hard it braked before that, m/s², and from which speed. */
  readonly moment: Moment;
  readonly brakingMs2: number;
  readonly fromKmh: number;
};

/** Those who crashed into each other came to a stand within this time, ms. */
const TOGETHER_MS = 4000;
/** Anchors of two that touch are this far apart at most: a bus and a little. */
const TOUCH_M = 9;
/** Boxes that touch are no farther apart than this share of the smaller one's size. */
const TOUCH_SHARE = 0.15;
/** Nobody stands this far ahead of them, metres: otherwise they came to the end of a queue. */
const AHEAD_M = 30;
/** The speed before a stop is that of at most so long ago, ms: before that there was another reason to brake. */
const BEFORE_MS = 6000;
/** A place is known to about this, metres: the shortest way to stop that can be told. */
const LEAST_WAY_M = 1;
/** Stops are forgotten when their vehicles have been gone for this long, ms. */
const FORGET_MS = 30_000;

export class Crashes {
  readonly #stops = new Map<number, Stop & { seenMs: number }>();
  /** Since when somebody stands who has been looked at: once is enough for a stand. */
  readonly #lookedAt = new Map<number, number>();
  /** Crashes that were found, and when their vehicles were last seen there. */
  readonly #found = new Map<string, { finding: Finding; seenMs: number }>();

  find(traffic: Traffic): Finding[] {
    const { carriageway, members, moment } = traffic;
    if (!carriageway.isCalibrated) return [];
    const vehicles = members.filter(({ isVehicle }) => isVehicle);
    for (const member of vehicles) this.#watch(member, carriageway, moment);
    for (const [id, { seenMs }] of this.#stops) {
      if (moment.cameraTimeMs - seenMs > FORGET_MS) this.forget([id]);
    }
    const stopped = vehicles.filter(({ view }) => this.#stops.has(view.id));
    const used = new Set<Member>();
    const findings: Finding[] = [];
    for (const a of stopped) {
      const b = stopped.find(
        (other) => other !== a && !used.has(other) && this.#isCrash(a, other, vehicles, carriageway),
      );
      if (b === undefined || used.has(a)) continue;
      used.add(a).add(b);
      findings.push(this.#finding(a, b, carriageway));
    }
    for (const finding of findings) {
      this.#found.set(finding.subject, { finding, seenMs: moment.cameraTimeMs });
    }
    return [...findings, ...this.#lasting(findings, vehicles, moment)];
  }

  /** Those who crashed, as ids: they stand for a reason that is told already. */
  involved(findings: readonly Finding[]): ReadonlySet<number> {
    return new Set(findings.flatMap(({ subject }) => subject.split(',').map(Number)));
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) {
      this.#stops.delete(id);
      this.#lookedAt.delete(id);
    }
  }

  clear(): void {
    this.#stops.clear();
    this.#lookedAt.clear();
    this.#found.clear();
  }

  /** Found before, and somebody still stands there, whoever it is by now: the jam behind hides much. */
  #lasting(findings: readonly Finding[], vehicles: readonly Member[], moment: Moment): Finding[] {
    const lasting: Finding[] = [];
    for (const [subject, found] of this.#found) {
      if (findings.some((finding) => finding.subject === subject)) continue;
      const { box } = found.finding;
      if (vehicles.some(({ halts, view }) => halts && isSamePlace(view.box, box))) {
        found.seenMs = moment.cameraTimeMs;
        lasting.push({ ...found.finding, holds: 'stay' });
      } else if (moment.cameraTimeMs - found.seenMs > FORGET_MS) {
        this.#found.delete(subject);
      }
    }
    return lasting;
  }

  #watch({ view, past, halts }: Member, { rules }: Carriageway, moment: Moment): void {
    const known = this.#stops.get(view.id);
    if (known !== undefined) {
      known.seenMs = moment.cameraTimeMs;
      if (!halts) this.#stops.delete(view.id);
      return;
    }
    const since = view.motion.standsSince;
    if (!halts || !view.seen || since === undefined) return;
    if (this.#lookedAt.get(view.id) === since.cameraTimeMs) return;
    this.#lookedAt.set(view.id, since.cameraTimeMs);
    const stop = hardestStop(past, since, rules.crash.fromKmh);
    if (stop !== undefined) this.#stops.set(view.id, { ...stop, seenMs: moment.cameraTimeMs });
  }

  #isCrash(a: Member, b: Member, vehicles: readonly Member[], carriageway: Carriageway): boolean {
    const [first, second] = [this.#stops.get(a.view.id), this.#stops.get(b.view.id)];
    if (first === undefined || second === undefined) return false;
    if (Math.max(first.brakingMs2, second.brakingMs2) < carriageway.rules.crash.brakingMs2) return false;
    if (Math.abs(first.moment.cameraTimeMs - second.moment.cameraTimeMs) > TOGETHER_MS) return false;
    if (distanceM(a, b) > TOUCH_M || !touch(a, b)) return false;
    return !vehicles.some(
      (other) =>
        other !== a &&
        other !== b &&
        other.halts &&
        (isAheadOf(other, a, carriageway, AHEAD_M) || isAheadOf(other, b, carriageway, AHEAD_M)),
    );
  }

  #finding(a: Member, b: Member, carriageway: Carriageway): Finding {
    const stops = [a, b].flatMap(({ view }) => this.#stops.get(view.id) ?? []);
    const earliest = Math.min(...stops.map(({ moment }) => moment.cameraTimeMs));
    const onset = stops.find(({ moment }) => moment.cameraTimeMs === earliest)?.moment;
    const [p, q] = [a.view.box, b.view.box];
    return {
      kind: 'crash',
      subject: [a.view.id, b.view.id].sort((x, y) => x - y).join(),
      holds: 'enter',
      ...(onset === undefined ? {} : { onset }),
      severity: 'critical',
      confidence: Math.min(a.view.confidence, b.view.confidence),
      timing: timingOf(carriageway.rules.crash, 1.5, true),
      region: carriageway.name,
      ...(a.lane === undefined ? {} : { lane: a.lane }),
      roadUser: a.view.roadUser,
      tracks: [a.view.track, b.view.track],
      box: [Math.min(p[0], q[0]), Math.min(p[1], q[1]), Math.max(p[2], q[2]), Math.max(p[3], q[3])],
      measures: {
        brakingMs2: Math.max(...stops.map(({ brakingMs2 }) => brakingMs2)),
        fromKmh: Math.max(...stops.map(({ fromKmh }) => fromKmh)),
      },
    };
  }
}

/**
 * The hardest braking on the way to where it stands now, as speed² / (2 way): times of stops are known far less exactly
 * than places. Undefined when it was not under way at `fromKmh` or more in the seconds before.
 */
export function hardestStop(
  past: readonly PastPlace[],
  standsSince: Moment,
  fromKmh: number,
): Stop | undefined {
  const end = past.at(-1)?.ground;
  if (end === undefined) return undefined;
  let hardest: Stop | undefined;
  for (const [at, place] of past.entries()) {
    const beforeMs = standsSince.cameraTimeMs - place.moment.cameraTimeMs;
    if (beforeMs < 0 || beforeMs > BEFORE_MS) continue;
    const speed = speedOf(past.slice(0, at + 1));
    if (speed === undefined || speed.speedKmh - speed.errorKmh < fromKmh) continue;
    const wayM = Math.hypot(end[0] - speed.middle[0], end[1] - speed.middle[1]);
    const brakingMs2 = ((speed.speedKmh - speed.errorKmh) / 3.6) ** 2 / (2 * Math.max(LEAST_WAY_M, wayM));
    if (hardest === undefined || brakingMs2 > hardest.brakingMs2) {
      hardest = { moment: standsSince, brakingMs2, fromKmh: speed.speedKmh };
    }
  }
  return hardest;
}

/** Whether the middle of a box's lower edge is in the other box. */
function isSamePlace([x1, , x2, y2]: BoxCorners, box: BoxCorners | undefined): boolean {
  if (box === undefined) return false;
  const x = (x1 + x2) / 2;
  const room = TOUCH_SHARE * (box[3] - box[1]);
  return x > box[0] && x < box[2] && y2 > box[1] && y2 < box[3] + room;
}

/** Whether their boxes meet, with a little room for what a box is off by. */
function touch(a: Member, b: Member): boolean {
  const room = TOUCH_SHARE * Math.min(a.size, b.size);
  const [p, q] = [a.view.box, b.view.box];
  return (
    Math.min(p[2], q[2]) - Math.max(p[0], q[0]) > -room && Math.min(p[3], q[3]) - Math.max(p[1], q[1]) > -room
  );
}
