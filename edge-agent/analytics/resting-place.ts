// Whether a road user stands still: by the edges of its box, because an edge that something hides moves though the
// road user does not.

import type { BoxCorners } from './counting-line.ts';
import type { Moment } from './observation.ts';

/** An edge is where it was when it is no farther away than this many box sizes (square root of the area). */
const SAME_PLACE_SIZES = 0.25;
/** A box of the same place may be this many times smaller: more than half of the road user hidden. */
const MOST_HIDDEN = 2.5;
/** A rest shorter than this is none, ms. */
const LEAST_REST_MS = 1000;

type Placed = Moment & { readonly box: BoxCorners };

/**
 * Stands as long as, in both directions, the middle or one of the two edges has not left its place, and no edge has
 * moved outwards: what hides a road user makes its box smaller, what drives at the camera makes it larger.
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

function isSamePlace(rest: BoxCorners, now: BoxCorners): boolean {
  const restArea = (rest[2] - rest[0]) * (rest[3] - rest[1]);
  const area = (now[2] - now[0]) * (now[3] - now[1]);
  const size = Math.sqrt(Math.max(restArea, area));
  const grown = Math.max(rest[0] - now[0], rest[1] - now[1], now[2] - rest[2], now[3] - rest[3]);
  return (
    restArea <= MOST_HIDDEN * area &&
    grown <= SAME_PLACE_SIZES * size &&
    shift(rest[0], rest[2], now[0], now[2]) <= SAME_PLACE_SIZES * size &&
    shift(rest[1], rest[3], now[1], now[3]) <= SAME_PLACE_SIZES * size
  );
}

/** The least that the lower end, the upper end or the middle of a range has moved. */
function shift(fromA: number, toA: number, fromB: number, toB: number): number {
  const from = Math.abs(fromA - fromB);
  const to = Math.abs(toA - toB);
  return Math.min(from, to, Math.abs(fromA + toA - fromB - toB) / 2);
}
