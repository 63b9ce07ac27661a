// Queue, congestion and slow traffic on one carriageway: three degrees of one state, of which the worst is told.

import type { Moment, RoadUserView } from '../observation.ts';
import type { Carriageway } from './carriageway.ts';
import type { Finding } from './finding.ts';
import { timingOf } from './rules.ts';
import { waitingAtStopLine } from './stopped-vehicle.ts';
import { distanceM, type Member, type Traffic } from './traffic.ts';

export type FlowKind = 'queue' | 'congestion' | 'slow-traffic';

const KINDS: readonly FlowKind[] = ['queue', 'congestion', 'slow-traffic'];

/** Standing vehicles farther apart than this (anchor to anchor) are two queues: SUMO's 10 m between them and a car. */
const JAM_GAP_M = 15;
/** Measures of a frame are averaged over about this time: one vehicle that enters is no change of the traffic. */
const SMOOTHING_MS = 5000;
/** A queue is over when it is shorter than this share of the length that made it one. */
const QUEUE_EXIT_SHARE = 0.5;
/** Occupancy may fall to this share of the threshold before congestion is over. */
const OCCUPANCY_EXIT_SHARE = 0.7;
/** Fewer vehicles than this tell nothing about the flow. */
const LEAST_VEHICLES = 4;
/**
 * A queue stands: slower than this on average, km/h, in this share of the last seconds. Otherwise it is congestion that
 * stops and goes.
 */
const STANDING_KMH = 3;
const STANDING_SHARE = 0.5;
const STANDING_MS = 10_000;
/** Traffic that is better for no longer than this is still broken down, ms. */
const LONGEST_PAUSE_MS = 3000;

/** Usual lengths with the usual halting gap left out, metres. */
const LENGTHS_M: Readonly<Record<RoadUserView['roadUser'], number>> = {
  car: 4.5,
  vehicle: 4.5,
  truck: 9,
  bus: 12,
  motorcycle: 2,
  bicycle: 1.8,
  person: 0.5,
};

type Spell = { readonly since: Moment; readonly last: Moment };

export class FlowState {
  readonly #carriageway: Carriageway;
  #speedKmh: number | undefined;
  #occupancy = 0;
  #queue = 0;
  #standing = 0;
  /** Since when traffic has broken down, and since when it has been slow or worse. */
  #broken: Spell | undefined;
  #slowed: Spell | undefined;
  /** Those who were slow, and when last: on an empty road few are there at once. */
  readonly #slow = new Map<number, number>();
  #last: Moment | undefined;

  constructor(carriageway: Carriageway) {
    this.#carriageway = carriageway;
  }

  reset(): void {
    this.#speedKmh = undefined;
    this.#occupancy = 0;
    this.#queue = 0;
    this.#standing = 0;
    this.#broken = undefined;
    this.#slowed = undefined;
    this.#slow.clear();
    this.#last = undefined;
  }

  /** Too little of the traffic can be seen: nothing begins, and what is open stays. */
  suspend(isOpen: (kind: FlowKind) => boolean): (Finding & { readonly kind: FlowKind })[] {
    this.reset();
    const kind = KINDS.find(isOpen);
    return kind === undefined ? [] : [this.#finding({ kind, holds: 'stay' }, [], [])];
  }

  find(traffic: Traffic, isOpen: (kind: FlowKind) => boolean): (Finding & { readonly kind: FlowKind })[] {
    const vehicles = traffic.members.filter(({ isVehicle }) => isVehicle);
    const halted = vehicles.filter(({ halts }) => halts);
    const waiting = waitingAtStopLine(traffic, halted);
    const longestWaitMs = this.#carriageway.stopLine?.longestWaitMs ?? 0;
    const stuck = halted.filter(
      (member) => !waiting.has(member) || standsMs(member, traffic.moment) > longestWaitMs,
    );
    const jam = longestJam(stuck);
    this.#average(traffic, vehicles, lengthOf(jam, this.#carriageway));
    const state = this.#state(vehicles.length, waiting.size > 0, traffic.moment, isOpen);
    return state === undefined ? [] : [this.#finding(state, vehicles, state.kind === 'queue' ? jam : [])];
  }

  /** What is open lasts until it is over, and only then is it another state's turn: a queue that dissolves is none anew. */
  #state(
    vehicles: number,
    isWaiting: boolean,
    moment: Moment,
    isOpen: (kind: FlowKind) => boolean,
  ): { kind: FlowKind; holds: Finding['holds'] } | undefined {
    const worst = this.#met(vehicles, isWaiting);
    this.#broken = spell(this.#broken, worst === 'queue' || worst === 'congestion', moment);
    this.#slowed = spell(this.#slowed, worst !== undefined && (!isWaiting || worst === 'queue'), moment);
    const open = KINDS.find(isOpen);
    const met = open === undefined ? this.#ripe(worst, moment) : worst;
    if (open === undefined || (open === 'slow-traffic' && met !== undefined)) {
      return met && { kind: met, holds: 'enter' };
    }
    if (met === open) return { kind: open, holds: 'enter' };
    return this.#lasts(open) ? { kind: open, holds: 'stay' } : undefined;
  }

  /** The worst state whose condition of entering is met. */
  #met(vehicles: number, isWaiting: boolean): FlowKind | undefined {
    const { queue, congestion, slowTraffic } = this.#carriageway.rules;
    const speed = this.#speedKmh;
    const isLong = queue.enabled && this.#queue >= this.#neededQueue;
    if (isLong && this.#standing >= STANDING_SHARE) return 'queue';
    if (speed === undefined || isWaiting) return undefined;
    const isDense = vehicles >= LEAST_VEHICLES && this.#occupancy > congestion.occupancy;
    if (congestion.enabled && isDense && speed < congestion.speedKmh) return 'congestion';
    const isSlow = speed < slowTraffic.speedKmh && this.#slow.size >= slowTraffic.vehicles;
    return slowTraffic.enabled && isSlow ? 'slow-traffic' : undefined;
  }

  /** What is worse is slow too: slow for long enough, it is told as that while the worse is too young to be told. */
  #ripe(worst: FlowKind | undefined, moment: Moment): FlowKind | undefined {
    const { slowTraffic, congestion, queue } = this.#carriageway.rules;
    if (worst !== 'queue' && worst !== 'congestion') return worst;
    const worseAfterS = { queue, congestion }[worst].afterS;
    const isYoung = lastedS(this.#broken, moment) < worseAfterS;
    return isYoung && slowTraffic.enabled && lastedS(this.#slowed, moment) >= slowTraffic.afterS
      ? 'slow-traffic'
      : worst;
  }

  /** Whether a state that was entered is not over yet. */
  #lasts(kind: FlowKind): boolean {
    const { congestion, slowTraffic } = this.#carriageway.rules;
    const speed = this.#speedKmh ?? 0;
    switch (kind) {
      case 'queue':
        return this.#queue >= this.#neededQueue * QUEUE_EXIT_SHARE;
      case 'congestion':
        return (
          speed < congestion.exitSpeedKmh && this.#occupancy > congestion.occupancy * OCCUPANCY_EXIT_SHARE
        );
      case 'slow-traffic':
        return speed < slowTraffic.exitSpeedKmh && this.#slow.size > 0;
    }
  }

  get #neededQueue(): number {
    const { queue } = this.#carriageway.rules;
    return this.#carriageway.isCalibrated ? queue.lengthM : queue.vehicles;
  }

  #finding(
    { kind, holds }: { kind: FlowKind; holds: Finding['holds'] },
    vehicles: readonly Member[],
    jam: readonly Member[],
  ): Finding & { readonly kind: FlowKind } {
    const { rules, name, isCalibrated } = this.#carriageway;
    const rule = { queue: rules.queue, congestion: rules.congestion, 'slow-traffic': rules.slowTraffic }[
      kind
    ];
    const { since } = (kind === 'slow-traffic' ? this.#slowed : this.#broken) ?? {};
    const confidences = vehicles.map(({ view }) => view.confidence);
    return {
      kind,
      subject: name,
      holds,
      ...(since === undefined ? {} : { onset: since }),
      severity: kind === 'slow-traffic' ? 'low' : 'medium',
      confidence: confidences.reduce((sum, one) => sum + one, 0) / Math.max(1, confidences.length),
      timing: timingOf(rule, Number.POSITIVE_INFINITY),
      region: name,
      tracks: (jam.length > 0 ? jam : vehicles).map(({ view }) => view.track),
      measures: {
        vehicles: vehicles.length,
        ...(this.#speedKmh === undefined ? {} : { speedKmh: this.#speedKmh }),
        ...(isCalibrated ? { occupancy: this.#occupancy } : {}),
        ...(kind !== 'queue'
          ? {}
          : isCalibrated
            ? { lengthM: this.#queue }
            : { queuedVehicles: this.#queue }),
      },
    };
  }

  #countSlow(vehicles: readonly Member[], { cameraTimeMs }: Moment): void {
    const { slowTraffic } = this.#carriageway.rules;
    for (const { view } of vehicles) {
      const speed = view.motion.ground?.speedKmh;
      if (speed !== undefined && speed < slowTraffic.speedKmh) this.#slow.set(view.id, cameraTimeMs);
    }
    for (const [id, seenMs] of this.#slow) {
      if (cameraTimeMs - seenMs > slowTraffic.afterS * 1000) this.#slow.delete(id);
    }
  }

  #average({ moment }: Traffic, vehicles: readonly Member[], queue: number): void {
    const last = this.#last;
    this.#last = moment;
    const stepMs = last === undefined ? 0 : Math.max(0, moment.cameraTimeMs - last.cameraTimeMs);
    const share = last === undefined ? 1 : 1 - Math.exp(-stepMs / SMOOTHING_MS);
    const speeds = vehicles.flatMap(({ view }) => view.motion.ground?.speedKmh ?? []);
    if (speeds.length > 0) {
      // The mean over those on a stretch at one instant is the space-mean speed.
      const mean = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
      this.#speedKmh = mix(this.#speedKmh ?? mean, mean, share);
    }
    this.#countSlow(vehicles, moment);
    const coveredM = vehicles.reduce((sum, { view }) => sum + LENGTHS_M[view.roadUser], 0);
    const lengthM = this.#carriageway.laneLengthM;
    if (lengthM !== undefined) this.#occupancy = mix(this.#occupancy, Math.min(1, coveredM / lengthM), share);
    this.#queue = mix(this.#queue, queue, share);
    const isStanding = vehicles.length > 0 && (this.#speedKmh ?? 0) <= STANDING_KMH;
    this.#standing = mix(
      this.#standing,
      isStanding ? 1 : 0,
      last === undefined ? 0 : 1 - Math.exp(-stepMs / STANDING_MS),
    );
  }
}

/** Goes on through lapses of up to LONGEST_PAUSE_MS. */
function spell(before: Spell | undefined, isMet: boolean, moment: Moment): Spell | undefined {
  if (isMet) return { since: before?.since ?? moment, last: moment };
  const isOver = before === undefined || moment.cameraTimeMs - before.last.cameraTimeMs > LONGEST_PAUSE_MS;
  return isOver ? undefined : before;
}

function lastedS(during: Spell | undefined, { cameraTimeMs }: Moment): number {
  return during === undefined ? 0 : (cameraTimeMs - during.since.cameraTimeMs) / 1000;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

function standsMs({ view }: Member, { cameraTimeMs }: Moment): number {
  return view.motion.standsSince === undefined ? 0 : cameraTimeMs - view.motion.standsSince.cameraTimeMs;
}

/** The most of the standing vehicles that stand one behind the other. */
function longestJam(halted: readonly Member[]): readonly Member[] {
  let longest: Member[] = [];
  const left = new Set(halted);
  for (const first of left) {
    const jam = [first];
    left.delete(first);
    for (const member of jam) {
      for (const other of left) {
        if (distanceM(member, other) <= JAM_GAP_M) {
          jam.push(other);
          left.delete(other);
        }
      }
    }
    if (jam.length > longest.length) longest = jam;
  }
  return longest;
}

/** Metres from the first to the last, the last one's own length included; vehicles where nothing is calibrated. */
function lengthOf(jam: readonly Member[], { isCalibrated, groundDirection }: Carriageway): number {
  if (!isCalibrated) return jam.length;
  let longest = 0;
  for (const [at, { view: a }] of jam.entries()) {
    longest = Math.max(longest, LENGTHS_M[a.roadUser]);
    for (const { view: b } of jam.slice(at + 1)) {
      if (a.ground === undefined || b.ground === undefined) continue;
      const [x, y] = [a.ground[0] - b.ground[0], a.ground[1] - b.ground[1]];
      const apart =
        groundDirection === undefined
          ? Math.hypot(x, y)
          : Math.abs(x * groundDirection.x + y * groundDirection.y);
      longest = Math.max(longest, apart + (LENGTHS_M[a.roadUser] + LENGTHS_M[b.roadUser]) / 2);
    }
  }
  return longest;
}
