// Finds how a picture lies on a learned one: shifted, turned, nearer or farther.

import type { GradientField } from './picture-gradient.ts';

/** Places with a lasting edge; parallel arrays. */
export type EdgePoints = {
  readonly count: number;
  /** Pixels of the thumbnail. */
  readonly x: Int16Array;
  readonly y: Int16Array;
  /** Direction of the edge there, length 0..1. */
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
};

/** Turned by `rotationDeg` (clockwise as seen) and scaled by `zoom` about the middle, then shifted, in pixels of the thumbnail. */
export type Alignment = {
  readonly dx: number;
  readonly dy: number;
  readonly rotationDeg: number;
  readonly zoom: number;
  /** Correlation of the edges, 0 (nothing fits) to 1; negative values are told as 0. */
  readonly score: number;
};

/** Fewer of the points than this inside the picture prove nothing. */
const LEAST_INSIDE = 0.4;

/** Normalised correlation of the points' edges with the field's when shifted by whole pixels. */
export function correlation(field: GradientField, points: EdgePoints, dx: number, dy: number): number {
  const { width, height } = field;
  let dot = 0;
  let ours = 0;
  let theirs = 0;
  let inside = 0;
  for (let i = 0; i < points.count; i++) {
    const x = (points.x[i] as number) + dx;
    const y = (points.y[i] as number) + dy;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) continue;
    const at = y * width + x;
    if ((field.known[at] as number) === 0) continue;
    const fx = field.x[at] as number;
    const fy = field.y[at] as number;
    const gx = points.gradientX[i] as number;
    const gy = points.gradientY[i] as number;
    dot += fx * gx + fy * gy;
    ours += gx * gx + gy * gy;
    theirs += fx * fx + fy * fy;
    inside++;
  }
  if (inside < LEAST_INSIDE * points.count || ours * theirs === 0) return 0;
  return Math.max(0, dot / Math.sqrt(ours * theirs));
}

/** The best whole-pixel shift up to `reachX` and `reachY` round a given one. */
export function bestShift(
  field: GradientField,
  points: EdgePoints,
  search: { dx: number; dy: number; reachX: number; reachY: number; step: number },
): { dx: number; dy: number; score: number } {
  const { reachX, reachY, step } = search;
  let best = { dx: search.dx, dy: search.dy, score: correlation(field, points, search.dx, search.dy) };
  for (let dy = search.dy - reachY; dy <= search.dy + reachY; dy += step) {
    for (let dx = search.dx - reachX; dx <= search.dx + reachX; dx += step) {
      const score = correlation(field, points, dx, dy);
      if (score > best.score) best = { dx, dy, score };
    }
  }
  return best;
}

/** The points as they would lie in a picture of this size that is turned and zoomed about its middle. */
export function turned(
  points: EdgePoints,
  size: { readonly width: number; readonly height: number },
  rotationDeg: number,
  zoom: number,
): EdgePoints {
  const { count } = points;
  const cos = Math.cos((rotationDeg * Math.PI) / 180);
  const sin = Math.sin((rotationDeg * Math.PI) / 180);
  const x = new Int16Array(count);
  const y = new Int16Array(count);
  const gradientX = new Float32Array(count);
  const gradientY = new Float32Array(count);
  const middleX = size.width / 2;
  const middleY = size.height / 2;
  for (let i = 0; i < count; i++) {
    const fromX = (points.x[i] as number) - middleX;
    const fromY = (points.y[i] as number) - middleY;
    x[i] = Math.round(middleX + zoom * (cos * fromX - sin * fromY));
    y[i] = Math.round(middleY + zoom * (sin * fromX + cos * fromY));
    const gx = points.gradientX[i] as number;
    const gy = points.gradientY[i] as number;
    gradientX[i] = cos * gx - sin * gy;
    gradientY[i] = sin * gx + cos * gy;
  }
  return { count, x, y, gradientX, gradientY };
}

/** Every `n`-th point, so that about `count` are left. */
export function thinned(points: EdgePoints, count: number): EdgePoints {
  const step = Math.max(1, Math.floor(points.count / count));
  const pick = (_: unknown, i: number) => i % step === 0;
  const x = points.x.filter(pick);
  return {
    count: x.length,
    x,
    y: points.y.filter(pick),
    gradientX: points.gradientX.filter(pick),
    gradientY: points.gradientY.filter(pick),
  };
}
