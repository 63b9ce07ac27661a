// What a calibration says of the road: where each point of the picture is, how well the points agree, and a grid of
// metres to be laid over the picture, so that one sees whether it is right.

import { distance, type Point } from './geometry.ts';
import { fitPlane, orientation, type Plane, project, unproject } from './plane-fit.ts';

export type Pair = { readonly picture: Point; readonly ground: Point };
export type Size = { readonly width: number; readonly height: number };

export type GroundFit = {
  readonly toGround: (point: Point) => Point | undefined;
  readonly toPicture: (point: Point) => Point | undefined;
  /** Of each pair: between where it was marked and where one flat road puts it. */
  readonly errors: readonly { readonly px: number; readonly m: number }[];
  readonly rmsPx: number;
  /** Above this the box refuses the calibration. */
  readonly limitPx: number;
};

export type GroundFault = 'too-few' | 'same-place' | 'on-one-line' | 'order' | 'mirrored';

/** The limits of the box: calibration.ts of its analytics. */
const FEWEST = 4;
const MAX_RMS_SHARE = 0.01;
const MIN_DEPTH_SHARE = 1e-3;
const FARTHEST = 1000;

export function fitGround(size: Size, pairs: readonly Pair[], distortion = 0): GroundFit | GroundFault {
  if (pairs.length < FEWEST) return 'too-few';
  for (const side of ['picture', 'ground'] as const) {
    if (new Set(pairs.map((pair) => pair[side].join())).size < pairs.length) return 'same-place';
  }
  const straight = pairs.map(({ picture }) => undistorted(size, distortion, picture));
  const inPicture = scaleOf(straight);
  const onGround = scaleOf(pairs.map(({ ground }) => ground));
  const plane = fitPlane(
    pairs.map(({ ground }) => onGround.into(ground)),
    straight.map(inPicture.into),
  );
  if (plane === undefined) return 'on-one-line';
  const depths = pairs.map(({ ground }) => project(plane, onGround.into(ground))[2]);
  if (!(Math.min(...depths) > MIN_DEPTH_SHARE * Math.max(...depths))) return 'order';
  if (orientation(plane) > 0) return 'mirrored';
  return fitOf(size, pairs, distortion, plane, inPicture, onGround);
}

function fitOf(
  size: Size,
  pairs: readonly Pair[],
  distortion: number,
  plane: Plane,
  inPicture: Scale,
  onGround: Scale,
): GroundFit {
  const toGround = (point: Point): Point | undefined => {
    const [x, y, depth] = unproject(plane, inPicture.into(undistorted(size, distortion, point)));
    return depth > 0 && depth < FARTHEST ? onGround.outOf([x, y]) : undefined;
  };
  const toPicture = (point: Point): Point | undefined => {
    const [u, v, depth] = project(plane, onGround.into(point));
    return depth > 0 && depth < FARTHEST ? distorted(size, distortion, inPicture.outOf([u, v])) : undefined;
  };
  const errors = pairs.map(({ picture, ground }) => {
    const seen = toPicture(ground);
    const place = toGround(picture);
    const far = Number.POSITIVE_INFINITY;
    return { px: seen ? distance(seen, picture) : far, m: place ? distance(place, ground) : far };
  });
  const rmsPx = Math.sqrt(errors.reduce((sum, { px }) => sum + px * px, 0) / errors.length);
  return { toGround, toPicture, errors, rmsPx, limitPx: MAX_RMS_SHARE * Math.hypot(size.width, size.height) };
}

export type GridLine = { readonly points: readonly Point[]; readonly isMain: boolean };
export type Grid = { readonly stepM: number; readonly lines: readonly GridLine[] };

const STEPS_M = [1, 2, 5, 10, 20, 50, 100];
const MOST_LINES = 40;
/** The grid reaches this share of the points' extent beyond them. */
const MARGIN_SHARE = 0.5;
const PARTS = 24;

/** Lines of equal metres around the points, in pixels; every fifth is a main one. */
export function gridOf(size: Size, pairs: readonly Pair[], fit: GroundFit): Grid {
  const range = (axis: 0 | 1) => {
    const values = pairs.map(({ ground }) => ground[axis]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const margin = MARGIN_SHARE * Math.max(most - least, 1);
    return [least - margin, most + margin] as const;
  };
  const [x, y] = [range(0), range(1)];
  const longest = Math.max(x[1] - x[0], y[1] - y[0]);
  const stepM = STEPS_M.find((step) => longest / step <= MOST_LINES / 2) ?? (STEPS_M.at(-1) as number);
  const along = (fixed: number, [from, to]: readonly [number, number], axis: 0 | 1): GridLine => ({
    isMain: Math.round(fixed / stepM) % 5 === 0,
    points: Array.from({ length: PARTS + 1 }, (_, i) => from + ((to - from) * i) / PARTS)
      .map((free) => fit.toPicture(axis === 0 ? [fixed, free] : [free, fixed]))
      .filter((point): point is Point => point !== undefined && isNear(point, size)),
  });
  const lines = [
    ...multiples(x, stepM).map((fixed) => along(fixed, y, 0)),
    ...multiples(y, stepM).map((fixed) => along(fixed, x, 1)),
  ];
  return { stepM, lines: lines.filter(({ points }) => points.length > 1) };
}

function multiples([from, to]: readonly [number, number], step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: Math.min(count, MOST_LINES) }, (_, i) => (first + i) * step);
}

/** Beyond the frame by at most its size: lines end there instead of running to the horizon. */
function isNear([x, y]: Point, { width, height }: Size): boolean {
  return x > -width && x < 2 * width && y > -height && y < 2 * height;
}

type Scale = { readonly into: (point: Point) => Point; readonly outOf: (point: Point) => Point };

/** Centroid to the origin, mean distance to 1. */
function scaleOf(points: readonly Point[]): Scale {
  const x = points.reduce((sum, point) => sum + point[0], 0) / points.length;
  const y = points.reduce((sum, point) => sum + point[1], 0) / points.length;
  const scale = points.reduce((sum, point) => sum + distance(point, [x, y]), 0) / points.length;
  return {
    into: (point) => [(point[0] - x) / scale, (point[1] - y) / scale],
    outOf: (point) => [point[0] * scale + x, point[1] * scale + y],
  };
}

/** True radius = r (1 + k1 r²) from the middle, r = 1 in the corners. */
function undistorted({ width, height }: Size, k1: number, [x, y]: Point): Point {
  const [dx, dy] = [x - width / 2, y - height / 2];
  const scale = 1 + (k1 * (dx * dx + dy * dy) * 4) / (width ** 2 + height ** 2);
  return [width / 2 + dx * scale, height / 2 + dy * scale];
}

function distorted({ width, height }: Size, k1: number, [x, y]: Point): Point {
  const [dx, dy] = [x - width / 2, y - height / 2];
  const wanted = (2 * Math.hypot(dx, dy)) / Math.hypot(width, height);
  if (k1 === 0 || wanted === 0) return [x, y];
  let r = Math.min(wanted, 1.2);
  for (let round = 0; round < 20; round += 1) r -= (r + k1 * r ** 3 - wanted) / (1 + 3 * k1 * r * r);
  return [width / 2 + (dx * r) / wanted, height / 2 + (dy * r) / wanted];
}
