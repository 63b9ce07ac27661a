// The mapping of one plane to another by a pinhole: estimated from pairs of points, applied, inverted.

import { accumulate, invert, type SquareMatrix, solve, zeros } from './least-squares.ts';

export type Pair = readonly [number, number];

/**
 * u = (h0 x + h1 y + h2) / w, v = (h3 x + h4 y + h5) / w with w = h6 x + h7 y + 1, in coordinates whose origin is the
 * centroid of the points, so that w is 1 there.
 */
export type Homography = Float64Array;

export type FittedHomography = {
  readonly homography: Homography;
  /** (JᵀJ)⁻¹ of the eight parameters; times the variance of a coordinate of `to` it is their covariance. */
  readonly cofactors: SquareMatrix;
};

const ROUNDS = 50;
/** A step that improves the sum of squares by less than this share is the last. */
const SETTLED = 1e-12;

/**
 * Maps `from` to `to` with the least squared error in `to`: direct linear transformation, then Levenberg-Marquardt
 * (Hartley and Zisserman, Multiple View Geometry, 4.1 and 4.5). Both sides must be normalised: centroid 0, mean
 * distance about 1. Undefined when the points do not determine it, as when three of four are on one line.
 */
export function fitHomography(from: readonly Pair[], to: readonly Pair[]): FittedHomography | undefined {
  const start = fitLinear(from, to);
  if (start === undefined) return undefined;
  let homography: Homography = start;
  let error = sumOfSquares(homography, from, to);
  let damping = 1e-3;
  for (let round = 0; round < ROUNDS && damping < 1e9; round++) {
    const { matrix, right } = normalEquations(homography, from, to);
    for (let i = 0; i < 8; i++) {
      matrix.values[i * 9] = (matrix.values[i * 9] as number) * (1 + damping);
    }
    const step = solve(matrix, right);
    const next: Homography | undefined = step && homography.map((value, i) => value + (step[i] as number));
    const nextError = next ? sumOfSquares(next, from, to) : Number.POSITIVE_INFINITY;
    if (next && nextError <= error) {
      const settled = error - nextError <= SETTLED * error;
      homography = next;
      error = nextError;
      damping /= 10;
      if (settled) break;
    } else {
      damping *= 10;
    }
  }
  const cofactors = invert(normalEquations(homography, from, to).matrix);
  return cofactors && { homography, cofactors };
}

/** `[u, v, w]`: w is positive in front of the camera when it is so for the points of the fit. */
export function project(h: Homography, [x, y]: Pair): readonly [number, number, number] {
  const w = el(h, 6) * x + el(h, 7) * y + 1;
  return [(el(h, 0) * x + el(h, 1) * y + el(h, 2)) / w, (el(h, 3) * x + el(h, 4) * y + el(h, 5)) / w, w];
}

/** The point that is projected to u, v, with its w; w is not finite or negative at and beyond the horizon. */
export function unproject(h: Homography, [u, v]: Pair): readonly [number, number, number] {
  // Two linear equations: (h0 - u h6) x + (h1 - u h7) y = u - h2, and the same for v.
  const a = el(h, 0) - u * el(h, 6);
  const b = el(h, 1) - u * el(h, 7);
  const c = el(h, 3) - v * el(h, 6);
  const d = el(h, 4) - v * el(h, 7);
  const determinant = a * d - b * c;
  const p = u - el(h, 2);
  const q = v - el(h, 5);
  const x = (p * d - b * q) / determinant;
  const y = (a * q - p * c) / determinant;
  return [x, y, el(h, 6) * x + el(h, 7) * y + 1];
}

/** Negative when the mapping turns left into right, as a picture with y downwards does to ground seen from above. */
export function orientation(h: Homography): number {
  return (
    el(h, 0) * (el(h, 4) - el(h, 5) * el(h, 7)) -
    el(h, 1) * (el(h, 3) - el(h, 5) * el(h, 6)) +
    el(h, 2) * (el(h, 3) * el(h, 7) - el(h, 4) * el(h, 6))
  );
}

/** How u and v at a point change with the eight parameters: two rows. */
export function parameterRows(h: Homography, point: Pair): readonly [Float64Array, Float64Array] {
  const [x, y] = point;
  const [u, v, w] = project(h, point);
  return [
    Float64Array.of(x / w, y / w, 1 / w, 0, 0, 0, (-u * x) / w, (-u * y) / w),
    Float64Array.of(0, 0, 0, x / w, y / w, 1 / w, (-v * x) / w, (-v * y) / w),
  ];
}

/** d(u, v) / d(x, y) at a point: [du/dx, du/dy, dv/dx, dv/dy]. */
export function slopes(h: Homography, point: Pair): readonly [number, number, number, number] {
  const [u, v, w] = project(h, point);
  return [
    (el(h, 0) - u * el(h, 6)) / w,
    (el(h, 1) - u * el(h, 7)) / w,
    (el(h, 3) - v * el(h, 6)) / w,
    (el(h, 4) - v * el(h, 7)) / w,
  ];
}

function fitLinear(from: readonly Pair[], to: readonly Pair[]): Homography | undefined {
  const matrix = zeros(8);
  const side = new Float64Array(8);
  for (const [i, [x, y]] of from.entries()) {
    const [u, v] = to[i] as Pair;
    accumulate(matrix, Float64Array.of(x, y, 1, 0, 0, 0, -u * x, -u * y), 1, { side, value: u });
    accumulate(matrix, Float64Array.of(0, 0, 0, x, y, 1, -v * x, -v * y), 1, { side, value: v });
  }
  return solve(matrix, side);
}

function normalEquations(
  h: Homography,
  from: readonly Pair[],
  to: readonly Pair[],
): { matrix: SquareMatrix; right: Float64Array } {
  const matrix = zeros(8);
  const side = new Float64Array(8);
  for (const [i, point] of from.entries()) {
    const [u, v] = project(h, point);
    const [wantedU, wantedV] = to[i] as Pair;
    const [rowU, rowV] = parameterRows(h, point);
    accumulate(matrix, rowU, 1, { side, value: wantedU - u });
    accumulate(matrix, rowV, 1, { side, value: wantedV - v });
  }
  return { matrix, right: side };
}

function sumOfSquares(h: Homography, from: readonly Pair[], to: readonly Pair[]): number {
  let sum = 0;
  for (const [i, point] of from.entries()) {
    const [u, v] = project(h, point);
    const [wantedU, wantedV] = to[i] as Pair;
    sum += (u - wantedU) ** 2 + (v - wantedV) ** 2;
  }
  return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
}

function el(h: Homography, index: number): number {
  return h[index] as number;
}
