// Where the camera hangs and what it sees above the ground, told by the calibration alone: with square pixels and the
// lens in the middle of the picture, the homography of the road gives focal length, height and direction.

import type { GroundMapping } from './calibration.ts';
import type { PicturePoint } from './calibration-points.ts';
import type { Homography } from './homography.ts';
import { quadraticForm, type SquareMatrix } from './least-squares.ts';
import { distort, type PictureSize } from './lens.ts';

/** x, y as on the ground, z upwards from it, metres. */
export type Space = readonly [x: number, y: number, z: number];

/** Plain values. */
export type CameraPose = {
  readonly picture: PictureSize;
  readonly distortion: number;
  readonly focalPx: number;
  /** Standard error of the focal length, and about that of heights, from the calibration's points: share of it. */
  readonly relativeError: number;
  /** z is how high it hangs above the road. */
  readonly position: Space;
  /** How far below the horizon its middle looks, degrees. */
  readonly tiltDeg: number;
  /** Ground to camera (right, down, forward), row by row. */
  readonly rotation: readonly [Space, Space, Space];
};

/** Nothing nearer than this along the view is projected, metres. */
const NEAREST_M = 0.3;
/** Lenses of traffic cameras see an angle within these across the picture, degrees. */
const VIEW_DEG = { least: 4, most: 140 } as const;
/** Step of the numeric derivative, in normalised parameters of the homography, which are about 1. */
const STEP = 1e-6;

/**
 * Undefined when the calibration does not tell: seen from straight above, or when no lens fits because the points are
 * marked badly or the picture was cut out of a larger one.
 *
 * Hartley and Zisserman, Multiple View Geometry, 8.8: the columns of the homography are images of two unit vectors at
 * right angles to each other.
 */
export function cameraPose(mapping: GroundMapping, covariance: SquareMatrix): CameraPose | undefined {
  const [rows, focalPx] = decompose(mapping, mapping.homography);
  const viewDeg = (2 * Math.atan2(mapping.picture.width / 2, focalPx) * 180) / Math.PI;
  if (!(viewDeg >= VIEW_DEG.least && viewDeg <= VIEW_DEG.most)) return undefined;
  const [u, v, w] = rows;
  const columns = [0, 1, 2].map((j): Space => [at(u, j) / focalPx, at(v, j) / focalPx, at(w, j)]);
  const [first, second, third] = columns as [Space, Space, Space];
  const scale = Math.sqrt(length(first) * length(second));
  const right = scaled(first, 1 / scale);
  const ahead = scaled(second, 1 / scale);
  const up = cross(right, ahead);
  const shift = scaled(third, 1 / scale);
  return {
    picture: mapping.picture,
    distortion: mapping.distortion,
    focalPx,
    relativeError: relativeErrorOf(mapping, covariance, focalPx),
    position: [-dot(right, shift), -dot(ahead, shift), -dot(up, shift)],
    tiltDeg: (Math.asin(Math.max(-1, Math.min(1, -up[2]))) * 180) / Math.PI,
    rotation: [
      [right[0], ahead[0], up[0]],
      [right[1], ahead[1], up[1]],
      [right[2], ahead[2], up[2]],
    ],
  };
}

/** Where in the picture a point in space is, also outside its frame; undefined behind the camera. */
export function projectSpace(pose: CameraPose, point: Space): PicturePoint | undefined {
  const { picture, distortion, focalPx, position, rotation } = pose;
  const from: Space = [point[0] - position[0], point[1] - position[1], point[2] - position[2]];
  const depth = dot(rotation[2], from);
  if (depth < NEAREST_M) return undefined;
  return distort(picture, distortion, [
    picture.width / 2 + (focalPx * dot(rotation[0], from)) / depth,
    picture.height / 2 + (focalPx * dot(rotation[1], from)) / depth,
  ]);
}

/** The homography from metres to pixels from the picture's middle, and the focal length that makes sense of it, px. */
function decompose(mapping: GroundMapping, h: Homography): readonly [readonly [Space, Space, Space], number] {
  const { picture, ground, undistorted } = mapping;
  const inMetres = (row: Space): Space => {
    const x = row[0] / ground.scale;
    const y = row[1] / ground.scale;
    return [x, y, row[2] - x * ground.x - y * ground.y];
  };
  const depth: Space = [at(h, 6), at(h, 7), 1];
  const across = undistorted.x - picture.width / 2;
  const down = undistorted.y - picture.height / 2;
  const inPixels = (start: number, offset: number): Space => [
    undistorted.scale * at(h, start) + offset * depth[0],
    undistorted.scale * at(h, start + 1) + offset * depth[1],
    undistorted.scale * at(h, start + 2) + offset,
  ];
  const u = inMetres(inPixels(0, across));
  const v = inMetres(inPixels(3, down));
  const w = inMetres(depth);
  // Two equations for 1 / f², weighed so that turning the axes of the ground changes nothing.
  const skew = 2 * (u[0] * u[1] + v[0] * v[1]);
  const stretch = u[0] ** 2 + v[0] ** 2 - u[1] ** 2 - v[1] ** 2;
  const inverse =
    -(skew * 2 * w[0] * w[1] + stretch * (w[0] ** 2 - w[1] ** 2)) / (skew * skew + stretch * stretch);
  return [[u, v, w], inverse > 0 ? 1 / Math.sqrt(inverse) : Number.NaN];
}

function relativeErrorOf(mapping: GroundMapping, covariance: SquareMatrix, focalPx: number): number {
  const slopes = mapping.homography.map((_, i) => {
    const moved = mapping.homography.map((value, j) => (i === j ? value + STEP : value));
    return (decompose(mapping, moved)[1] - focalPx) / STEP;
  });
  return Math.sqrt(Math.max(0, quadraticForm(covariance, slopes))) / focalPx;
}

function dot(a: Space, b: Space): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Space, b: Space): Space {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function scaled(a: Space, by: number): Space {
  return [a[0] * by, a[1] * by, a[2] * by];
}

function length(a: Space): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** Indices are in range by construction. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
