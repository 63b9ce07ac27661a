// Boxes against boxes, px of the picture.

import type { BoxCorners } from './counting-line.ts';

/** Area that two boxes share, px². */
export function sharedArea(a: BoxCorners, b: BoxCorners): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Area of a box, px². */
export function areaOf(box: BoxCorners): number {
  return (box[2] - box[0]) * (box[3] - box[1]);
}

/** Area that two boxes share as a share of what they cover together, 0..1. */
export function iouOf(a: BoxCorners, b: BoxCorners): number {
  const both = sharedArea(a, b);
  return both / (areaOf(a) + areaOf(b) - both);
}

/** Wider by `share` of its width on both sides, and higher likewise. */
export function grown([x1, y1, x2, y2]: BoxCorners, share: number): BoxCorners {
  const [x, y] = [(x2 - x1) * share, (y2 - y1) * share];
  return [x1 - x, y1 - y, x2 + x, y2 + y];
}
