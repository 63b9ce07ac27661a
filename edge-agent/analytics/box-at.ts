// Where a road user was between two frames in which it was seen.

import type { BoxCorners } from './counting-line.ts';
import type { PathSighting } from './path.ts';

/**
 * Its box at a time, on the straight way between two sightings where it was not seen; undefined before the first and after
 * the last of them.
 */
export function boxAt(
  sightings: readonly PathSighting[],
  timeMs: number,
): { readonly box: BoxCorners; readonly seen: boolean } | undefined {
  const index = sightings.findIndex(({ cameraTimeMs }) => cameraTimeMs >= timeMs);
  const after = sightings[index];
  if (after === undefined) return undefined;
  if (after.cameraTimeMs === timeMs) return { box: after.box, seen: true };
  const before = sightings[index - 1];
  if (before === undefined) return undefined;
  const share = (timeMs - before.cameraTimeMs) / (after.cameraTimeMs - before.cameraTimeMs);
  const at = (i: 0 | 1 | 2 | 3) => before.box[i] + share * (after.box[i] - before.box[i]);
  return { box: [at(0), at(1), at(2), at(3)], seen: false };
}
