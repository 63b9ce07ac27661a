// What somebody who looks at a slit scan says of the counts, and how well the camera counted by that.

import type { RoadUser } from '../../api/types.ts';
import { ROAD_USERS } from '../../api/types.ts';

export type Verdict =
  /** There is nobody at that place. */
  | { readonly is: 'nobody' }
  /** Somebody who was counted already. */
  | { readonly is: 'twice' }
  /** Who went the other way. */
  | { readonly is: 'way' }
  /** It is another road user. */
  | { readonly is: 'class'; readonly roadUser: RoadUser };

export type Missed = {
  readonly atMs: number;
  /** Where on the line, 0 to 1. */
  readonly along: number;
  readonly roadUser: RoadUser;
};

/** Of one line; holds over all intervals that show a moment. */
export type Audit = {
  /** By `keyOf`. Without one a count is right. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly missed: readonly Missed[];
};

export type CountedPassage = {
  readonly atMs: number;
  readonly track: number;
  readonly direction: string;
  readonly roadUser: RoadUser;
};

export type Tally = {
  readonly counted: number;
  /** Counts that are right. */
  readonly found: number;
  /** Counts that are not: `counted - found`. */
  readonly wrong: number;
  readonly missed: number;
  /** Road users that really crossed. */
  readonly of: number;
};

export type Summary = {
  /** Whoever it is and wherever bound: a wrong class or way is no wrong count. */
  readonly all: Tally;
  /** Of classes that crossed or were counted. */
  readonly byClass: readonly { readonly roadUser: RoadUser; readonly tally: Tally }[];
};

export const NOTHING_SAID: Audit = { verdicts: new Map(), missed: [] };

/** Road users that really crossed: docs/operations.md, "How exact a camera counts". */
const LEAST_OF_CLASS = 50;
/** Of the 95 % interval. */
const Z = 1.959964;

export function keyOf({ atMs, track, direction }: CountedPassage): string {
  return `${atMs}-${track}-${direction}`;
}

/** @param passages those that can be seen on the scan */
export function summaryOf(
  passages: readonly CountedPassage[],
  { verdicts, missed }: Audit,
  within: { readonly fromMs: number; readonly toMs: number },
): Summary {
  const judged = passages.map((passage) => ({ passage, verdict: verdicts.get(keyOf(passage)) }));
  const left = missed.filter(({ atMs }) => atMs >= within.fromMs && atMs < within.toMs);
  const crossed = judged.filter(({ verdict }) => verdict?.is !== 'nobody' && verdict?.is !== 'twice');
  const byClass = ROAD_USERS.map((roadUser) => {
    const counted = judged.filter(({ passage }) => passage.roadUser === roadUser);
    const found = counted.filter(({ verdict }) => verdict === undefined).length;
    const others = crossed.filter(
      ({ passage, verdict }) =>
        (verdict?.is === 'class' && verdict.roadUser === roadUser) ||
        (verdict?.is === 'way' && passage.roadUser === roadUser),
    ).length;
    const unseen = left.filter((one) => one.roadUser === roadUser).length;
    return { roadUser, tally: tallyOf(counted.length, found, others + unseen) };
  });
  return {
    all: tallyOf(judged.length, crossed.length, left.length),
    byClass: byClass.filter(({ tally }) => tally.counted > 0 || tally.of > 0),
  };
}

function tallyOf(counted: number, found: number, missed: number): Tally {
  return { counted, found, wrong: counted - found, missed, of: found + missed };
}

/** Several intervals together. */
export function sumOf(summaries: readonly Summary[]): Summary {
  const add = (tallies: readonly Tally[]) =>
    tallies.reduce(
      (a, b) => tallyOf(a.counted + b.counted, a.found + b.found, a.missed + b.missed),
      tallyOf(0, 0, 0),
    );
  const classes = summaries.flatMap(({ byClass }) => byClass);
  return {
    all: add(summaries.map(({ all }) => all)),
    byClass: ROAD_USERS.map((roadUser) => ({
      roadUser,
      tally: add(classes.filter((one) => one.roadUser === roadUser).map(({ tally }) => tally)),
    })).filter(({ tally }) => tally.counted > 0 || tally.of > 0),
  };
}

/**
 * 95 % score interval of a share k of n (Wilson 1927, doi 10.2307/2276774); null for no trials.
 */
export function wilson(k: number, n: number): { readonly low: number; readonly high: number } | null {
  if (n === 0) return null;
  const share = k / n;
  const spread = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const middle = share + (Z * Z) / (2 * n);
  const scale = 1 + (Z * Z) / n;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/** An entry of `accuracy` in a camera's file. */
export type Accuracy = Pick<Tally, 'of' | 'found' | 'counted'>;

/** Null where nobody was found, which says nothing of how well it counts. */
export function accuracyOf({ of, found, counted }: Tally): Accuracy | null {
  return found === 0 ? null : { of, found, counted };
}

/**
 * The `accuracy` of a camera's file: everybody, then classes of which enough were seen. The entry for everybody holds for
 * counts of each class and way that has none of its own, so that a wrong class or way is no right count there.
 */
export function accuracyYaml({ all, byClass }: Summary, note: string): string | null {
  const found = byClass.reduce((sum, { tally }) => sum + tally.found, 0);
  const everybody = accuracyOf({ ...all, found });
  if (everybody === null) return null;
  const entry = ({ of, found: right, counted }: Accuracy, roadUser?: RoadUser) =>
    `  - {${roadUser === undefined ? '' : ` roadUser: ${roadUser},`} of: ${of}, found: ${right}, counted: ${counted} }`;
  const classes = byClass.flatMap(({ roadUser, tally }) => {
    const accuracy = tally.of < LEAST_OF_CLASS ? null : accuracyOf(tally);
    return accuracy === null ? [] : [entry(accuracy, roadUser)];
  });
  return [`accuracy: # ${note}`, entry(everybody), ...classes].join('\n');
}
