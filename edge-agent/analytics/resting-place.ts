// Since when a road user stands still.

import { isSamePlace } from '../same-place.ts';
import type { BoxCorners } from './counting-line.ts';
import type { Moment } from './observation.ts';

/** It has not left its place by more than this many box sizes. */
const SAME_PLACE_SIZES = 0.25;
/** A rest shorter than this is none, ms. */
const LEAST_REST_MS = 1000;

type Placed = Moment & { readonly box: BoxCorners };

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
    if (!isSamePlace(this.#since.box, placed.box, SAME_PLACE_SIZES)) {
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
