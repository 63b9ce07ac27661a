// How a road user moved around a moment, as its places on the ground tell: with acceleration and turn, fitted so that
// single wrong places do not bend it.

import type { GroundPoint } from './calibration-points.ts';
import type { GroundSighting } from './ground-sightings.ts';
import { accumulate, invert, quadraticForm, type SquareMatrix, solve, zeros } from './least-squares.ts';

/**
 * Place, velocity, acceleration and jerk at the moment, x and y in turns: x = p0 + p2 t + p4 t²/2 + p6 t³/6, and y
 * with p1, p3, p5, p7.
 */
export type LocalMotion = {
  readonly parameters: Float64Array;
  readonly covariance: SquareMatrix;
  /** Scatter in units of what detectors make: 1 is as expected. Taken as a median, so that outliers do not count. */
  readonly misfit: number;
  /** Share of the places that are far off the way, and of the few that are nearest to the moment. */
  readonly outlierShare: number;
  readonly outlierShareNow: number;
};

const TERMS = 4;
const SIZE = 2 * TERMS;
/**
 * What is expected of road users before one is seen, standard deviations: acceleration in m/s² (comfortable braking
 * and turning both reach 2 at times), jerk in m/s³. They decide where the places do not: with few, far or one-sided ones.
 */
const EXPECTED = { acceleration: 1.5, jerk: 1.25 } as const;
/**
 * What the jerk changes by, standard deviation, m/s⁴: places are worth the less the longer before or after the moment,
 * so the base is as long as it must be: 2 s where boxes are coarse, 1 s where they are sharp.
 */
const SNAP = 2;
/** The errors of boxes are alike for about this time, s: 25 pictures a second tell hardly more than 10. */
const NOISE_TIME_S = 0.15;
/** Huber's constant: 95 % as efficient as least squares where the noise is Gaussian. */
const HUBER = 1.345;
/** A place this many scales off the way is an outlier. */
const OUTLIER = 3;
/** Places that show whether the motion holds at the moment itself. */
const NEAREST = 5;
const ROUNDS = 8;
/** Steps smaller than this in every parameter (m, m/s, …) are the last. */
const SETTLED = 5e-3;
/** Median of the root of half a chi-square with two degrees of freedom: turns a median distance into a scale. */
const MEDIAN_DISTANCE = 0.8326;
/** Noise is never believed to be less than this share of the expected: a few places fit well by chance. */
const LEAST_SCALE = 0.5;
/** Slopes are taken between places at least this share of the time apart, of at most so many. */
const PAIR_SHARE = 0.4;
const MAX_PAIRED = 48;

/**
 * Theil-Sen slopes as a start, then least squares with Huber weights and what is expected of road users.
 *
 * @param places oldest first, `timeS` from the moment; undefined when they fix no motion
 */
export function fitLocalMotion(places: readonly GroundSighting[]): LocalMotion | undefined {
  const worth = places.map(withSnap);
  let parameters = startOf(worth);
  let matrix: SquareMatrix | undefined;
  for (let round = 0; round < ROUNDS && parameters !== undefined; round++) {
    const system = weigh(worth, distancesOf(parameters, worth));
    matrix = system.matrix;
    const before = parameters;
    parameters = solve(matrix, system.side);
    if (parameters?.every((value, i) => Math.abs(value - (before[i] as number)) < SETTLED)) break;
  }
  const covariance = matrix && invert(matrix);
  if (parameters === undefined || covariance === undefined) return undefined;
  const distances = distancesOf(parameters, worth);
  const misfit = median(distances) / MEDIAN_DISTANCE;
  const far = OUTLIER * Math.max(LEAST_SCALE, misfit);
  const isFar = distances.map((each) => each > far);
  const nearest = worth
    .map(({ timeS }, i) => ({ apartS: Math.abs(timeS), isFar: isFar[i] }))
    .sort((a, b) => a.apartS - b.apartS)
    .slice(0, NEAREST);
  return {
    parameters,
    covariance,
    misfit,
    outlierShare: isFar.filter(Boolean).length / distances.length,
    outlierShareNow: nearest.filter((each) => each.isFar).length / nearest.length,
  };
}

/** Place at a time, seconds from the moment of the fit, m. */
export function placeAt({ parameters }: Pick<LocalMotion, 'parameters'>, timeS: number): GroundPoint {
  return combine(parameters, [1, timeS, timeS ** 2 / 2, timeS ** 3 / 6]);
}

/** Velocity at a time, m/s. */
export function velocityAt({ parameters }: Pick<LocalMotion, 'parameters'>, timeS: number): GroundPoint {
  return combine(parameters, [0, 1, timeS, timeS ** 2 / 2]);
}

/** Standard error of the speed at the moment of the fit, m/s. */
export function speedErrorMs(motion: LocalMotion): number {
  const [vx, vy] = velocityAt(motion, 0);
  const speedMs = Math.hypot(vx, vy);
  const row = new Float64Array(SIZE);
  row[2] = speedMs > 0 ? vx / speedMs : 1;
  row[3] = speedMs > 0 ? vy / speedMs : 0;
  return Math.sqrt(Math.max(0, quadraticForm(motion.covariance, row)));
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

/** The place with what the fit cannot follow added to its covariance. */
function withSnap(place: GroundSighting): GroundSighting {
  const { xx, xy, yy, timeS } = place;
  const strayM2 = ((SNAP * timeS ** TERMS) / 24) ** 2;
  const determinant = xx * yy - xy * xy;
  const a = yy / determinant + strayM2;
  const b = -xy / determinant;
  const d = xx / determinant + strayM2;
  const inverse = a * d - b * b;
  return { ...place, xx: d / inverse, xy: -b / inverse, yy: a / inverse };
}

/** Medians of the slopes between places far apart in time, x and y on their own. */
function startOf(places: readonly GroundSighting[]): Float64Array | undefined {
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
  const start = new Float64Array(SIZE);
  start[0] = median(some.map(({ x, timeS }) => x - vx * timeS));
  start[1] = median(some.map(({ y, timeS }) => y - vy * timeS));
  start[2] = vx;
  start[3] = vy;
  return start;
}

/** Mahalanobis distance of each place from the way, per root of a coordinate. */
function distancesOf(parameters: Float64Array, places: readonly GroundSighting[]): number[] {
  return places.map((place) => {
    const [x, y] = placeAt({ parameters }, place.timeS);
    const dx = place.x - x;
    const dy = place.y - y;
    return Math.sqrt((place.xx * dx * dx + 2 * place.xy * dx * dy + place.yy * dy * dy) / 2);
  });
}

/** Normal equations of the weighted places and of what is expected. */
function weigh(
  places: readonly GroundSighting[],
  distances: readonly number[],
): { matrix: SquareMatrix; side: Float64Array } {
  const scale = Math.max(LEAST_SCALE, median(distances) / MEDIAN_DISTANCE);
  const share = 1 / (scale * scale * likenessOf(places));
  const matrix = zeros(SIZE);
  const side = new Float64Array(SIZE);
  const first = new Float64Array(SIZE);
  const second = new Float64Array(SIZE);
  for (const [i, { timeS, x, y, xx, xy, yy }] of places.entries()) {
    const weight = share * Math.min(1, (HUBER * scale) / Math.max(1e-12, distances[i] ?? 0));
    // The information matrix as a product L Lᵀ gives two independent rows.
    const l = Math.sqrt(xx);
    const m = xy / l;
    const n = Math.sqrt(Math.max(0, yy - m * m));
    for (const [term, value] of [1, timeS, timeS ** 2 / 2, timeS ** 3 / 6].entries()) {
      first[2 * term] = l * value;
      first[2 * term + 1] = m * value;
      second[2 * term + 1] = n * value;
    }
    accumulate(matrix, first, weight, { side, value: l * x + m * y });
    accumulate(matrix, second, weight, { side, value: n * y });
  }
  for (let i = 4; i < SIZE; i++) {
    const expected = i < 6 ? EXPECTED.acceleration : EXPECTED.jerk;
    const at = i * SIZE + i;
    matrix.values[at] = (matrix.values[at] as number) + 1 / expected ** 2;
  }
  return { matrix, side };
}

/** How many places tell as much as one would on its own, since neighbours err alike. */
function likenessOf(places: readonly GroundSighting[]): number {
  const steps = places.slice(1).map(({ timeS }, i) => timeS - (places[i] as GroundSighting).timeS);
  const correlation = Math.exp(-Math.max(1e-3, median(steps)) / NOISE_TIME_S);
  return (1 + correlation) / (1 - correlation);
}

function combine(parameters: Float64Array, factors: readonly [number, number, number, number]): GroundPoint {
  let x = 0;
  let y = 0;
  for (const [term, factor] of factors.entries()) {
    x += factor * (parameters[2 * term] as number);
    y += factor * (parameters[2 * term + 1] as number);
  }
  return [x, y];
}
