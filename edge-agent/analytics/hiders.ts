// Tells whether somebody who is not seen any more is hidden, or merely lost.

import { boxAt } from './box-at.ts';
import { areaOf, sharedArea } from './boxes.ts';
import type { BoxCorners, Point } from './counting-line.ts';
import type { Path } from './path.ts';

/** Hidden is of whom this share is covered. */
const HIDDEN_SHARE = 0.5;
/**
 * A hider goes another way, or stands: one that goes the same way by more than this share of the speed may be the hidden one
 * itself, found again.
 */
const SAME_WAY_SHARE = 0.5;
/** Its motion is taken over this time, ms. */
const MOTION_MS = 500;

/**
 * Whether a larger road user of `others` covers a box at a time, being in its way.
 *
 * @param velocity of who is in the box, px/s
 */
export function isHidden(
  others: Iterable<Path>,
  box: BoxCorners,
  velocity: Point,
  cameraTimeMs: number,
): boolean {
  const speedSquared = velocity.x ** 2 + velocity.y ** 2;
  for (const other of others) {
    const hider = boxAt(other.sightings, cameraTimeMs)?.box;
    if (hider === undefined || areaOf(hider) < areaOf(box)) continue;
    if (sharedArea(hider, box) < HIDDEN_SHARE * areaOf(box)) continue;
    const before = boxAt(other.sightings, cameraTimeMs - MOTION_MS)?.box;
    if (before === undefined) continue;
    const { x, y } = shiftBetween(before, hider);
    if (x * velocity.x + y * velocity.y < SAME_WAY_SHARE * (MOTION_MS / 1000) * speedSquared) return true;
  }
  return false;
}

function shiftBetween(from: BoxCorners, to: BoxCorners): Point {
  return { x: (to[0] + to[2] - from[0] - from[2]) / 2, y: (to[1] + to[3] - from[1] - from[3]) / 2 };
}
