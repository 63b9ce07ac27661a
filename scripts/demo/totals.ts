// What a run of the demo has come to, and whether that is good.

import { compare, type PointIdentity } from './identities.ts';
import type { Traffic } from './tap.ts';

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

/** @param framesInFlows frames analysed as the stored interval counts tell */
export function totalsOf(traffic: Traffic, stored: readonly PointIdentity[], framesInFlows: number): Totals {
  const distinct = new Set(stored);
  const passages = [...distinct].filter((identity) => identity.startsWith('passage/'));
  // Without the road user at its end, the identity of a point is that of its interval count.
  const flows = new Set(
    [...distinct]
      .filter((identity) => identity.startsWith('flow/'))
      .map((id) => id.slice(0, id.lastIndexOf('/'))),
  );
  const framesReported = [...traffic.cameras.values()].reduce(
    (sum, camera) => sum + camera.framesAnalysed,
    0,
  );
  return {
    // Health reports are not sent for the last seconds, interval counts not while there is none: take the better.
    frames: Math.max(framesInFlows, framesReported),
    passages: passages.length,
    flows: flows.size,
    pointsStored: stored.length,
    ...compare(traffic.published, stored),
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
