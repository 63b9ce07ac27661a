// How a road user moves, as queues and footprints need it: which way it was going when it last moved, and whether it
// stands, by the thresholds of each zone.

import type { RoadUser } from '../../contract/index.ts';
import type { Point } from './counting-line.ts';
import type { RoadUserView } from './observation.ts';
import type { QueueRule } from './zone.ts';
import { unit } from './zone-footprint.ts';

/** Slower than this the direction of its motion is noise. */
const HEADING_KMH = 5;

/**
 * What a box size (square root of the area) is taken for where nothing is calibrated, m: √(width · height) of usual
 * ones seen from the front. Motion along the view seems slower than it is.
 */
const METRES_PER_SIZE: Readonly<Record<RoadUser, number>> = {
  car: 1.7,
  motorcycle: 1.1,
  bus: 2.8,
  truck: 2.7,
  bicycle: 1,
  person: 0.9,
  vehicle: 1.7,
};

/** Speed for decisions, km/h: on the ground, else by the size of its box. */
export function roughSpeedKmh({ motion, roadUser }: RoadUserView): number {
  return motion.ground?.speedKmh ?? motion.sizesPerS * METRES_PER_SIZE[roadUser] * 3.6;
}

/** Directions of length 1, in the picture and on the ground. */
export type Heading = { readonly picture?: Point | undefined; readonly ground?: Point | undefined };

/** The heading after a sighting: kept while it hardly moves. */
export function headingAfter(before: Heading, view: RoadUserView): Heading {
  if (!view.seen || view.motion.standsSince !== undefined || roughSpeedKmh(view) < HEADING_KMH) return before;
  const { velocity, ground } = view.motion;
  return { picture: unit(velocity) ?? before.picture, ground: (ground && unit(ground)) ?? before.ground };
}

/** Stands or moves, with hysteresis; whoever is hidden does what it did. */
export class Standing {
  #slowSinceMs: number | undefined;
  #stands = false;

  get stands(): boolean {
    return this.#stands;
  }

  see(view: RoadUserView, cameraTimeMs: number, rule: QueueRule): void {
    if (!view.seen) return;
    const { standsBelowKmh = 5, standsAfterS = 1, movesAboveKmh = 10 } = rule;
    const speedKmh = roughSpeedKmh(view);
    const rests = view.motion.standsSince !== undefined;
    if (rests || speedKmh < standsBelowKmh) {
      this.#slowSinceMs ??= cameraTimeMs;
      const sinceMs = Math.min(
        this.#slowSinceMs,
        view.motion.standsSince?.cameraTimeMs ?? Number.POSITIVE_INFINITY,
      );
      if (cameraTimeMs - sinceMs >= standsAfterS * 1000) this.#stands = true;
      return;
    }
    this.#slowSinceMs = undefined;
    if (speedKmh > movesAboveKmh) this.#stands = false;
  }
}
