// The mapping of the road's plane into the picture, fitted to pairs of points: direct linear transformation, then
// Gauss-Newton with damping (Hartley and Zisserman, Multiple View Geometry, 4.1 and 4.5). The box fits by the same rule,
// so that what the page shows is what the box will take.

import type { Point } from './geometry.ts';

/** u = (h0 x + h1 y + h2) / w, v = (h3 x + h4 y + h5) / w, w = h6 x + h7 y + 1, in normalised coordinates. */
export type Plane = readonly number[];

const ROUNDS = 50;
const SETTLED = 1e-12;
const SINGULAR = 1e-10;

/** Least squared error in `to`; both sides normalised. Undefined when the points do not determine it. */
export function fitPlane(from: readonly Point[], to: readonly Point[]): Plane | undefined {
  let plane: Plane | undefined = solveNormal(rowsOfStart(from, to), 0);
  if (plane === undefined) return undefined;
  let error = squares(plane, from, to);
  let damping = 1e-3;
  for (let round = 0; round < ROUNDS && damping < 1e9; round += 1) {
    const step = solveNormal(rowsOfStep(plane, from, to), damping);
    const next: Plane | undefined = step && plane.map((value, i) => value + (step[i] as number));
    const nextError = next ? squares(next, from, to) : Number.POSITIVE_INFINITY;
    if (next === undefined || !(nextError <= error)) {
      damping *= 10;
      continue;
    }
    const isSettled = error - nextError <= SETTLED * error;
    plane = next;
    error = nextError;
    damping /= 10;
    if (isSettled) break;
  }
  return solveNormal(rowsOfStep(plane, from, to), 0) && plane;
}

/** `[u, v, w]` */
export function project(plane: Plane, [x, y]: Point): readonly [number, number, number] {
  const [a, b, c, d, e, f, g, h] = plane as EightNumbers;
  const w = g * x + h * y + 1;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w, w];
}

/** The point that is projected there, and its w: not positive at and beyond the horizon. */
export function unproject(plane: Plane, [u, v]: Point): readonly [number, number, number] {
  const [a, b, c, d, e, f, g, h] = plane as EightNumbers;
  const [a1, b1, c1] = [a - u * g, b - u * h, u - c];
  const [a2, b2, c2] = [d - v * g, e - v * h, v - f];
  const determinant = a1 * b2 - b1 * a2;
  const x = (c1 * b2 - b1 * c2) / determinant;
  const y = (a1 * c2 - c1 * a2) / determinant;
  return [x, y, g * x + h * y + 1];
}

/** Negative for a picture with y downwards of ground seen from above; positive: left and right are exchanged. */
export function orientation(plane: Plane): number {
  const [a, b, c, d, e, f, g, h] = plane as EightNumbers;
  return a * (e - f * h) - b * (d - f * g) + c * (d * h - e * g);
}

type EightNumbers = readonly [number, number, number, number, number, number, number, number];
type Row = { readonly factors: readonly number[]; readonly value: number };

function rowsOfStart(from: readonly Point[], to: readonly Point[]): Row[] {
  return from.flatMap(([x, y], i) => {
    const [u, v] = to[i] as Point;
    return [
      { factors: [x, y, 1, 0, 0, 0, -u * x, -u * y], value: u },
      { factors: [0, 0, 0, x, y, 1, -v * x, -v * y], value: v },
    ];
  });
}

function rowsOfStep(plane: Plane, from: readonly Point[], to: readonly Point[]): Row[] {
  return from.flatMap((point, i) => {
    const [x, y] = point;
    const [u, v, w] = project(plane, point);
    const [wantedU, wantedV] = to[i] as Point;
    return [
      { factors: [x / w, y / w, 1 / w, 0, 0, 0, (-u * x) / w, (-u * y) / w], value: wantedU - u },
      { factors: [0, 0, 0, x / w, y / w, 1 / w, (-v * x) / w, (-v * y) / w], value: wantedV - v },
    ];
  });
}

function squares(plane: Plane, from: readonly Point[], to: readonly Point[]): number {
  return from.reduce((sum, point, i) => {
    const [u, v] = project(plane, point);
    const [wantedU, wantedV] = to[i] as Point;
    return sum + (u - wantedU) ** 2 + (v - wantedV) ** 2;
  }, 0);
}

/** Least squares of eight unknowns by the normal equations, with elimination; undefined without a single answer. */
function solveNormal(rows: readonly Row[], damping: number): number[] | undefined {
  const n = 8;
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n + 1 }, (__, j) =>
      rows.reduce(
        (sum, { factors, value }) =>
          sum + (factors[i] as number) * (j === n ? value : (factors[j] as number)),
        0,
      ),
    ),
  ) as number[][];
  for (const [i, row] of matrix.entries()) row[i] = (row[i] as number) * (1 + damping);
  const largest = Math.max(...matrix.map((row, i) => Math.abs(row[i] as number)));
  for (let i = 0; i < n; i += 1) {
    const below = matrix.slice(i).map((row) => Math.abs(row[i] as number));
    const pivotAt = i + below.indexOf(Math.max(...below));
    [matrix[i], matrix[pivotAt]] = [matrix[pivotAt] as number[], matrix[i] as number[]];
    const pivotRow = matrix[i] as number[];
    const pivot = pivotRow[i] as number;
    if (!(Math.abs(pivot) > SINGULAR * largest)) return undefined;
    for (const [j, row] of matrix.entries()) {
      if (j === i) continue;
      const factor = (row[i] as number) / pivot;
      for (let k = i; k <= n; k += 1) row[k] = (row[k] as number) - factor * (pivotRow[k] as number);
    }
  }
  return matrix.map((row, i) => (row[n] as number) / (row[i] as number));
}
