// What pixels are worth on the road: the local scale and lengths, each with the error that the calibration leaves.

import { type Calibration, type GroundMapping, normalise, toGround } from './calibration.ts';
import type { GroundPoint, PicturePoint } from './calibration-points.ts';
import { type Pair, parameterRows, slopes } from './homography.ts';
import { quadraticForm } from './least-squares.ts';

export type GroundScale = {
  /** Metres that a pixel covers in the direction in which it covers most, along the view as a rule ... */
  readonly metresPerPx: number;
  /** ... and in the one in which it covers least, across. */
  readonly acrossMetresPerPx: number;
  /** Standard error of `metresPerPx` from the calibration, as a share of it. */
  readonly relativeError: number;
};

/** Differences are taken over this many px to both sides. */
const STEP_PX = 1;

/**
 * d(ground) / d(picture) at a point of the picture, metres per px: [dx/du, dx/dv, dy/du, dy/dv]. Undefined where the
 * ground is not seen.
 */
export function groundSlopes(
  mapping: GroundMapping,
  [u, v]: PicturePoint,
): readonly [number, number, number, number] | undefined {
  const left = toGround(mapping, [u - STEP_PX, v]);
  const right = toGround(mapping, [u + STEP_PX, v]);
  const up = toGround(mapping, [u, v - STEP_PX]);
  const down = toGround(mapping, [u, v + STEP_PX]);
  return left && right && up && down
    ? [
        (right[0] - left[0]) / (2 * STEP_PX),
        (down[0] - up[0]) / (2 * STEP_PX),
        (right[1] - left[1]) / (2 * STEP_PX),
        (down[1] - up[1]) / (2 * STEP_PX),
      ]
    : undefined;
}

/** What a pixel is worth at a point of the picture; undefined where the ground is not seen. */
export function groundScale(calibration: Calibration, point: PicturePoint): GroundScale | undefined {
  const matrix = groundSlopes(calibration, point);
  if (matrix === undefined) return undefined;
  const [a, b, c, d] = matrix;
  // Singular values of the 2 x 2 matrix, and the direction in the picture that is stretched most.
  const sum = a * a + b * b + c * c + d * d;
  const product = a * d - b * c;
  const spread = Math.sqrt(Math.max(0, sum * sum - 4 * product * product));
  const largest = Math.sqrt((sum + spread) / 2);
  const angle = 0.5 * Math.atan2(2 * (a * b + c * d), a * a + c * c - b * b - d * d);
  const step = [STEP_PX * Math.cos(angle), STEP_PX * Math.sin(angle)] as const;
  const length = groundLength(
    calibration,
    [point[0] - step[0], point[1] - step[1]],
    [point[0] + step[0], point[1] + step[1]],
  );
  return length === undefined
    ? undefined
    : {
        metresPerPx: largest,
        acrossMetresPerPx: Math.abs(product) / largest,
        relativeError: length.errorM / length.lengthM,
      };
}

/**
 * Distance on the ground between two points of the picture, and its standard error from the calibration alone.
 * Undefined where the ground is not seen.
 */
export function groundLength(
  calibration: Calibration,
  a: PicturePoint,
  b: PicturePoint,
): { readonly lengthM: number; readonly errorM: number } | undefined {
  const from = toGround(calibration, a);
  const to = toGround(calibration, b);
  if (from === undefined || to === undefined) return undefined;
  const lengthM = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const along: Pair = lengthM > 0 ? [(to[0] - from[0]) / lengthM, (to[1] - from[1]) / lengthM] : [1, 0];
  const start = shiftRow(calibration, from, along);
  const difference = shiftRow(calibration, to, along).map((value, i) => value - (start[i] as number));
  return { lengthM, errorM: Math.sqrt(Math.max(0, quadraticForm(calibration.covariance, difference))) };
}

/** How far the ground point of a fixed picture point moves along a direction with each parameter, metres. */
function shiftRow({ homography, ground }: Calibration, point: GroundPoint, along: Pair): Float64Array {
  const place = normalise(ground, point);
  const [a, b, c, d] = slopes(homography, place);
  const determinant = a * d - b * c;
  const [rowU, rowV] = parameterRows(homography, place);
  // The picture point stays, so the ground moves against the change: -slopes⁻¹ · rows.
  const byU = (along[0] * d - along[1] * c) / determinant;
  const byV = (along[1] * a - along[0] * b) / determinant;
  return rowU.map((value, i) => -ground.scale * (byU * value + byV * (rowV[i] as number)));
}
