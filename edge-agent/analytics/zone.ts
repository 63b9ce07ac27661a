// Zones of a camera's picture, as they are configured, and whether they can be measured.

import type { RoadUser } from '../../contract/index.ts';
import type { Anchor } from './counting-line.ts';
import { areaOf, crossesItself } from './zone-polygon.ts';

/**
 * An area of the road.
 *
 * ```
 *      ●────────────●        corners in order, either way round; the last is joined to the first
 *     ╱   ┌──┐       ╲       who is inside: whose anchor is, bottom-centre by default
 *    ╱    └▼─┘  ▼     ╲      ▼ anchor
 *   ●──────────────────●
 * ```
 *
 * The anchor is at the road user's side towards the camera: seen from behind, a car is inside two metres later than its
 * middle. Draw the zone where wheels and bumpers are seen.
 */
export type Zone = {
  readonly zone: string;
  /** `[x, y]` in pixels of the picture size that the camera's coordinates refer to; at least three. */
  readonly polygon: readonly (readonly [number, number])[];
  /** Counted ones. Default: all. */
  readonly roadUsers?: readonly RoadUser[] | undefined;
  /** Default bottom-centre. */
  readonly anchor?: Anchor | undefined;
  /** Default: queues are not measured. */
  readonly queue?: QueueRule | undefined;
};

/** When road users are a queue (DOMAIN: SUMO's lane-area detector; the lower and upper speed as VISSIM has them). */
export type QueueRule = {
  /**
   * Where the queue begins, the stop line, in px: a point or two ends of a line. Only who is joined to it by gaps is in the
   * queue, and its length is measured from there. Default: the longest queue anywhere in the zone.
   */
  readonly from?: readonly (readonly [number, number])[] | undefined;
  /** Stands that was slower than this, km/h, ... Default 5. */
  readonly standsBelowKmh?: number | undefined;
  /** ... for this long, s. Default 1. */
  readonly standsAfterS?: number | undefined;
  /** And until it is faster than this, km/h. Default 10. */
  readonly movesAboveKmh?: number | undefined;
  /** Longest gap from one to the next, metres, where the camera is calibrated. Default 10. */
  readonly gapM?: number | undefined;
  /** The same in box sizes (square root of the area), where it is not. Default 2. */
  readonly gapSizes?: number | undefined;
};

/** Throws a RangeError for zones that cannot be measured, or two of one name. */
export function checkZones(zones: readonly Zone[]): void {
  const names = new Set<string>();
  for (const { zone, polygon } of zones) {
    const corners = polygon.map(([x, y]) => ({ x, y }));
    if (polygon.length < 3 || !polygon.flat().every(Number.isFinite) || areaOf(corners) === 0) {
      throw new RangeError(
        `Zone "${zone}": expected three corners or more around an area, got ${JSON.stringify(polygon)}.`,
      );
    }
    if (crossesItself(corners)) {
      throw new RangeError(
        `Zone "${zone}": its edge crosses itself. Give the corners in their order around it.`,
      );
    }
    if (names.has(zone)) {
      throw new RangeError(`Zone "${zone}" is there twice. Give every zone of a camera its own name.`);
    }
    names.add(zone);
  }
}
