// The last minutes of one camera: intervals as it told them, and what passed since the last of them. Pure; the clock is
// handed in.
//
//   |── interval ──|── interval ──|── interval ──|  passages   now
//                                         closed ┘└ open part ┘

import {
  type AgentAddress,
  type Flow,
  levelOfService,
  type Passage,
  pcDensity,
  ROAD_USERS,
  type RoadUser,
  SERVICE_TABLES,
  type ServiceTable,
} from '../../contract/index.ts';
import type { Tile } from '../api/schemas/places.ts';

/** A flow of the last minutes that was told before the centre started. */
export type RecentFlow = AgentAddress & { readonly epoch: number; readonly seq: number; readonly flow: Flow };

export type BatchMark = { readonly epoch: number; readonly seq: number };

/** Whether somebody watches at the moment, and since when that is known. */
export type Watch = {
  readonly isLive: boolean;
  /** Of the state. */
  readonly sinceMs: number | undefined;
  /** Last sign that it watches. */
  readonly aliveMs: number | undefined;
  /** Passages before it were not heard. */
  readonly heardSinceMs: number;
};

export type TrafficWindow = Pick<Tile, 'coverage' | 'flows' | 'minutes' | 'freshUntil'>;

type Interval = BatchMark & {
  readonly line: string;
  readonly direction: string;
  readonly lane: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly observedMs: number;
  readonly counts: Flow['counts'];
};

type Tally = {
  line: string;
  direction: string;
  counts: Map<RoadUser, number>;
  lanes: Set<string>;
  speedN: number;
  speedSumKmh: number;
  speedSumPerKmh: number;
};

const MINUTE_MS = 60_000;
/** Intervals are kept for coverage of an hour. */
const KEPT_MS = 60 * MINUTE_MS;
/** Three health reports: a camera that gave a sign within it is taken to watch until now. */
const SIGN_OF_LIFE_MS = 30_000;
/** An interval is told some seconds after its end, by a box under load later. */
const GRACE_MS = 2 * MINUTE_MS;
/** A rate of less would be made of one or two vehicles. */
const LEAST_FOR_RATE_MS = MINUTE_MS;
/** Of one camera: far more than pass in a long interval on the widest road. */
const MAX_PASSAGES = 20_000;
const MAX_INTERVALS = 20_000;

export class CameraTraffic {
  #intervals: Interval[] = [];
  #passages: Passage[] = [];
  /** End of the last interval, by line and direction, and of all. */
  readonly #closedUntil = new Map<string, number>();
  #closedMs: number | undefined;
  #lengthMs = 15 * MINUTE_MS;
  #lastPassageMs: number | undefined;

  /** Gives false for one that is known: what the database tells at the start may come over the broker as well. */
  addFlow({ epoch, seq }: BatchMark, flow: Flow, nowMs: number): boolean {
    const { line, direction, lane, fromMs, toMs, observedMs, counts } = flow;
    if (toMs <= nowMs - KEPT_MS) return false;
    const known = this.#intervals.some(
      (each) =>
        each.fromMs === fromMs &&
        each.line === line &&
        each.direction === direction &&
        each.lane === lane &&
        each.seq === seq &&
        each.epoch === epoch,
    );
    if (known || this.#intervals.length >= MAX_INTERVALS) return false;
    this.#intervals.push({ epoch, seq, line, direction, lane, fromMs, toMs, observedMs, counts });
    const key = `${line}|${direction}`;
    this.#closedUntil.set(key, Math.max(this.#closedUntil.get(key) ?? 0, toMs));
    this.#closedMs = Math.max(this.#closedMs ?? 0, toMs);
    this.#lengthMs = toMs - fromMs;
    this.#passages = this.#passages.filter(
      (each) => each.line !== line || each.direction !== direction || each.atMs >= toMs,
    );
    return true;
  }

  addPassage(passage: Passage, nowMs: number): boolean {
    const { line, direction, atMs } = passage;
    if (atMs <= nowMs - KEPT_MS || atMs < (this.#closedUntil.get(`${line}|${direction}`) ?? 0)) return false;
    if (this.#passages.length >= MAX_PASSAGES) this.#passages.shift();
    this.#passages.push(passage);
    this.#lastPassageMs = Math.max(this.#lastPassageMs ?? 0, atMs);
    return true;
  }

  /** Nothing of the last hour is left. */
  get isEmpty(): boolean {
    return this.#intervals.length === 0 && this.#passages.length === 0;
  }

  /** Share of the time since `fromMs` that was observed. */
  coverage(nowMs: number, fromMs: number, watch: Watch): number {
    const closedMs = this.#observed((interval) => shareWithin(interval, fromMs, nowMs) * interval.observedMs);
    const open = this.#openPart(nowMs, fromMs, watch);
    return Math.min(1, (closedMs + open.toMs - open.fromMs) / (nowMs - fromMs));
  }

  window(
    nowMs: number,
    windowMin: number,
    watch: Watch,
    table: ServiceTable = SERVICE_TABLES['hcm-freeway'],
  ): TrafficWindow {
    this.forget(nowMs);
    const fromMs = nowMs - windowMin * MINUTE_MS;
    const open = this.#openPart(nowMs, fromMs, watch);
    const openMs = open.toMs - open.fromMs;
    // Whole intervals only, those of which at least half is in the window: a count cannot be cut.
    const intervals = this.#intervals.filter((each) => (each.fromMs + each.toMs) / 2 >= fromMs);
    const passages = this.#passages.filter(({ atMs }) => atMs >= Math.max(fromMs, watch.heardSinceMs));
    const observedMs = observedOf(intervals, (each) => each.observedMs) + openMs;
    const freshMs = Math.max(this.#closedMs ?? 0, this.#lastPassageMs ?? 0);
    return {
      coverage: this.coverage(nowMs, fromMs, watch),
      freshUntil: freshMs === 0 ? null : new Date(freshMs).toISOString(),
      flows:
        observedMs === 0 && passages.length === 0 ? null : flowsOf(intervals, passages, observedMs, table),
      minutes: this.#minutes(nowMs, windowMin, passages, open),
    };
  }

  /** What is not in an interval yet and was watched as far as is known. */
  #openPart(nowMs: number, windowMs: number, { isLive, sinceMs, aliveMs, heardSinceMs }: Watch) {
    const fromMs = Math.max(
      windowMs,
      heardSinceMs,
      this.#closedMs ?? sinceMs ?? this.#passages[0]?.atMs ?? nowMs,
      isLive ? (sinceMs ?? 0) : 0,
    );
    const signMs = Math.max(aliveMs ?? 0, this.#lastPassageMs ?? 0);
    const untilMs = isLive && nowMs - signMs <= SIGN_OF_LIFE_MS ? nowMs : Math.min(nowMs, signMs);
    const toMs = Math.min(untilMs, fromMs + this.#lengthMs + GRACE_MS);
    return { fromMs, toMs: Math.max(fromMs, toMs) };
  }

  #observed(of: (interval: Interval) => number): number {
    return observedOf(this.#intervals, of);
  }

  /** Totals by minute; an interval of several minutes is spread evenly, so that its sum stays. */
  #minutes(
    nowMs: number,
    windowMin: number,
    passages: readonly Passage[],
    open: { readonly fromMs: number; readonly toMs: number },
  ): (number | null)[] {
    const endMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
    const startMs = endMs - windowMin * MINUTE_MS;
    const totals = new Array<number>(windowMin).fill(0);
    const seen = new Array<boolean>(windowMin).fill(false);
    const minuteOf = (ms: number) => Math.floor((ms - startMs) / MINUTE_MS);
    for (const interval of this.#intervals) {
      const { fromMs, toMs, observedMs, counts } = interval;
      if (toMs <= startMs || observedMs === 0) continue;
      const n = sumOf(counts);
      const upTo = (ms: number) => Math.round((n * (Math.min(ms, toMs) - fromMs)) / (toMs - fromMs));
      for (let minute = Math.max(0, minuteOf(fromMs)); minute < windowMin; minute += 1) {
        const beginMs = Math.max(fromMs, startMs + minute * MINUTE_MS);
        if (beginMs >= toMs) break;
        totals[minute] = (totals[minute] ?? 0) + upTo(startMs + (minute + 1) * MINUTE_MS) - upTo(beginMs);
        seen[minute] = true;
      }
    }
    for (const { atMs } of passages) {
      const minute = minuteOf(atMs);
      if (minute < 0 || minute >= windowMin) continue;
      totals[minute] = (totals[minute] ?? 0) + 1;
      seen[minute] = true;
    }
    for (let minute = minuteOf(open.fromMs); minute <= minuteOf(open.toMs - 1); minute += 1) {
      if (open.toMs > open.fromMs && minute >= 0 && minute < windowMin) seen[minute] = true;
    }
    return totals.map((total, minute) => (seen[minute] ? total : null));
  }

  /** What is over. */
  forget(nowMs: number): void {
    const beforeMs = nowMs - KEPT_MS;
    if (this.#intervals.some(({ toMs }) => toMs <= beforeMs)) {
      this.#intervals = this.#intervals.filter(({ toMs }) => toMs > beforeMs);
    }
    if ((this.#passages[0]?.atMs ?? beforeMs) < beforeMs) {
      this.#passages = this.#passages.filter(({ atMs }) => atMs >= beforeMs);
    }
  }
}

/**
 * Every line, direction and lane of an interval was observed for the same time, so that one of them tells; an agent
 * that restarts reports two parts of an interval, which add up.
 */
function observedOf(intervals: readonly Interval[], of: (interval: Interval) => number): number {
  const byInterval = new Map<number, Map<string, number>>();
  let sum = 0;
  for (const interval of intervals) {
    const { fromMs, toMs, line, direction, lane } = interval;
    const key = `${toMs}|${line}|${direction}|${lane ?? ''}`;
    const lines = byInterval.get(fromMs) ?? new Map<string, number>();
    byInterval.set(fromMs, lines.set(key, (lines.get(key) ?? 0) + of(interval)));
  }
  for (const lines of byInterval.values()) sum += Math.max(...lines.values());
  return sum;
}

function flowsOf(
  intervals: readonly Interval[],
  passages: readonly Passage[],
  observedMs: number,
  table: ServiceTable,
): NonNullable<Tile['flows']> {
  const tallies = new Map<string, Tally>();
  const tallyOf = (line: string, direction: string): Tally => {
    const key = `${line}|${direction}`;
    const known = tallies.get(key);
    if (known !== undefined) return known;
    const sums = { speedN: 0, speedSumKmh: 0, speedSumPerKmh: 0 };
    const tally = { line, direction, counts: new Map(), lanes: new Set<string>(), ...sums };
    tallies.set(key, tally);
    return tally;
  };
  for (const { line, direction, lane, counts } of intervals) {
    const tally = tallyOf(line, direction);
    if (lane !== undefined) tally.lanes.add(lane);
    for (const roadUser of ROAD_USERS) {
      const count = counts[roadUser];
      if (count === undefined) continue;
      tally.counts.set(roadUser, (tally.counts.get(roadUser) ?? 0) + count.n);
      tally.speedN += count.speed?.n ?? 0;
      tally.speedSumKmh += count.speed?.sumKmh ?? 0;
      tally.speedSumPerKmh += count.speed?.sumPerKmh ?? 0;
    }
  }
  for (const { line, direction, lane, roadUser, speedKmh } of passages) {
    const tally = tallyOf(line, direction);
    if (lane !== undefined) tally.lanes.add(lane);
    tally.counts.set(roadUser, (tally.counts.get(roadUser) ?? 0) + 1);
    if (speedKmh === undefined || speedKmh <= 0) continue;
    tally.speedN += 1;
    tally.speedSumKmh += speedKmh;
    tally.speedSumPerKmh += 1 / speedKmh;
  }
  const names = [...tallies.keys()].sort();
  return names.map((name) => tileFlow(tallies.get(name) as Tally, observedMs, table));
}

function tileFlow(tally: Tally, observedMs: number, table: ServiceTable): NonNullable<Tile['flows']>[number] {
  const { line, direction, lanes, speedN, speedSumKmh, speedSumPerKmh } = tally;
  const counts = Object.fromEntries(tally.counts) as Partial<Record<RoadUser, number>>;
  const total = [...tally.counts.values()].reduce((sum, n) => sum + n, 0);
  const enough = observedMs >= LEAST_FOR_RATE_MS;
  const spaceMeanSpeedKmh = speedSumPerKmh > 0 ? speedN / speedSumPerKmh : undefined;
  const density = enough
    ? pcDensity(counts, { observedMs, spaceMeanSpeedKmh, lanes: lanes.size })
    : undefined;
  const service =
    density === undefined || table.measure !== 'density'
      ? undefined
      : levelOfService({ densityPcPerKmLane: density }, table);
  return {
    line,
    direction,
    counts,
    total,
    perHour: enough ? Math.round((total * 3_600_000) / observedMs) : null,
    meanSpeedKmh: speedN > 0 ? Math.round((speedSumKmh / speedN) * 10) / 10 : null,
    levelOfService: service?.level ?? null,
  };
}

function shareWithin({ fromMs, toMs }: Interval, beginMs: number, endMs: number): number {
  return Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, beginMs)) / (toMs - fromMs);
}

function sumOf(counts: Flow['counts']): number {
  return Object.values(counts).reduce((sum, count) => sum + (count?.n ?? 0), 0);
}
