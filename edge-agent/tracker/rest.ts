// Whether a tracked road user rests, and where: a parked or waiting one must neither be dragged along by what passes in
// front of it, nor drift away while it is hidden.

import { isSamePlace } from '../same-place.ts';
import type { Corners } from './similarity.ts';

/** A box that has not left its place by more than this many box sizes ... */
const PLACE_SIZES = 0.25;
/** ... for this long rests: parked, or waiting at a signal. */
const REST_MS = 3000;
/** Who rests leaves only when so many sightings in a row say so. */
const LEAVING_SIGHTINGS = 3;
/** Between two sightings, who rests moves no farther than this, in box sizes, and this much more a second squared. */
const STEP_SIZES = 0.35;
const STEP_SIZES_PER_S2 = 0.5;
/** Weight of a new box in the mean of the place; one of less than this share of its area is partly hidden and has none. */
const LEARNING = 0.1;
const WHOLE_SHARE = 0.8;

export class Rest {
  #box: Corners;
  #last: Corners;
  #sinceMs: number;
  #lastMs: number;
  #strayed = 0;

  constructor(box: Corners, timeMs: number) {
    this.#box = box;
    this.#last = box;
    this.#sinceMs = timeMs;
    this.#lastMs = timeMs;
  }

  /** It hardly moved for some seconds, up to its last sighting. */
  get rests(): boolean {
    return this.restedMs >= REST_MS;
  }

  /** For how long it has hardly moved, up to its last sighting, ms. */
  get restedMs(): number {
    return this.#lastMs - this.#sinceMs;
  }

  /** Where it rests: the whole of it, also when part is hidden. */
  get box(): Corners {
    return this.#box;
  }

  /** Whether a sighting at `timeMs` can be of the one that rests: there, or on its first step away. */
  admits(box: Corners, timeMs: number): boolean {
    const gapS = (timeMs - this.#lastMs) / 1000;
    const tolerance = STEP_SIZES + STEP_SIZES_PER_S2 * gapS * gapS;
    return isAt(this.#box, box, tolerance) || isAt(this.#last, box, tolerance);
  }

  see(box: Corners, timeMs: number): void {
    const rested = this.rests;
    this.#last = box;
    this.#lastMs = timeMs;
    if (isAt(this.#box, box, PLACE_SIZES)) {
      this.#strayed = 0;
      if (areaOf(box) >= WHOLE_SHARE * areaOf(this.#box)) this.#box = mean(this.#box, box);
      return;
    }
    this.#strayed++;
    if (!rested || this.#strayed >= LEAVING_SIGHTINGS) {
      this.#box = box;
      this.#sinceMs = timeMs;
      this.#strayed = 0;
    }
  }
}

function isAt(rest: Corners, now: Corners, tolerance: number): boolean {
  return isSamePlace([rest.x1, rest.y1, rest.x2, rest.y2], [now.x1, now.y1, now.x2, now.y2], tolerance);
}

function mean(a: Corners, b: Corners): Corners {
  const of = (x: number, y: number) => x + LEARNING * (y - x);
  return { x1: of(a.x1, b.x1), y1: of(a.y1, b.y1), x2: of(a.x2, b.x2), y2: of(a.y2, b.y2) };
}

function areaOf({ x1, y1, x2, y2 }: Corners): number {
  return (x2 - x1) * (y2 - y1);
}
