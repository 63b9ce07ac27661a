// How good a calibration is, in figures that a person can judge: what its points are off by, what it says of a point
// that it did not know, how exact lengths are near and far, and whether the camera that it implies can be real.

import {
  type Calibration,
  calibrate,
  type PointError,
  rootMeanSquare,
  toGround,
  toPicture,
} from './calibration.ts';
import {
  CalibrationError,
  type GroundPoint,
  type PicturePoint,
  type PointPair,
} from './calibration-points.ts';
import { groundLength, groundScale } from './ground-scale.ts';

export type LengthReport = {
  readonly at: string;
  readonly picture: PicturePoint;
  /** From the camera's foot where the pose is known, m. */
  readonly distanceM: number | undefined;
  /** What a pixel covers along the view, m. */
  readonly metresPerPx: number;
  /** Standard error of a length of 10 m along the view, m. */
  readonly errorOf10M: number;
};

export type CalibrationReport = {
  /** For each point in order; `heldOut`: the same when the others alone calibrate, where they can. */
  readonly points: readonly (PointPair & { readonly error: PointError; readonly heldOut?: PointError })[];
  readonly rms: PointError;
  /** Root mean square over the points that could be held out; undefined with four points. */
  readonly heldOutRms: PointError | undefined;
  readonly lengths: readonly LengthReport[];
  /** Hull of the ground points, m². */
  readonly areaM2: number;
  /** y of the horizon at the left, in the middle and at the right of the picture, px; undefined where it is above. */
  readonly horizon: readonly (number | undefined)[];
  readonly warnings: readonly string[];
};

const LENGTH_M = 10;
/** Cameras for traffic hang within these heights, m. */
const HEIGHT_M = { least: 2.5, most: 60 } as const;
/** A focal length less sure than this says nothing of the camera. */
const POSE_ERROR = 0.2;
/** Lengths less sure than this share of them leave most speeds without a value. */
const WEAK_LENGTH_SHARE = 0.05;
/** Hulls of less than this share of the picture leave most of it to extrapolation. */
const LEAST_PICTURE_SHARE = 0.05;

/** @param places further places to tell lengths at, as the middles of counting lines */
export function reportCalibration(
  calibration: Calibration,
  points: readonly PointPair[],
  options: { readonly pointErrorPx?: number | undefined } = {},
  places: readonly { readonly at: string; readonly picture: PicturePoint }[] = [],
): CalibrationReport {
  const heldOut = points.map((_, i) => heldOutError(calibration, points, i, options.pointErrorPx));
  const known = heldOut.filter((each) => each !== undefined);
  const byDepth = points.map(({ picture }) => picture).toSorted((a, b) => b[1] - a[1]);
  const spots = [
    { at: 'near', picture: byDepth[0] as PicturePoint },
    { at: 'middle', picture: byDepth[byDepth.length >> 1] as PicturePoint },
    { at: 'far', picture: byDepth.at(-1) as PicturePoint },
    ...places,
  ];
  const { width } = calibration.picture;
  const report = {
    points: points.map((point, i) => {
      const held = heldOut[i];
      return {
        ...point,
        error: calibration.errors[i] as PointError,
        ...(held === undefined ? {} : { heldOut: held }),
      };
    }),
    rms: calibration.rms,
    heldOutRms:
      known.length === 0
        ? undefined
        : { px: rootMeanSquare(known.map(({ px }) => px)), m: rootMeanSquare(known.map(({ m }) => m)) },
    lengths: spots.flatMap(({ at, picture }) => lengthAt(calibration, at, picture) ?? []),
    areaM2: areaOf(hull(points.map(({ ground }) => ground))),
    horizon: [0, width / 2, width].map((x) => horizonAt(calibration, x)),
  };
  return { ...report, warnings: warningsOf(calibration, points, report) };
}

function heldOutError(
  { picture, distortion }: Calibration,
  points: readonly PointPair[],
  index: number,
  pointErrorPx: number | undefined,
): PointError | undefined {
  const point = points[index] as PointPair;
  try {
    const others = points.filter((_, i) => i !== index);
    const without = calibrate({ picture, distortion, points: others, pointErrorPx });
    const seen = toPicture(without, point.ground);
    const ground = toGround(without, point.picture);
    if (seen === undefined || ground === undefined) return undefined;
    return { px: distance(seen, point.picture), m: distance(ground, point.ground) };
  } catch (error) {
    // The others alone do not calibrate, as when there are four in all.
    if (error instanceof CalibrationError) return undefined;
    throw error;
  }
}

/** Along the view: where the ground moves when the picture point goes up and down. */
function lengthAt(calibration: Calibration, at: string, picture: PicturePoint): LengthReport | undefined {
  const scale = groundScale(calibration, picture);
  const middle = toGround(calibration, picture);
  const below = toGround(calibration, [picture[0], picture[1] + 1]);
  if (scale === undefined || middle === undefined || below === undefined) return undefined;
  const step = distance(below, middle);
  const half = LENGTH_M / 2 / step;
  const along: GroundPoint = [(middle[0] - below[0]) * half, (middle[1] - below[1]) * half];
  const far = toPicture(calibration, [middle[0] + along[0], middle[1] + along[1]]);
  const near = toPicture(calibration, [middle[0] - along[0], middle[1] - along[1]]);
  const length = far && near && groundLength(calibration, near, far);
  if (length === undefined) return undefined;
  const foot = calibration.pose?.position;
  return {
    at,
    picture,
    distanceM: foot && distance([foot[0], foot[1]], middle),
    metresPerPx: scale.metresPerPx,
    errorOf10M: length.errorM,
  };
}

/** Halves the column until the line between seen and unseen ground is known to a pixel. */
function horizonAt(calibration: Calibration, x: number): number | undefined {
  if (toGround(calibration, [x, 0]) !== undefined) return undefined;
  let above = 0;
  let below = calibration.picture.height;
  while (below - above > 0.5) {
    const middle = (above + below) / 2;
    if (toGround(calibration, [x, middle]) === undefined) above = middle;
    else below = middle;
  }
  return below;
}

function warningsOf(
  { pose, picture }: Calibration,
  points: readonly PointPair[],
  { lengths }: Pick<CalibrationReport, 'lengths'>,
): string[] {
  const warnings: string[] = [];
  if (pose === undefined) {
    warnings.push(
      'No lens with its middle in the middle of the picture fits these points, unless the camera looks straight down. Check the points and the distortion; a picture cut out of a larger one does this too.',
    );
  } else if (pose.relativeError < POSE_ERROR) {
    const heightM = pose.position[2];
    if (!(heightM >= HEIGHT_M.least && heightM <= HEIGHT_M.most)) {
      warnings.push(
        `The camera would hang ${heightM.toFixed(1)} m above the road; expected ${HEIGHT_M.least} to ${HEIGHT_M.most} m. Check that all ground points are in metres.`,
      );
    }
  }
  const share = areaOf(hull(points.map((point) => point.picture))) / (picture.width * picture.height);
  if (share < LEAST_PICTURE_SHARE) {
    warnings.push(
      `The points cover ${(share * 100).toFixed(1)} % of the picture; the rest is extrapolated. Spread them over the road that is watched.`,
    );
  }
  for (const { at, errorOf10M } of lengths) {
    if (errorOf10M > WEAK_LENGTH_SHARE * LENGTH_M) {
      warnings.push(
        `A length of ${LENGTH_M} m is off by ${errorOf10M.toFixed(2)} m (standard error) at ${at}: speeds there will mostly be withheld. Add points around it.`,
      );
    }
  }
  return warnings;
}

/** Convex hull, counter-clockwise in a right-handed frame (Andrew's monotone chain). */
function hull(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: typeof sorted) => {
    const chain: (readonly [number, number])[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function turn(
  a: readonly [number, number] = [0, 0],
  b: readonly [number, number] = [0, 0],
  c: readonly [number, number] = [0, 0],
): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function areaOf(polygon: readonly (readonly [number, number])[]): number {
  const twice = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length] ?? [0, 0];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
