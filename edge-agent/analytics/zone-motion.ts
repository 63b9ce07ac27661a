// How a road user moves, as queues and footprints need it: which way it was going when it last moved, and whether it
// stands, by the thresholds of each zone.

import type { Point } from './counting-line.ts';
import type { RoadUserView } from './observation.ts';
import type { QueueRule } from './zone.ts';
import { unit } from './zone-footprint.ts';

/** Slower than this the direction of its motion is noise. */
const HEADING_KMH = 5;

/** Slower than this, in box sizes (square root of the area) a second, it is so too where nothing is calibrated. */
const HEADING_SIZES_PER_S = 0.5;

/** Directions of length 1, in the picture and on the ground. */
export type Heading = { readonly picture?: Point | undefined; readonly ground?: Point | undefined };

/** The heading after a sighting: kept while it hardly moves. */
export function headingAfter(before: Heading, view: RoadUserView): Heading {
  const { velocity, ground, standsSince, sizesPerS } = view.motion;
  const isSlow = ground ? ground.speedKmh < HEADING_KMH : sizesPerS < HEADING_SIZES_PER_S;
  if (!view.seen || standsSince !== undefined || isSlow) return before;
  return { picture: unit(velocity) ?? before.picture, ground: (ground && unit(ground)) ?? before.ground };
}

/**
 * Stands or moves, with hysteresis; whoever is hidden does what it did. Where nothing is calibrated, a box tells no
 * speed: who drives along the view seems to creep. So there it stands when its box rests, and moves when it has not
 * rested for as long.
 */
export class Standing {
  #sinceMs: number | undefined;
  #stands = false;

  get stands(): boolean {
    return this.#stands;
  }

  see({ seen, motion }: RoadUserView, cameraTimeMs: number, rule: QueueRule): void {
    if (!seen) return;
    const { standsBelowKmh = 5, standsAfterS = 1, movesAboveKmh = 10 } = rule;
    const { ground, standsSince } = motion;
    const isSlow = standsSince !== undefined || (ground !== undefined && ground.speedKmh < standsBelowKmh);
    const isFast = standsSince === undefined && (ground === undefined || ground.speedKmh > movesAboveKmh);
    const changes = this.#stands ? isFast : isSlow;
    if (!changes) {
      this.#sinceMs = undefined;
      return;
    }
    this.#sinceMs ??= this.#stands
      ? cameraTimeMs
      : Math.min(cameraTimeMs, standsSince?.cameraTimeMs ?? cameraTimeMs);
    const neededMs = this.#stands && ground !== undefined ? 0 : standsAfterS * 1000;
    if (cameraTimeMs - this.#sinceMs >= neededMs) {
      this.#stands = !this.#stands;
      this.#sinceMs = undefined;
    }
  }
}
