// Points to calibrate from: checked, or made from a rectangle or a lane whose measures are known.

/** `[x, y]`, pixels of the picture size that the calibration refers to, y downwards. */
export type PicturePoint = readonly [number, number];
/**
 * `[x, y]`, metres on the road, in any place and direction, but right-handed as a map is:
 *
 * ```
 *   y ▲            seen from above; a plan with x to the east
 *     │            and y to the north will do
 *     └────▶ x
 * ```
 */
export type GroundPoint = readonly [number, number];

export type PointPair = { readonly picture: PicturePoint; readonly ground: GroundPoint };

export type CalibrationFault =
  | 'too-few'
  | 'not-finite'
  | 'distortion'
  | 'one-place'
  | 'collinear'
  | 'order'
  | 'mirrored'
  | 'inaccurate';

/** The points cannot calibrate a camera; the message says what to do. */
export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
  /** Another try with the same points cannot help. */
  readonly retryable = false;
  /** A configuration that cannot be meant. */
  readonly exitCode = 2;
  readonly fault: CalibrationFault;
  /** Index of the point to look at first, where one can be named. */
  readonly point: number | undefined;

  constructor(fault: CalibrationFault, message: string, point?: number) {
    super(message);
    this.fault = fault;
    this.point = point;
  }
}

/**
 * A rectangle on the road, such as a parking bay, a crossing or a stretch of a lane, looked at from one of its sides:
 *
 * ```
 *   farLeft ●───────● farRight     far from the camera
 *           │       │
 *           │       │ lengthM
 *           │       │
 *  nearLeft ●───────● nearRight    near the camera
 *            widthM
 * ```
 */
export type Rectangle = {
  readonly nearLeft: PicturePoint;
  readonly nearRight: PicturePoint;
  readonly farRight: PicturePoint;
  readonly farLeft: PicturePoint;
  readonly widthM: number;
  readonly lengthM: number;
};

/** A lane between two dashed markings whose dashes begin side by side. */
export type Lane = {
  /** Where the dashes of the left marking begin, one after the other from the camera on; at least two ... */
  readonly left: readonly PicturePoint[];
  /** ... and those of the right marking beside them. */
  readonly right: readonly PicturePoint[];
  /** Between the middles of the markings. */
  readonly widthM: number;
  /** From the beginning of a dash to that of the next: dash and gap together. */
  readonly dashPeriodM: number;
};

/** What is known of the road: exactly one of the three. */
export type KnownGround = {
  readonly points?: readonly PointPair[] | undefined;
  readonly rectangle?: Rectangle | undefined;
  readonly lane?: Lane | undefined;
};

/** The points that a camera's calibration is given by, in whichever way. */
export function calibrationPoints({ points, rectangle, lane }: KnownGround): readonly PointPair[] {
  return points ?? (rectangle && pointsOfRectangle(rectangle)) ?? (lane && pointsOfLane(lane)) ?? [];
}

/** x grows to the right along the near side, y away from it; the origin is the near left corner. */
function pointsOfRectangle(rectangle: Rectangle): PointPair[] {
  const { widthM, lengthM } = rectangle;
  return [
    { picture: rectangle.nearLeft, ground: [0, 0] },
    { picture: rectangle.nearRight, ground: [widthM, 0] },
    { picture: rectangle.farRight, ground: [widthM, lengthM] },
    { picture: rectangle.farLeft, ground: [0, lengthM] },
  ];
}

/** x grows across the lane to the right, y along it; the origin is the first dash of the left marking. */
function pointsOfLane({ left, right, widthM, dashPeriodM }: Lane): PointPair[] {
  return [
    ...left.map((picture, i): PointPair => ({ picture, ground: [0, i * dashPeriodM] })),
    ...right.map((picture, i): PointPair => ({ picture, ground: [widthM, i * dashPeriodM] })),
  ];
}

const FEWEST = 4;
/** Points whose spread across their main direction is less than this share of that along it are on one line. */
const LINE_SHARE = 0.005;
/** Beyond these the distortion folds the picture's corners over, or nearly. */
const DISTORTION = { least: -0.3, most: 1 } as const;

/** @throws CalibrationError for what can be told before the fit. */
export function checkPoints(points: readonly PointPair[], distortion: number): void {
  if (!(distortion >= DISTORTION.least && distortion <= DISTORTION.most)) {
    throw new CalibrationError(
      'distortion',
      `Expected a distortion of ${DISTORTION.least} to ${DISTORTION.most}, got ${distortion}. 0 is a lens without any.`,
    );
  }
  const broken = points.findIndex(({ picture, ground }) => ![...picture, ...ground].every(Number.isFinite));
  if (broken !== -1) {
    throw new CalibrationError(
      'not-finite',
      `Expected finite coordinates, point ${broken + 1} has ${JSON.stringify(points[broken])}.`,
      broken,
    );
  }
  for (const [side, name] of [
    ['picture', 'in the picture'],
    ['ground', 'on the ground'],
  ] as const) {
    const places = new Map(points.map((point) => [point[side].join(), point[side]]));
    if (places.size === 1 && points.length > 1) {
      throw new CalibrationError(
        'one-place',
        `All points are in one place ${name}. Spread them over the road.`,
      );
    }
    if (places.size < FEWEST) {
      throw new CalibrationError(
        'too-few',
        `Expected at least ${FEWEST} points in different places ${name}, got ${places.size}. Mark more points of the road.`,
      );
    }
    if (flatness([...places.values()]) < LINE_SHARE) {
      throw new CalibrationError(
        'collinear',
        `All points are on one line ${name}. Add points beside it, best at the other edge of the road.`,
      );
    }
  }
}

/** Spread across the main direction as a share of the spread along it: 0 on a line, 1 in a circle. */
function flatness(points: readonly (readonly [number, number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
    yy += (y - meanY) ** 2;
  }
  const spread = Math.hypot(xx - yy, 2 * xy);
  return Math.sqrt(Math.max(0, xx + yy - spread) / (xx + yy + spread));
}
