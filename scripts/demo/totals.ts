// What a run of the demo has come to, and whether that is good.

import { compare, type PointIdentity } from './identities.ts';

export type Totals = {
  /** Analysed by the edge agent. */
  readonly frames: number;
  /** Vehicles and people that crossed the line and are in the database. */
  readonly passages: number;
  /** Interval counts in the database, one for each interval and direction. */
  readonly flows: number;
  /** Points of passages and interval counts in the database. */
  readonly pointsStored: number;
  /** Points of published events that are not in the database. */
  readonly lost: number;
  /** Points that stand in the database more than once. */
  readonly duplicated: number;
};

/**
 * @param stored one entry for every point of passages and interval counts in the database
 * @param frames analysed, as the stored interval counts tell
 */
export function totalsOf(
  published: ReadonlySet<PointIdentity>,
  stored: readonly PointIdentity[],
  frames: number,
): Totals {
  const distinct = new Set(stored);
  const passages = [...distinct].filter((identity) => identity.startsWith('passage/'));
  // Without the road user at its end, the identity of a point is that of its interval count.
  const flows = new Set(
    [...distinct]
      .filter((identity) => identity.startsWith('flow/'))
      .map((id) => id.slice(0, id.lastIndexOf('/'))),
  );
  return {
    frames,
    passages: passages.length,
    flows: flows.size,
    pointsStored: stored.length,
    ...compare(published, stored),
  };
}

/** Undefined when all is well, else what is not, in a sentence. */
export function shortcoming(totals: Totals): string | undefined {
  if (totals.lost > 0) return `${totals.lost} points were published but are not in InfluxDB.`;
  if (totals.duplicated > 0) return `${totals.duplicated} points stand in InfluxDB more than once.`;
  if (totals.frames === 0) return 'No frame was analysed.';
  if (totals.passages === 0) return 'No passage arrived in InfluxDB: nothing crossed the line.';
  return undefined;
}
