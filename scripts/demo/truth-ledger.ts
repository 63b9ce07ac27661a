// Counts against the scene's truth. The camera tells when each pass over the clip began, so the moment of every true
// crossing is known; passages are matched with them one by one.
//
//   pass    |<-------------- clip -------------->|<---- clip again …
//   truth   |      x     x   x            x      |      x
//   counted |      o      o          o    o    o |      o
//                                    extra     not compared: within 1 s of the cut, where vehicles jump

import { isMotorVehicle, type Passage, type RoadUser } from '../../contract/index.ts';
import type { SceneTruth } from './scene-truth.ts';

export type Comparison = {
  /** What the scene says; as far as it can have been counted by now. */
  readonly crossings: number;
  /** Passages that are compared: matched and extra ones. */
  readonly counted: number;
  readonly matched: number;
  /** Of the matched, those with the true class; `vehicle` is right for every motor vehicle. */
  readonly rightClass: number;
  readonly missed: number;
  /** Counted, but nothing crossed there. */
  readonly extra: number;
  /** Counted where the clip is cut or the watch begins or ends, without a true crossing there. */
  readonly notCompared: number;
};

export type DirectionComparison = Comparison & {
  readonly line: string;
  readonly direction: string;
  readonly classes: ReadonlyMap<RoadUser, { readonly counted: number; readonly crossings: number }>;
};

export type TruthComparison = Comparison & {
  /** Every direction of every line, in the scene's order. */
  readonly directions: readonly DirectionComparison[];
};

/** While the camera was seen, UTC in ms. */
export type WatchSpan = { readonly fromMs: number; readonly toMs: number };

type Crossing = Pick<Passage, 'line' | 'direction' | 'roadUser' | 'atMs'>;

/**
 * A passage is the moment of a box's lower edge, a true crossing that of the vehicle's middle on the ground: half a
 * bus apart, 0.7 s at town speed; the camera's delay and a slow frame come on top.
 */
const TOLERANCE_MS = 1500;
/** A tracker needs this long to know a vehicle that appears out of nowhere; that much beside a cut is not compared. */
const CUT_MARGIN_MS = 1000;
/** As if it were farther away: between two that cross together, class decides which is which. */
const OTHER_CLASS_MS = 500;
/** A crossing that is not counted this long after it is missed: what tracker, outbox and broker may take. */
const REPORT_MS = 5000;

export class TruthLedger {
  readonly #truth: SceneTruth;
  readonly #passes: number[] = [];
  readonly #passages: Crossing[] = [];

  constructor(truth: SceneTruth) {
    this.#truth = truth;
  }

  /** The clip began from its first picture, UTC in ms. */
  beginPass(atMs: number): void {
    this.#passes.push(atMs);
  }

  takePassage(passage: Crossing): void {
    this.#passages.push(passage);
  }

  /** @param watched in order; the last one may reach into the future while the camera is seen */
  compare(watched: readonly WatchSpan[], nowMs: number): TruthComparison {
    const passes = this.#passes.map((fromMs, at) => ({
      fromMs,
      toMs: Math.min(fromMs + this.#truth.lengthMs, this.#passes[at + 1] ?? Number.POSITIVE_INFINITY),
    }));
    const whole = (atMs: number) => [passes, watched].every((spans) => isWellInside(atMs, spans));
    const crossings = passes.flatMap(({ fromMs, toMs }) =>
      this.#truth.crossings
        .map(({ clipMs, ...crossing }) => ({ ...crossing, atMs: fromMs + clipMs }))
        .filter(({ atMs }) => atMs < toMs),
    );
    const directions = this.#truth.lines.flatMap(({ line, directions: { toLeft, toRight } }) =>
      [toLeft, toRight].map((direction) => {
        const here = (each: Crossing) => each.line === line && each.direction === direction;
        const [expected, passages] = [crossings.filter(here), this.#passages.filter(here)];
        return { line, direction, ...compareDirection(expected, passages, whole, nowMs) };
      }),
    );
    return { ...sumOf(directions), directions };
  }
}

function isWellInside(atMs: number, spans: readonly WatchSpan[]): boolean {
  const span = spans[firstAfter(spans, ({ fromMs }) => fromMs + CUT_MARGIN_MS, atMs) - 1];
  return span !== undefined && atMs <= span.toMs - CUT_MARGIN_MS;
}

function compareDirection(
  expected: readonly Crossing[],
  passages: readonly Crossing[],
  whole: (atMs: number) => boolean,
  nowMs: number,
): Omit<DirectionComparison, 'line' | 'direction'> {
  const partners = match(expected, passages);
  const matched = [...partners];
  const missed = expected.filter(
    (each) => !partners.has(each) && whole(each.atMs) && each.atMs + REPORT_MS <= nowMs,
  );
  const found = new Set(partners.values());
  const alone = passages.filter((each) => !found.has(each));
  const extra = alone.filter(({ atMs }) => whole(atMs));
  const classes = new Map<RoadUser, { counted: number; crossings: number }>();
  const tally = (key: 'counted' | 'crossings', crossings: readonly Crossing[]) => {
    for (const { roadUser } of crossings) {
      const cell = classes.get(roadUser) ?? { counted: 0, crossings: 0 };
      classes.set(roadUser, { ...cell, [key]: cell[key] + 1 });
    }
  };
  tally('crossings', [...matched.map(([crossing]) => crossing), ...missed]);
  tally('counted', [...found, ...extra]);
  return {
    crossings: matched.length + missed.length,
    counted: matched.length + extra.length,
    matched: matched.length,
    rightClass: matched.filter(([crossing, passage]) => isRightClass(crossing, passage)).length,
    missed: missed.length,
    extra: extra.length,
    notCompared: alone.length - extra.length,
    classes,
  };
}

/** The best pairs first, each crossing and each passage at most once. */
function match(expected: readonly Crossing[], passages: readonly Crossing[]): Map<Crossing, Crossing> {
  const byTime = expected.toSorted((a, b) => a.atMs - b.atMs);
  const pairs = passages.flatMap((passage) => {
    const candidates = [];
    const first = firstAfter(byTime, ({ atMs }) => atMs, passage.atMs - TOLERANCE_MS);
    for (let at = first; at < byTime.length; at += 1) {
      const crossing = byTime[at];
      if (crossing === undefined || crossing.atMs > passage.atMs + TOLERANCE_MS) break;
      const otherClass = isRightClass(crossing, passage) ? 0 : OTHER_CLASS_MS;
      candidates.push({ crossing, passage, cost: Math.abs(crossing.atMs - passage.atMs) + otherClass });
    }
    return candidates;
  });
  const partners = new Map<Crossing, Crossing>();
  const taken = new Set<Crossing>();
  for (const { crossing, passage } of pairs.sort((a, b) => a.cost - b.cost)) {
    if (partners.has(crossing) || taken.has(passage)) continue;
    partners.set(crossing, passage);
    taken.add(passage);
  }
  return partners;
}

function isRightClass(crossing: Crossing, passage: Crossing): boolean {
  if (passage.roadUser === 'vehicle') return isMotorVehicle(crossing.roadUser);
  return passage.roadUser === crossing.roadUser;
}

/** Index of the first one after a moment, by bisection: a demo may run for days. */
function firstAfter<T>(sorted: readonly T[], momentOf: (each: T) => number, atMs: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = sorted[middle];
    if (each !== undefined && momentOf(each) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sumOf(parts: readonly Comparison[]): Comparison {
  const sum = (key: keyof Comparison) => parts.reduce((total, part) => total + part[key], 0);
  return {
    crossings: sum('crossings'),
    counted: sum('counted'),
    matched: sum('matched'),
    rightClass: sum('rightClass'),
    missed: sum('missed'),
    extra: sum('extra'),
    notCompared: sum('notCompared'),
  };
}
