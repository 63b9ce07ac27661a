// Time between vehicles one behind the other at a counting line.

import type { RoadUser } from '../../contract/index.ts';

/** When a vehicle's front came to a line and until when it is known to be there, camera time, ms; `offMs` goes on. */
export type TimeOnLine = { readonly onMs: number; readonly offMs: number };

export type LineCrossing = {
  readonly line: string;
  readonly direction: string;
  readonly lane: string | undefined;
  readonly roadUser: RoadUser;
  /** Camera time at which the anchor was on the line. */
  readonly atMs: number;
  /** Undefined where it is not known when the vehicle was on the line. */
  readonly time: TimeOnLine | undefined;
};

export type Headway = { readonly headwayS?: number; readonly gapS?: number };

type Leader = { readonly atMs: number; readonly time: TimeOnLine | undefined };

/** Times at which watching began anew that are kept: crossings become certain seconds late, gaps are rare. */
const KEPT_GAPS = 16;

/**
 * Headway is the time between the same point of two vehicles (HCM 7th ed., ch. 4), here the anchor that is counted. It
 * equals the time between their fronts unless the anchor is not the front and they differ in length.
 *
 * Gap is the time between the leader's rear leaving the line and the follower's front reaching it, measured at the
 * line, so that neither length nor speed has to be known; 0 when the follower is there before.
 *
 * Persons neither have nor are leaders. Crossings come in the order in which they become certain. One that turns out
 * to have been before another that was taken for the first has no headway: the other's is too long then, by as much.
 */
export class Headways {
  readonly #leaders = new Map<string, Leader>();
  #gapEnds: number[] = [];

  /** Says since when the camera is watched without a gap, camera time; call it for every frame or when it changes. */
  watchedSince(cameraTimeMs: number): void {
    const last = this.#gapEnds.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (cameraTimeMs === last) return;
    if (cameraTimeMs < last) {
      // The camera's clock began anew: times before and after cannot be compared.
      this.#gapEnds = [];
      this.#leaders.clear();
    }
    this.#gapEnds.push(cameraTimeMs);
    if (this.#gapEnds.length > KEPT_GAPS) this.#gapEnds.shift();
  }

  /** Takes the next crossing in. Empty where nobody is known to be ahead. */
  next({ line, direction, lane, roadUser, atMs, time }: LineCrossing): Headway {
    if (roadUser === 'person') return {};
    const key = `${line} ${direction} ${lane ?? ''}`;
    const leader = this.#leaders.get(key);
    const restarted = leader !== undefined && this.#isGapBetween(leader.atMs, atMs);
    if (leader !== undefined && !restarted && atMs < leader.atMs) return {};
    this.#leaders.set(key, { atMs, time });
    if (leader === undefined || restarted) return {};
    const gapMs = gapBetween(leader.time, time);
    return {
      headwayS: seconds(atMs - leader.atMs),
      ...(gapMs === undefined ? {} : { gapS: seconds(gapMs) }),
    };
  }

  /** Forgets who is ahead: passages may have been lost. */
  reset(): void {
    this.#leaders.clear();
  }

  #isGapBetween(fromMs: number, toMs: number): boolean {
    return this.#gapEnds.some((endMs) => fromMs < endMs && toMs >= endMs);
  }
}

function gapBetween(leader: TimeOnLine | undefined, follower: TimeOnLine | undefined): number | undefined {
  return leader && follower && Math.max(0, follower.onMs - leader.offMs);
}

/** Whole milliseconds: frames are no more exact. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
