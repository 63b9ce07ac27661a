// Counted passages against true crossings, one by one: over- and undercounts cancel in totals, but not here.

import { isMotorVehicle, type Passage } from '../../contract/index.ts';
import { AssignmentSolver } from '../../edge-agent/tracker/assignment.ts';
import type { CutCrossing, TrueCrossing } from './true-crossings.ts';

/** A passage of a line; times in s from the start of the clip. */
export type CountedPassage = Pick<Passage, 'line' | 'direction' | 'roadUser' | 'track'> & {
  readonly atS: number;
  readonly speedKmh?: number;
};

export type CrossingMatch = {
  /** Same line and direction, within the tolerance. */
  readonly pairs: readonly { readonly crossing: TrueCrossing; readonly passage: CountedPassage }[];
  readonly missed: readonly TrueCrossing[];
  readonly extra: readonly CountedPassage[];
  /** True crossings that nobody can be asked for, and how many of them were counted all the same. */
  readonly unverifiable: readonly TrueCrossing[];
  /** Passages of those, and where the clip's beginning or end cuts a crossing. */
  readonly notCompared: readonly CountedPassage[];
};

/** DOMAIN: crossings match within a second, counted from the time in which the road user is over the line. */
export const TOLERANCE_S = 1;
/** Between two that cross together, class decides which is which: as if the other were this much later. */
const OTHER_CLASS_S = 0.6;
/** More than two pairs can cost: one pair more is always better. */
const PAIR_WORTH = 10;

/**
 * As many pairs as there can be, and of those the best, each crossing and each passage at most once.
 *
 * @param cuts who is over a line while the clip begins or ends
 * @param blind when the camera itself is at fault: what is counted then is not compared
 */
export function matchCrossings(
  crossings: readonly TrueCrossing[],
  passages: readonly CountedPassage[],
  cuts: readonly CutCrossing[] = [],
  blind: readonly { readonly fromS: number; readonly toS: number }[] = [],
): CrossingMatch {
  const taken = bestPairs(crossings, passages);
  const used = new Set(taken.values());
  const unpaired = passages.filter((passage) => !used.has(passage));
  // A road user that the clip cuts explains one passage, not several.
  const left = [...cuts];
  const cut = new Set<CountedPassage>();
  for (const [crossing, passage] of taken) if (crossing.unverifiable) cut.add(passage);
  for (const passage of unpaired) {
    if (blind.some(({ fromS, toS }) => passage.atS >= fromS && passage.atS <= toS)) {
      cut.add(passage);
      continue;
    }
    const index = left.findIndex(
      ({ line, direction, ...span }) =>
        line === passage.line && direction === passage.direction && isWithin(passage.atS, span),
    );
    if (index < 0) continue;
    left.splice(index, 1);
    cut.add(passage);
  }
  const verifiable = crossings.filter(({ unverifiable }) => unverifiable === undefined);
  return {
    pairs: verifiable.flatMap((crossing) => {
      const passage = taken.get(crossing);
      return passage ? [{ crossing, passage }] : [];
    }),
    missed: verifiable.filter((crossing) => !taken.has(crossing)),
    extra: unpaired.filter((passage) => !cut.has(passage)),
    unverifiable: crossings.filter(({ unverifiable }) => unverifiable !== undefined),
    notCompared: [...cut],
  };
}

function bestPairs(
  crossings: readonly TrueCrossing[],
  passages: readonly CountedPassage[],
): Map<TrueCrossing, CountedPassage> {
  const worth = crossings.flatMap((crossing) =>
    passages.map((passage) => Math.max(0, PAIR_WORTH - costOf(crossing, passage))),
  );
  const assigned = new Int32Array(crossings.length);
  new AssignmentSolver().solve(Float64Array.from(worth), crossings.length, passages.length, assigned);
  return new Map(
    crossings.flatMap((crossing, row) => {
      const passage = passages[assigned[row] as number];
      return passage === undefined ? [] : [[crossing, passage] as const];
    }),
  );
}

/** Infinite for what cannot be a pair. */
function costOf(crossing: TrueCrossing, passage: CountedPassage): number {
  if (crossing.line !== passage.line || crossing.direction !== passage.direction)
    return Number.POSITIVE_INFINITY;
  if (!isWithin(passage.atS, crossing)) return Number.POSITIVE_INFINITY;
  const outsideS = Math.max(0, crossing.fromS - passage.atS, passage.atS - crossing.toS);
  const lateS = Math.min(TOLERANCE_S, Math.abs(passage.atS - crossing.atS)) / 10;
  return outsideS + lateS + (isRightClass(crossing, passage) ? 0 : OTHER_CLASS_S);
}

/** `vehicle` is right for every motor vehicle. */
export function isRightClass(crossing: TrueCrossing, passage: Pick<CountedPassage, 'roadUser'>): boolean {
  if (passage.roadUser === 'vehicle') return isMotorVehicle(crossing.roadUser);
  return passage.roadUser === crossing.roadUser;
}

function isWithin(atS: number, { fromS, toS }: { readonly fromS: number; readonly toS: number }): boolean {
  return atS >= fromS - TOLERANCE_S && atS <= toS + TOLERANCE_S;
}
