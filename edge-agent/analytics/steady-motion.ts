// The steady motion that a road user's places on the ground tell of: a straight line at an even pace, fitted so that
// single wrong places do not turn it.

import type { GroundSighting } from './ground-sightings.ts';
import { accumulate, invert, quadraticForm, type SquareMatrix, solve, zeros } from './least-squares.ts';

export type SteadyMotion = {
  /** Metres a second. */
  readonly velocity: readonly [number, number];
  readonly speedMs: number;
  /** Standard error of the speed from the scatter of the places, m/s. */
  readonly speedErrorMs: number;
  /** Scatter in units of what detectors make: 1 is as expected. Taken as a median, so that outliers do not count. */
  readonly misfit: number;
  /** Share of the places that are far off the line. */
  readonly outlierShare: number;
};

/** x = p0 + p2 t, y = p1 + p3 t. */
type Parameters = Float64Array;

/** Huber's constant: 95 % as efficient as least squares where the noise is Gaussian. */
const HUBER = 1.345;
/** A place this many scales off the line is an outlier. */
const OUTLIER = 3;
const ROUNDS = 12;
/** Median of the root of half a chi-square with two degrees of freedom: turns a median distance into a scale. */
const MEDIAN_DISTANCE = 0.8326;
/** Noise is never believed to be less than this share of the expected: a few places fit well by chance. */
const LEAST_SCALE = 0.5;
/** How alike the noise of neighbouring frames is: the least and the most that is believed. */
const CORRELATION = { least: 0.3, most: 0.9 } as const;
/** Slopes are taken between places at least this share of the time apart, of at most so many. */
const PAIR_SHARE = 0.4;
const MAX_PAIRED = 48;

/** Theil-Sen slopes as a start, then least squares with Huber weights. Undefined when the places fix no motion. */
export function fitSteadyMotion(places: readonly GroundSighting[]): SteadyMotion | undefined {
  let parameters = startOf(places);
  let matrix: SquareMatrix | undefined;
  let scale = 1;
  for (let round = 0; round < ROUNDS && parameters !== undefined; round++) {
    const distances = places.map((place) => distanceOf(parameters as Parameters, place));
    scale = Math.max(LEAST_SCALE, median(distances) / MEDIAN_DISTANCE);
    const system = weigh(places, distances, scale);
    matrix = system.matrix;
    parameters = solve(matrix, system.side);
  }
  const covariance = matrix && invert(matrix);
  if (parameters === undefined || covariance === undefined) return undefined;
  const [, , vx = 0, vy = 0] = parameters;
  const speedMs = Math.hypot(vx, vy);
  const along = speedMs > 0 ? [vx / speedMs, vy / speedMs] : [1, 0];
  const direction = Float64Array.of(0, 0, along[0] as number, along[1] as number);
  const correlation = correlationOf(parameters, places, along[0] as number, along[1] as number);
  const distances = places.map((place) => distanceOf(parameters as Parameters, place));
  const misfit = median(distances) / MEDIAN_DISTANCE;
  const inflation = (1 + correlation) / (1 - correlation);
  return {
    velocity: [vx, vy],
    speedMs,
    speedErrorMs: Math.max(LEAST_SCALE, misfit) * Math.sqrt(inflation * quadraticForm(covariance, direction)),
    misfit,
    outlierShare:
      distances.filter((each) => each > OUTLIER * Math.max(LEAST_SCALE, misfit)).length / places.length,
  };
}

/** Medians of the slopes between places far apart in time, x and y on their own. */
function startOf(places: readonly GroundSighting[]): Parameters | undefined {
  const every = Math.ceil(places.length / MAX_PAIRED);
  const some = places.filter((_, i) => i % every === 0);
  const apart = PAIR_SHARE * ((some.at(-1)?.timeS ?? 0) - (some[0]?.timeS ?? 0));
  const slopesX: number[] = [];
  const slopesY: number[] = [];
  for (const [i, early] of some.entries()) {
    for (const late of some.slice(i + 1)) {
      const time = late.timeS - early.timeS;
      if (time < apart || time <= 0) continue;
      slopesX.push((late.x - early.x) / time);
      slopesY.push((late.y - early.y) / time);
    }
  }
  if (slopesX.length === 0) return undefined;
  const vx = median(slopesX);
  const vy = median(slopesY);
  return Float64Array.of(
    median(some.map(({ x, timeS }) => x - vx * timeS)),
    median(some.map(({ y, timeS }) => y - vy * timeS)),
    vx,
    vy,
  );
}

/** Mahalanobis distance of a place from the motion, per root of a coordinate. */
function distanceOf([x0 = 0, y0 = 0, vx = 0, vy = 0]: Parameters, place: GroundSighting): number {
  const dx = place.x - x0 - vx * place.timeS;
  const dy = place.y - y0 - vy * place.timeS;
  return Math.sqrt((place.xx * dx * dx + 2 * place.xy * dx * dy + place.yy * dy * dy) / 2);
}

/** Normal equations of the weighted places. */
function weigh(
  places: readonly GroundSighting[],
  distances: readonly number[],
  scale: number,
): { matrix: SquareMatrix; side: Float64Array } {
  const matrix = zeros(4);
  const side = new Float64Array(4);
  for (const [i, { timeS, x, y, xx, xy, yy }] of places.entries()) {
    const weight = Math.min(1, (HUBER * scale) / Math.max(1e-12, distances[i] ?? 0));
    // The information matrix as a product L Lᵀ gives two independent rows.
    const l = Math.sqrt(xx);
    const m = xy / l;
    const n = Math.sqrt(Math.max(0, yy - m * m));
    accumulate(matrix, Float64Array.of(l, m, l * timeS, m * timeS), weight, { side, value: l * x + m * y });
    accumulate(matrix, Float64Array.of(0, n, 0, n * timeS), weight, { side, value: n * y });
  }
  return { matrix, side };
}

/** Correlation of neighbouring residuals along the way, within what is believed. */
function correlationOf(
  [x0 = 0, y0 = 0, vx = 0, vy = 0]: Parameters,
  places: readonly GroundSighting[],
  alongX: number,
  alongY: number,
): number {
  // Divided by their own noise: those far away would else speak for all.
  const residuals = places.map(({ x, y, timeS, xx, xy, yy }) => {
    const residual = (x - x0 - vx * timeS) * alongX + (y - y0 - vy * timeS) * alongY;
    return residual * Math.sqrt(xx * alongX * alongX + 2 * xy * alongX * alongY + yy * alongY * alongY);
  });
  let product = 0;
  let square = 0;
  for (const [i, residual] of residuals.entries()) {
    square += residual * residual;
    product += residual * (residuals[i + 1] ?? 0);
  }
  const correlation = square > 0 ? product / square : 0;
  return Math.min(CORRELATION.most, Math.max(CORRELATION.least, correlation));
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
