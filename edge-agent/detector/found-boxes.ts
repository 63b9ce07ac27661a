// The last step of a detection: candidates without their duplicates, in pixels of the camera's picture.

import type { FrameGeometry } from '../source/frame.ts';
import type { Candidates } from './candidates.ts';
import { type SuppressionOptions, suppress } from './suppression.ts';

/** The arrays of a `Detections`, each over its own buffer so that they can be transferred between threads. */
export type FoundBoxes = {
  readonly count: number;
  /** `[count, 4]` in source pixels. */
  readonly boxes: Float32Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
  readonly roadUsers: Uint8Array<ArrayBuffer>;
};

/** A side shorter than this after clipping is the rim of something outside the picture. */
const MIN_SIDE_PX = 1;

/**
 * Suppresses duplicates, maps to source pixels (`source = (input - offset) / scale + origin`), clips to the
 * picture and leaves out what is not in it.
 */
export function foundBoxes(
  candidates: Candidates,
  geometry: FrameGeometry,
  options: SuppressionOptions,
): FoundBoxes {
  const kept = suppress(candidates, options);
  const boxes = new Float32Array(kept.length * 4);
  const scores = new Float32Array(kept.length);
  const roadUsers = new Uint8Array(kept.length);
  let count = 0;
  for (const index of kept) {
    const at = index * 4;
    const x1 = inSource(candidates.boxes[at], geometry, 'x');
    const y1 = inSource(candidates.boxes[at + 1], geometry, 'y');
    const x2 = inSource(candidates.boxes[at + 2], geometry, 'x');
    const y2 = inSource(candidates.boxes[at + 3], geometry, 'y');
    if (!(x2 - x1 >= MIN_SIDE_PX && y2 - y1 >= MIN_SIDE_PX)) continue;
    boxes.set([x1, y1, x2, y2], count * 4);
    scores[count] = Math.min(1, candidates.scores[index] ?? 0);
    roadUsers[count] = options.roadUserOfLabel[candidates.labels[index] ?? -1] ?? 0;
    count++;
  }
  return {
    count,
    boxes: boxes.slice(0, count * 4),
    scores: scores.slice(0, count),
    roadUsers: roadUsers.slice(0, count),
  };
}

function inSource(input: number | undefined, geometry: FrameGeometry, axis: 'x' | 'y'): number {
  const value =
    axis === 'x'
      ? ((input ?? 0) - geometry.offsetX) / geometry.scaleX + geometry.originX
      : ((input ?? 0) - geometry.offsetY) / geometry.scaleY + geometry.originY;
  return Math.min(Math.max(value, 0), axis === 'x' ? geometry.sourceWidth : geometry.sourceHeight);
}
