// What is summed in one interval for one zone, and the event that it gives.

import { ROAD_USERS, type RoadUser, type Zone as ZoneEvent } from '../../contract/index.ts';
import type { Beginning, Ending } from './zone-stay.ts';

/** `[fromMs, toMs)`, UTC. */
export type Span = readonly [fromMs: number, toMs: number];

export class ZoneSums {
  readonly #entries = new Uint32Array(ROAD_USERS.length);
  readonly #exits = new Uint32Array(ROAD_USERS.length);
  #appeared = 0;
  #lost = 0;
  #dwellN = 0;
  #dwellS = 0;
  #coveredMs = 0;
  #occupiedMs = 0;
  #queue: ZoneEvent['queue'];
  /** Stays that are over, as far as they lie in the interval. */
  readonly stays: Span[] = [];

  get isEmpty(): boolean {
    return !this.#entries.some(Boolean) && !this.#exits.some(Boolean) && this.#appeared + this.#lost === 0;
  }

  begin(how: Beginning, roadUser: RoadUser): void {
    if (how === 'entered') increment(this.#entries, roadUser);
    else if (how === 'appeared') this.#appeared++;
  }

  /** @param dwellS from entry to exit; undefined when one of them was not seen */
  end(how: Ending, roadUser: RoadUser, dwellS: number | undefined): void {
    if (how === 'lost') this.#lost++;
    else increment(this.#exits, roadUser);
    if (dwellS !== undefined) {
      this.#dwellN++;
      this.#dwellS += dwellS;
    }
  }

  /** For `ms` that were observed: how much of the zone was covered, and for what share of them it was occupied at all. */
  cover(ms: number, share: number, occupied: number): void {
    this.#coveredMs += ms * share;
    this.#occupiedMs += ms * occupied;
  }

  queue(vehicles: number, lengthM: number | undefined, truncated: boolean): void {
    const before = this.#queue;
    const maxM = lengthM === undefined ? before?.maxM : Math.max(lengthM, before?.maxM ?? 0);
    this.#queue = {
      maxVehicles: Math.max(vehicles, before?.maxVehicles ?? 0),
      ...(maxM === undefined ? {} : { maxM }),
      truncated: truncated || (before?.truncated ?? false),
    };
  }

  /**
   * @param open beginnings of the stays that are not over, UTC
   * @param observed spans of the interval that were observed, in order
   */
  report(
    roadUsers: readonly RoadUser[],
    open: readonly Span[],
    observed: readonly Span[],
  ): Omit<ZoneEvent, 'type' | 'camera' | 'zone' | 'fromMs' | 'toMs' | 'framesAnalysed' | 'framesDropped'> {
    const observedMs = observed.reduce((sum, [from, to]) => sum + to - from, 0);
    const { meanMs, max } = presence([...this.stays, ...open], observed);
    const share = (ms: number) => (observedMs > 0 ? Math.min(1, round(ms / observedMs)) : 0);
    const queue = this.#queue;
    return {
      observedMs,
      entries: countsOf(this.#entries, roadUsers),
      exits: countsOf(this.#exits, roadUsers),
      appeared: this.#appeared,
      lost: this.#lost,
      presentMean: observedMs > 0 ? Math.min(max, round(meanMs / observedMs)) : 0,
      presentMax: max,
      timeOccupancy: share(this.#occupiedMs),
      spaceOccupancy: share(this.#coveredMs),
      dwell: { n: this.#dwellN, sumS: round(this.#dwellS) },
      ...(queue === undefined
        ? {}
        : {
            queue: {
              ...queue,
              ...(queue.maxM === undefined ? {} : { maxM: Math.round(queue.maxM * 10) / 10 }),
            },
          }),
    };
  }
}

/**
 * Stays that overlap with observed time: their sum, ms, and the most at once. Exact, whatever order the stays became
 * known in.
 */
export function presence(
  stays: readonly Span[],
  observed: readonly Span[],
): { readonly meanMs: number; readonly max: number } {
  const changes: [atMs: number, by: number][] = [];
  let meanMs = 0;
  for (const [start, end] of observed) {
    for (const [from, to] of stays) {
      const begin = Math.max(from, start);
      const finish = Math.min(to, end);
      if (begin >= finish) continue;
      meanMs += finish - begin;
      changes.push([begin, 1], [finish, -1]);
    }
  }
  // Who goes makes room for who comes at the same moment.
  changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  let max = 0;
  for (const [, by] of changes) {
    now += by;
    max = Math.max(max, now);
  }
  return { meanMs, max };
}

function increment(counts: Uint32Array, roadUser: RoadUser): void {
  const index = ROAD_USERS.indexOf(roadUser);
  counts[index] = (counts[index] as number) + 1;
}

function countsOf(counts: Uint32Array, roadUsers: readonly RoadUser[]): ZoneEvent['entries'] {
  const result: ZoneEvent['entries'] = {};
  for (const [index, roadUser] of ROAD_USERS.entries()) {
    const n = counts[index] as number;
    if (n > 0 || roadUsers.includes(roadUser)) result[roadUser] = n;
  }
  return result;
}

/** Six decimals: means still merge exactly for every practical purpose, and messages stay short. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
