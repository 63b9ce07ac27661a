// Turning-movement counts: journeys into a matrix of entry by exit and class, as crossroads are surveyed. Computed where
// it is shown, like all that can be derived from events; both sides may.

import type { Journey } from './journeys.ts';
import { ROAD_USERS, type RoadUser } from './road-users.ts';

/** One cell; what nobody did is left out. */
export type TurningMovement = {
  /** Interval `[fromMs, toMs)` of UTC in which the road users went out. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly entryLine: string;
  /** The same as `entryLine` for a U-turn. */
  readonly exitLine: string;
  /** Journeys by class. */
  readonly counts: Partial<Record<RoadUser, number>>;
  /** Their sum. */
  readonly total: number;
  /** Mean time from line to line, s. */
  readonly meanDurationS: number;
};

export type TurningMatrixOptions = {
  /** First moment, UTC ms. Default: all there is. */
  readonly from?: number;
  /** The moment after the last. Default: all there is. */
  readonly to?: number;
  /** Length of an interval in ms, aligned to UTC; 900 000 (15 min) is usual. Default: one interval from `from` to `to`. */
  readonly every?: number;
};

/**
 * Journeys by interval, entry, exit and class; a journey counts when it ends, at its exit line. Sorted by interval,
 * entry and exit. Intervals that `from` or `to` cuts are given as far as they are in between. Several cameras are
 * several matrices: select their journeys before.
 *
 * @throws RangeError for an `every` that is no positive number
 */
export function turningMatrix(
  journeys: Iterable<Journey>,
  { from, to, every }: TurningMatrixOptions = {},
): TurningMovement[] {
  if (every !== undefined && !(every > 0)) {
    throw new RangeError(`Expected a length of intervals above 0 ms, got ${every}.`);
  }
  const chosen = [...journeys].filter(
    ({ exitedAtMs }) => exitedAtMs >= (from ?? exitedAtMs) && (to === undefined || exitedAtMs < to),
  );
  let first = from ?? Number.POSITIVE_INFINITY;
  let end = to ?? Number.NEGATIVE_INFINITY;
  for (const { exitedAtMs } of chosen) {
    if (from === undefined) first = Math.min(first, exitedAtMs);
    if (to === undefined) end = Math.max(end, exitedAtMs + 1);
  }
  const cells = new Map<string, { -readonly [Key in keyof TurningMovement]: TurningMovement[Key] }>();
  for (const { exitedAtMs, enteredAtMs, entryLine, exitLine, roadUser } of chosen) {
    const start = every === undefined ? first : Math.floor(exitedAtMs / every) * every;
    const key = `${start} ${entryLine} ${exitLine}`;
    let cell = cells.get(key);
    if (cell === undefined) {
      const fromMs = every === undefined ? first : Math.max(start, from ?? start);
      const toMs = every === undefined ? end : Math.min(start + every, to ?? start + every);
      cell = { fromMs, toMs, entryLine, exitLine, counts: {}, total: 0, meanDurationS: 0 };
      cells.set(key, cell);
    }
    cell.counts[roadUser] = (cell.counts[roadUser] ?? 0) + 1;
    cell.total++;
    cell.meanDurationS += (exitedAtMs - enteredAtMs) / 1000;
  }
  for (const cell of cells.values()) cell.meanDurationS /= cell.total;
  return [...cells.values()].sort(
    (a, b) => a.fromMs - b.fromMs || compare(a.entryLine, b.entryLine) || compare(a.exitLine, b.exitLine),
  );
}

/** The matrix as people write it: a row for each entry, a column for each exit, and the sums. */
export type TurningTable = {
  readonly exits: readonly string[];
  readonly rows: readonly {
    readonly entry: string;
    readonly counts: readonly number[];
    readonly total: number;
  }[];
  readonly totals: readonly number[];
  readonly total: number;
};

/**
 * @param movements of one interval, or of several, which are added up
 * @param roadUsers who is counted. Default: all
 */
export function turningTable(
  movements: readonly TurningMovement[],
  roadUsers: readonly RoadUser[] = ROAD_USERS,
): TurningTable {
  const counted = (movement: TurningMovement) =>
    roadUsers.reduce((sum, roadUser) => sum + (movement.counts[roadUser] ?? 0), 0);
  const exits = [...new Set(movements.map(({ exitLine }) => exitLine))].sort(compare);
  const entries = [...new Set(movements.map(({ entryLine }) => entryLine))].sort(compare);
  const rows = entries.map((entry) => {
    const counts = exits.map((exit) =>
      movements
        .filter(({ entryLine, exitLine }) => entryLine === entry && exitLine === exit)
        .reduce((sum, movement) => sum + counted(movement), 0),
    );
    return { entry, counts, total: counts.reduce((sum, n) => sum + n, 0) };
  });
  const totals = exits.map((_, at) => rows.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0));
  return { exits, rows, totals, total: totals.reduce((sum, n) => sum + n, 0) };
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
