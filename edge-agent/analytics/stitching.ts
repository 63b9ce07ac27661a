// Finds the lost path that a new track continues, so that an id switch near a line neither loses a passage nor
// makes two of one.

import { isMotorVehicle, type RoadUser } from '../../contract/index.ts';
import { centreOf, type Path, sizeOf } from './path.ts';

/** Longest time between the last sighting of the old track and the first of the new. */
export const LONGEST_STITCH_MS = 1500;
/** How far the new track may begin from where the old one was going, in box sizes: at once ... */
const RESIDUAL_SIZES = 0.4;
/** ... and this much more for each second in between. */
const RESIDUAL_SIZES_PER_S = 0.6;
/** Areas of the two boxes differ by this factor at most: a box half hidden is half as large. */
const AREA_FACTOR = 2.5;
/** Two ways of going are one when they differ by less than this angle: 60 degrees. */
const SAME_WAY_COSINE = 0.5;
/** Slower than this, in box sizes a second, there is no way of going. */
const STANDING_SIZES_PER_S = 0.3;

/**
 * The path of `lost` that `path` most probably continues, or undefined. Compares where the old track would have been
 * with where the new one began, both moved at the mean of their velocities.
 */
export function findPredecessor(path: Path, lost: Iterable<Path>): Path | undefined {
  let best: Path | undefined;
  let bestMisfit = 1;
  for (const candidate of lost) {
    const misfit = misfitBetween(candidate, path);
    if (misfit < bestMisfit) {
      best = candidate;
      bestMisfit = misfit;
    }
  }
  return best;
}

/** 0 for a perfect continuation, 1 at the limit, infinite when it cannot be one. */
function misfitBetween(lost: Path, path: Path): number {
  const end = lost.last;
  const start = path.first;
  const gapMs = start.cameraTimeMs - end.cameraTimeMs;
  if (gapMs <= 0 || gapMs > LONGEST_STITCH_MS || !mayBeOne(lost.roadUser, path.roadUser)) {
    return Number.POSITIVE_INFINITY;
  }
  const endSize = sizeOf(end.box);
  const startSize = sizeOf(start.box);
  if (Math.max(endSize / startSize, startSize / endSize) ** 2 > AREA_FACTOR) {
    return Number.POSITIVE_INFINITY;
  }
  const size = (endSize + startSize) / 2;
  const before = lost.velocity;
  const after = path.firstVelocity;
  const speeds = [Math.hypot(before.x, before.y), Math.hypot(after.x, after.y)] as const;
  if (
    Math.min(...speeds) > STANDING_SIZES_PER_S * size &&
    before.x * after.x + before.y * after.y < SAME_WAY_COSINE * speeds[0] * speeds[1]
  ) {
    return Number.POSITIVE_INFINITY;
  }
  const gapS = gapMs / 1000;
  const from = centreOf(end.box);
  const to = centreOf(start.box);
  const missX = to.x - from.x - ((before.x + after.x) / 2) * gapS;
  const missY = to.y - from.y - ((before.y + after.y) / 2) * gapS;
  return Math.hypot(missX, missY) / size / (RESIDUAL_SIZES + RESIDUAL_SIZES_PER_S * gapS);
}

/** Classes that a detector takes for one another on the same road user. */
function mayBeOne(a: RoadUser, b: RoadUser): boolean {
  return isMotorVehicle(a) === isMotorVehicle(b);
}
