// Turning movements as a matrix: from which arm of the crossroads to which, of the classes and intervals chosen.

import type { TurningAnswer } from '../../../../api/schemas/history.ts';
import type { RoadUser } from '../../api/types.ts';

type Interval = TurningAnswer['intervals'][number];

export type Movement = {
  readonly from: string;
  readonly to: string;
  readonly n: number;
  /** From line to line; null when nobody went that way. */
  readonly meanDurationS: number | null;
  readonly counts: Readonly<Partial<Record<RoadUser, number>>>;
};

export type Matrix = {
  /** Arms in their order. */
  readonly arms: readonly string[];
  /** `[from][to]` by place of the arm. */
  readonly cells: readonly (readonly Movement[])[];
  readonly entering: readonly number[];
  readonly leaving: readonly number[];
  readonly total: number;
  /** Share of the time that was observed; null when there is none. */
  readonly coverage: number | null;
};

/** All arms that anybody used, in the order of names. */
export function armsOf(intervals: readonly Interval[]): string[] {
  const arms = new Set<string>();
  for (const { movements } of intervals) {
    for (const { entryLine, exitLine } of movements) arms.add(entryLine).add(exitLine);
  }
  return [...arms].sort();
}

/** Sums of the intervals. `roadUsers` empty: all. */
export function matrixOf(
  intervals: readonly Interval[],
  arms: readonly string[],
  roadUsers: readonly RoadUser[],
  nowMs = Number.POSITIVE_INFINITY,
): Matrix {
  const sums = new Map<
    string,
    { n: number; weighted: number; all: number; counts: Partial<Record<RoadUser, number>> }
  >();
  for (const { movements } of intervals) {
    for (const { entryLine, exitLine, counts, total, meanDurationS } of movements) {
      const key = `${entryLine} ${exitLine}`;
      const sum = sums.get(key) ?? { n: 0, weighted: 0, all: 0, counts: {} };
      for (const [roadUser, n = 0] of Object.entries(counts) as [RoadUser, number | undefined][]) {
        if (roadUsers.length > 0 && !roadUsers.includes(roadUser)) continue;
        sum.counts[roadUser] = (sum.counts[roadUser] ?? 0) + n;
        sum.n += n;
      }
      sum.weighted += total * meanDurationS;
      sum.all += total;
      sums.set(key, sum);
    }
  }
  const cells = arms.map((from) =>
    arms.map((to): Movement => {
      const sum = sums.get(`${from} ${to}`);
      return {
        from,
        to,
        n: sum?.n ?? 0,
        meanDurationS: sum === undefined || sum.all === 0 ? null : sum.weighted / sum.all,
        counts: sum?.counts ?? {},
      };
    }),
  );
  const entering = cells.map((row) => row.reduce((sum, { n }) => sum + n, 0));
  const leaving = arms.map((_, to) => cells.reduce((sum, row) => sum + (row[to]?.n ?? 0), 0));
  return {
    arms,
    cells,
    entering,
    leaving,
    total: entering.reduce((sum, n) => sum + n, 0),
    coverage: coverageOf(intervals, nowMs),
  };
}

/** Vehicles of each interval, for the bars above the slider; null where nothing was observed. */
export function totalsOf(intervals: readonly Interval[], roadUsers: readonly RoadUser[]): (number | null)[] {
  return intervals.map(({ coverage, movements }) =>
    coverage === 0 && movements.length === 0
      ? null
      : movements.reduce(
          (sum, { counts }) =>
            sum +
            (Object.entries(counts) as [RoadUser, number | undefined][]).reduce(
              (some, [roadUser, n = 0]) =>
                roadUsers.length > 0 && !roadUsers.includes(roadUser) ? some : some + n,
              0,
            ),
          0,
        ),
  );
}

/** The names that people have put in order first; others after them; those that are gone are left out. */
export function inOrder(arms: readonly string[], chosen: readonly string[]): string[] {
  const known = chosen.filter((arm) => arms.includes(arm));
  return [...known, ...arms.filter((arm) => !known.includes(arm)).sort(byCompass)];
}

/** Moves one arm by one place, around the end. */
export function moved(order: readonly string[], arm: string, step: 1 | -1): string[] {
  const place = order.indexOf(arm);
  if (place < 0 || order.length < 2) return [...order];
  const rest = order.filter((one) => one !== arm);
  const goal = (place + step + order.length) % order.length;
  return [...rest.slice(0, goal), arm, ...rest.slice(goal)];
}

/** Points of the compass in the names of lines, English and Vietnamese, in quarters of a turn clockwise from north. */
const COMPASS: Readonly<Record<string, number>> = {
  north: 0,
  bac: 0,
  n: 0,
  northeast: 0.5,
  'dong-bac': 0.5,
  ne: 0.5,
  east: 1,
  dong: 1,
  e: 1,
  southeast: 1.5,
  'dong-nam': 1.5,
  se: 1.5,
  south: 2,
  nam: 2,
  s: 2,
  southwest: 2.5,
  'tay-nam': 2.5,
  sw: 2.5,
  west: 3,
  tay: 3,
  w: 3,
  northwest: 3.5,
  'tay-bac': 3.5,
  nw: 3.5,
};

/** Quarters of a turn clockwise from north when a name says so: `north`, `line-north`, `huong-bac`. */
export function compassOf(arm: string): number | null {
  const parts = arm.split(/[-_]/);
  const two = COMPASS[parts.slice(-2).join('-')];
  const found = two ?? parts.map((part) => COMPASS[part]).find((quarter) => quarter !== undefined);
  return found ?? null;
}

function byCompass(a: string, b: string): number {
  return (compassOf(a) ?? 9) - (compassOf(b) ?? 9) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Of the time up to now. */
function coverageOf(intervals: readonly Interval[], nowMs: number): number | null {
  let seen = 0;
  let all = 0;
  for (const { from, to, coverage } of intervals) {
    const length = Math.max(0, Math.min(Date.parse(to), nowMs) - Date.parse(from));
    seen += coverage * length;
    all += length;
  }
  return all === 0 ? null : seen / all;
}
