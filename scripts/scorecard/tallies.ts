// Matched, missed and extra crossings, added up by whatever key: line, direction, class, scene, condition.

import type { RoadUser } from '../../contract/index.ts';
import { type CrossingMatch, isRightClass } from './match-crossings.ts';

export type CrossingTally = {
  /** True crossings that can be asked for. */
  readonly crossings: number;
  readonly matched: number;
  /** Of the matched, those with the true class. */
  readonly rightClass: number;
  readonly extra: number;
  readonly unverifiable: number;
  readonly notCompared: number;
};

export const NO_CROSSINGS: CrossingTally = {
  ...{ crossings: 0, matched: 0, rightClass: 0, extra: 0, unverifiable: 0, notCompared: 0 },
};

export function tallyOf(match: CrossingMatch): CrossingTally {
  return {
    crossings: match.pairs.length + match.missed.length,
    matched: match.pairs.length,
    rightClass: match.pairs.filter(({ crossing, passage }) => isRightClass(crossing, passage)).length,
    extra: match.extra.length,
    unverifiable: match.unverifiable.length,
    notCompared: match.notCompared.length,
  };
}

export function sumOf(tallies: readonly CrossingTally[]): CrossingTally {
  return tallies.reduce<CrossingTally>(
    (sum, each) => ({
      crossings: sum.crossings + each.crossings,
      matched: sum.matched + each.matched,
      rightClass: sum.rightClass + each.rightClass,
      extra: sum.extra + each.extra,
      unverifiable: sum.unverifiable + each.unverifiable,
      notCompared: sum.notCompared + each.notCompared,
    }),
    NO_CROSSINGS,
  );
}

/** Passages that are compared. */
export function counted({ matched, extra }: CrossingTally): number {
  return matched + extra;
}

/** What of a match belongs to one line and direction. */
export function ofDirection(match: CrossingMatch, line: string, direction: string): CrossingMatch {
  const here = (each: { readonly line: string; readonly direction: string }): boolean =>
    each.line === line && each.direction === direction;
  return {
    pairs: match.pairs.filter(({ crossing }) => here(crossing)),
    missed: match.missed.filter(here),
    extra: match.extra.filter(here),
    unverifiable: match.unverifiable.filter(here),
    notCompared: match.notCompared.filter(here),
  };
}

export type ClassTally = { readonly crossings: number; readonly counted: number; readonly right: number };

/** True, counted and rightly counted crossings of each class that occurs. */
export function byClass(matches: readonly CrossingMatch[]): Map<RoadUser, ClassTally> {
  const tallies = new Map<RoadUser, ClassTally>();
  const add = (roadUser: RoadUser, key: keyof ClassTally): void => {
    const tally = tallies.get(roadUser) ?? { crossings: 0, counted: 0, right: 0 };
    tallies.set(roadUser, { ...tally, [key]: tally[key] + 1 });
  };
  for (const { pairs, missed, extra } of matches) {
    for (const { crossing, passage } of pairs) {
      add(crossing.roadUser, 'crossings');
      add(passage.roadUser, 'counted');
      if (isRightClass(crossing, passage)) add(crossing.roadUser, 'right');
    }
    for (const { roadUser } of missed) add(roadUser, 'crossings');
    for (const { roadUser } of extra) add(roadUser, 'counted');
  }
  return tallies;
}
