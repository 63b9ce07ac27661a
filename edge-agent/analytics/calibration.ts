// Where on the road a point of the picture is: the camera's calibration, from points whose place on the ground is
// known. Speeds, lengths of queues and association in metres stand on it, so it tells how far it can be trusted.

import {
  CalibrationError,
  calibrationPoints,
  checkPoints,
  type GroundPoint,
  type KnownGround,
  type PicturePoint,
  type PointPair,
} from './calibration-points.ts';
import { type CameraPose, cameraPose } from './camera-pose.ts';
import { fitHomography, type Homography, orientation, type Pair, project, unproject } from './homography.ts';
import type { SquareMatrix } from './least-squares.ts';
import { distort, type PictureSize, undistort } from './lens.ts';

export type CalibrationOptions = {
  readonly picture: PictureSize;
  /** At least four of which no three are on one line; six to twelve, spread over the road, are better. */
  readonly points: readonly PointPair[];
  /**
   * Radial distortion k1: undistorted radius = r (1 + k1 r²), from the middle of the picture, with r = 1 in its
   * corners. Positive for barrels, the usual case. -0.3 to 1. Default 0.
   */
  readonly distortion?: number | undefined;
  /** How exactly points are marked in the picture, standard deviation in px. Default 1. */
  readonly pointErrorPx?: number | undefined;
};

/** Between ground and picture; plain values. */
export type GroundMapping = {
  readonly picture: PictureSize;
  readonly distortion: number;
  /** Ground to undistorted picture, both normalised. */
  readonly homography: Homography;
  readonly ground: Normalisation;
  readonly undistorted: Normalisation;
};

export type Calibration = GroundMapping & {
  /** Covariance of the eight parameters of `homography`. */
  readonly covariance: SquareMatrix;
  /** Where the camera hangs; undefined where the points do not tell. */
  readonly pose: CameraPose | undefined;
  /** For each point given, in order: distance between where it is and where the calibration puts it. */
  readonly errors: readonly PointError[];
  /** Root mean square of the errors. */
  readonly rms: PointError;
};

export type PointError = { readonly px: number; readonly m: number };

export type Normalisation = { readonly x: number; readonly y: number; readonly scale: number };

/** Points may be off by this share of the picture's diagonal, root mean square: 15 px of 1280 x 720. */
const MAX_RMS_SHARE = 0.01;
/** Nothing beyond this many times the distance of the points' middle is told apart from the horizon. */
const FARTHEST = 1000;
/** Points of the calibration that differ more in depth than this are on both sides of the horizon, nearly. */
const MIN_DEPTH_SHARE = 1e-3;

/**
 * Calibration with the least squared error of the points in the picture.
 *
 * @throws CalibrationError when the points cannot determine it or contradict each other.
 */
export function calibrate(options: CalibrationOptions): Calibration {
  const { picture, points, distortion = 0, pointErrorPx = 1 } = options;
  checkPoints(points, distortion);
  const marked = points.map((point) => undistort(picture, distortion, point.picture));
  const undistorted = normalisationOf(marked);
  const ground = normalisationOf(points.map((point) => point.ground));
  const fitted = fitHomography(
    points.map((point) => normalise(ground, point.ground)),
    marked.map((point) => normalise(undistorted, point)),
  );
  if (fitted === undefined) {
    throw new CalibrationError(
      'collinear',
      'Expected four points of which no three are on one line; those given do not fix the plane of the road. Add points beside the line.',
    );
  }
  const { homography, cofactors } = fitted;
  const depths = points.map((point) => project(homography, normalise(ground, point.ground))[2]);
  if (!(Math.min(...depths) > MIN_DEPTH_SHARE * Math.max(...depths))) {
    throw new CalibrationError(
      'order',
      'No camera can see the points like this: some of them would be behind it. Probably two points are exchanged; check that each picture point stands beside its own ground point.',
      depths.indexOf(Math.min(...depths)),
    );
  }
  if (orientation(homography) > 0) {
    throw new CalibrationError(
      'mirrored',
      'The ground points are mirrored: expected x to the right of y, as on a map. Negate all x, or exchange left and right.',
    );
  }
  const mapping = { picture, distortion, homography, ground, undistorted };
  const errors = points.map((point) => errorOf(mapping, point));
  const rms = { px: rootMeanSquare(errors.map(({ px }) => px)), m: rootMeanSquare(errors.map(({ m }) => m)) };
  checkAccuracy(errors, rms, picture);
  // Four points fit exactly whatever their error is; more of them show it.
  const freedom = 2 * points.length - 8;
  const shownPx = freedom > 0 ? Math.sqrt(errors.reduce((sum, { px }) => sum + px * px, 0) / freedom) : 0;
  const variance = (Math.max(pointErrorPx, shownPx) / undistorted.scale) ** 2;
  const covariance = { size: 8, values: cofactors.values.map((value) => value * variance) };
  return { ...mapping, covariance, pose: cameraPose(mapping, covariance), errors, rms };
}

/** That of a camera's configuration; undefined where it has none. Throws as calibrate does. */
export function calibrationOf(
  picture: PictureSize,
  known: (KnownGround & Pick<CalibrationOptions, 'distortion' | 'pointErrorPx'>) | undefined,
): Calibration | undefined {
  if (known === undefined) return undefined;
  const { distortion, pointErrorPx } = known;
  return calibrate({ picture, points: calibrationPoints(known), distortion, pointErrorPx });
}

/** The place on the ground that is seen at a point of the picture; undefined at and above the horizon. */
export function toGround(mapping: GroundMapping, point: PicturePoint): GroundPoint | undefined {
  const { picture, distortion, homography, ground, undistorted } = mapping;
  const [x, y, depth] = unproject(homography, normalise(undistorted, undistort(picture, distortion, point)));
  return depth > 0 && depth < FARTHEST ? denormalise(ground, [x, y]) : undefined;
}

/** Where in the picture a place on the ground is, also outside its frame; undefined behind the camera. */
export function toPicture(mapping: GroundMapping, point: GroundPoint): PicturePoint | undefined {
  const { picture, distortion, homography, ground, undistorted } = mapping;
  const [u, v, depth] = project(homography, normalise(ground, point));
  return depth > 0 && depth < FARTHEST
    ? distort(picture, distortion, denormalise(undistorted, [u, v]))
    : undefined;
}

function errorOf(mapping: GroundMapping, point: PointPair): PointError {
  const picture = toPicture(mapping, point.ground);
  const ground = toGround(mapping, point.picture);
  const infinite = Number.POSITIVE_INFINITY;
  return {
    px: picture ? Math.hypot(picture[0] - point.picture[0], picture[1] - point.picture[1]) : infinite,
    m: ground ? Math.hypot(ground[0] - point.ground[0], ground[1] - point.ground[1]) : infinite,
  };
}

function checkAccuracy(errors: readonly PointError[], rms: PointError, { width, height }: PictureSize): void {
  const limitPx = MAX_RMS_SHARE * Math.hypot(width, height);
  if (rms.px <= limitPx) return;
  const worst = errors.reduce((at, { px }, i) => (px > (errors[at]?.px ?? 0) ? i : at), 0);
  throw new CalibrationError(
    'inaccurate',
    `The points contradict each other: expected at most ${limitPx.toFixed(1)} px between where they are and where one flat road puts them, got ${rms.px.toFixed(1)} px (root mean square). Point ${worst + 1} is the worst, off by ${(errors[worst]?.px ?? 0).toFixed(1)} px; check it first.`,
    worst,
  );
}

/** Centroid to the origin, mean distance to 1 (Hartley's normalisation). */
function normalisationOf(points: readonly Pair[]): Normalisation {
  const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  const distances = points.map((point) => Math.hypot(point[0] - x, point[1] - y));
  return { x, y, scale: distances.reduce((sum, each) => sum + each, 0) / points.length };
}

/** Into normalised coordinates. */
export function normalise({ x, y, scale }: Normalisation, point: Pair): Pair {
  return [(point[0] - x) / scale, (point[1] - y) / scale];
}

function denormalise({ x, y, scale }: Normalisation, point: Pair): Pair {
  return [point[0] * scale + x, point[1] * scale + y];
}

export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
