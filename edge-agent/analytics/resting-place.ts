// Whether a road user stands still: by the edges of its box, because an edge that something hides moves though the
// road user does not.

import type { BoxCorners } from './counting-line.ts';
import type { Moment } from './observation.ts';

/** An edge is where it was when it is no farther away than this many box sizes (square root of the area). */
const SAME_PLACE_SIZES = 0.25;
/** Boxes of the same place have areas within this factor: half of a road user may be hidden. */
const SAME_PLACE_AREA = 2.5;
/** A rest shorter than this is none, ms. */
const LEAST_REST_MS = 1000;

type Placed = Moment & { readonly box: BoxCorners };

/**
 * Stands as long as, in both directions, the middle or one of the two edges has not left its place. A road user
 * driving straight at the camera keeps the middle from left to right, but neither its upper nor its lower edge.
 */
export class RestingPlace {
  #since: Placed;
  #last: Placed;

  constructor(first: Placed) {
    this.#since = first;
    this.#last = first;
  }

  fork(): RestingPlace {
    const copy = new RestingPlace(this.#since);
    copy.#last = this.#last;
    return copy;
  }

  see(placed: Placed): void {
    this.#last = placed;
    if (!isSamePlace(this.#since.box, placed.box)) {
      this.#since = placed;
    }
  }

  /** The moment it came to rest, while it rests; as of its last sighting. */
  get standsSince(): Moment | undefined {
    const { cameraTimeMs, capturedAtMs } = this.#since;
    return this.#last.cameraTimeMs - cameraTimeMs >= LEAST_REST_MS
      ? { cameraTimeMs, capturedAtMs }
      : undefined;
  }
}

function isSamePlace(a: BoxCorners, b: BoxCorners): boolean {
  const areaA = (a[2] - a[0]) * (a[3] - a[1]);
  const areaB = (b[2] - b[0]) * (b[3] - b[1]);
  const size = Math.sqrt(Math.max(areaA, areaB));
  return (
    Math.max(areaA, areaB) <= SAME_PLACE_AREA * Math.min(areaA, areaB) &&
    shift(a[0], a[2], b[0], b[2]) <= SAME_PLACE_SIZES * size &&
    shift(a[1], a[3], b[1], b[3]) <= SAME_PLACE_SIZES * size
  );
}

/** The least that the lower end, the upper end or the middle of a range has moved. */
function shift(fromA: number, toA: number, fromB: number, toB: number): number {
  const from = Math.abs(fromA - fromB);
  const to = Math.abs(toA - toB);
  return Math.min(from, to, Math.abs(fromA + toA - fromB - toB) / 2);
}
