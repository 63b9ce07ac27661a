// A counting line as geometry: on which side of it a road user's anchor point is, and where it was crossed.

/** Point of a box: middle of its lower edge, where the wheels are, or its middle. */
export type Anchor = 'bottom-centre' | 'centre';

/**
 * A finite line with a name for each way across it.
 *
 * Stand at `from`, look towards `to` (picture coordinates, y grows downwards):
 *
 * ```
 *            toLeft                        ● from
 *              ▲                           │
 *   from ●─────┼─────▶ to        toRight ◀─┼─▶ toLeft
 *              ▼                           ▼
 *           toRight                        to
 * ```
 *
 * A line from left to right: `toRight` is downwards in the picture (towards the camera), `toLeft` upwards. What passes
 * beyond its ends does not cross it.
 */
export type CountingLine = {
  /** Slug; once in a camera. */
  readonly line: string;
  /** `[x, y]` in pixels of the picture size that the camera's coordinates refer to. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly directions: { readonly toLeft: string; readonly toRight: string };
  /** `ground`: middle of the road user on the road; bottom-centre where that is not known. Default bottom-centre. */
  readonly anchor?: Anchor | 'ground';
  /** In order from `from` to `to`; see laneSpans. */
  readonly lanes?: readonly Lane[] | undefined;
};

export type Lane = {
  /** Slug; once in a line. */
  readonly lane: string;
  /** Where on the line it ends and the next begins, px. Given for all lanes but the last, or for none. */
  readonly until?: readonly [number, number] | undefined;
  /** The direction in which it is driven; absent: both. */
  readonly direction?: string | undefined;
};

export type Side = 'left' | 'right';

/** Where a point is in relation to a line. */
export type Position = {
  /** Distance from the infinite line, px; positive on the right-hand side. */
  readonly distance: number;
  /** Foot of the perpendicular as a share of the line: 0 at `from`, 1 at `to`. */
  readonly along: number;
};

export type Point = { readonly x: number; readonly y: number };

export type BoxCorners = readonly [x1: number, y1: number, x2: number, y2: number];

/** Position of a point relative to the line. */
export function positionAt(line: Pick<CountingLine, 'from' | 'to'>, point: Point): Position {
  const dx = line.to[0] - line.from[0];
  const dy = line.to[1] - line.from[1];
  const length = Math.hypot(dx, dy);
  const px = point.x - line.from[0];
  const py = point.y - line.from[1];
  return { distance: (py * dx - px * dy) / length, along: (px * dx + py * dy) / (length * length) };
}

/**
 * Where the straight way between two positions meets the infinite line, or undefined when both are on the same
 * side. `share` is how much of the way was gone by then, 0..1; `along` as in Position.
 */
export function crossingBetween(
  before: Position,
  after: Position,
): { readonly share: number; readonly along: number } | undefined {
  const step = before.distance - after.distance;
  if (step === 0 || before.distance * after.distance > 0) {
    return undefined;
  }
  const share = before.distance / step;
  return { share, along: before.along + share * (after.along - before.along) };
}

/**
 * Whether a crossing there is on the line itself. `from` belongs to it and `to` does not, so that two lines that share an
 * end count what passes over that point once between them.
 */
export function isWithin(along: number): boolean {
  return along >= 0 && along < 1;
}

/** Whether a box has corners on both sides of the infinite line. */
export function liesAcross(line: Pick<CountingLine, 'from' | 'to'>, box: BoxCorners): boolean {
  const distances = cornerDistances(line, box);
  return Math.min(...distances) < 0 && Math.max(...distances) > 0;
}

/** Distances of a box's corners from the infinite line, px; positive on the right-hand side, always in the same order. */
export function cornerDistances(line: Pick<CountingLine, 'from' | 'to'>, box: BoxCorners): number[] {
  const corners = [
    { x: box[0], y: box[1] },
    { x: box[2], y: box[1] },
    { x: box[0], y: box[3] },
    { x: box[2], y: box[3] },
  ];
  return corners.map((corner) => positionAt(line, corner).distance);
}

/** Side of a distance; undefined exactly on the line. */
export function sideOf(distance: number): Side | undefined {
  if (distance === 0) {
    return undefined;
  }
  return distance > 0 ? 'right' : 'left';
}

/** Anchor point of a box. */
export function anchorPoint(box: BoxCorners, anchor: Anchor): Point {
  const x = (box[0] + box[2]) / 2;
  return { x, y: anchor === 'centre' ? (box[1] + box[3]) / 2 : box[3] };
}

/**
 * Throws a RangeError for lines that cannot count: no length, a coordinate that is no number, the same name
 * twice, or one name for both directions.
 */
export function checkLines(lines: readonly CountingLine[]): void {
  const names = new Set<string>();
  for (const { line, from, to, directions } of lines) {
    if (![...from, ...to].every(Number.isFinite)) {
      throw new RangeError(`Line "${line}": expected finite coordinates, got ${from} to ${to}.`);
    }
    if (from[0] === to[0] && from[1] === to[1]) {
      throw new RangeError(
        `Line "${line}": expected two different ends, got ${from} twice. Draw a line with a length.`,
      );
    }
    if (directions.toLeft === directions.toRight) {
      throw new RangeError(
        `Line "${line}": expected two direction names, got "${directions.toLeft}" for both. Their counts could not be told apart.`,
      );
    }
    if (names.has(line)) {
      throw new RangeError(`Line "${line}" is there twice. Give every line of a camera its own name.`);
    }
    names.add(line);
  }
}
