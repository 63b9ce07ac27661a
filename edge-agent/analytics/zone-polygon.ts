// Plane geometry of zones: inside or outside and how far from the edge, and how much of the area is covered.

import type { Point } from './counting-line.ts';

/** Corners in order, either way round; in px of the picture or in metres on the ground. */
export type Corners = readonly Point[];

/** Rows in which areas are measured. Exact but for rows that a corner lies in: about 1/200 of a zone at most. */
const ROWS = 100;
/** Steps of the search for the inner radius. */
const SEARCH_STEPS = 24;

/** Distance to the nearest edge; positive inside, negative outside. */
export function depthIn(corners: Corners, point: Point): number {
  let nearest = Number.POSITIVE_INFINITY;
  let inside = false;
  let from = corners.at(-1) as Point;
  for (const to of corners) {
    nearest = Math.min(nearest, squareToSegment(point, from, to));
    if (from.y > point.y !== to.y > point.y && point.x < xAt(from, to, point.y)) inside = !inside;
    from = to;
  }
  return inside ? Math.sqrt(nearest) : -Math.sqrt(nearest);
}

/** Depth of the deepest point, nearly: to 1/24 of the polygon's width or height. */
export function innerRadius(corners: Corners): number {
  const { x1, y1, x2, y2 } = boundsOf(corners);
  let radius = 0;
  for (let i = 0; i < SEARCH_STEPS; i++) {
    for (let j = 0; j < SEARCH_STEPS; j++) {
      const x = x1 + ((x2 - x1) * (i + 0.5)) / SEARCH_STEPS;
      const y = y1 + ((y2 - y1) * (j + 0.5)) / SEARCH_STEPS;
      radius = Math.max(radius, depthIn(corners, { x, y }));
    }
  }
  return radius;
}

export function distanceToSegment(point: Point, from: Point, to: Point): number {
  return Math.sqrt(squareToSegment(point, from, to));
}

function squareToSegment(point: Point, from: Point, to: Point): number {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const square = dx * dx + dy * dy;
  const share = square > 0 ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / square : 0;
  const along = Math.min(1, Math.max(0, share));
  const missX = point.x - from.x - along * dx;
  const missY = point.y - from.y - along * dy;
  return missX * missX + missY * missY;
}

/** Shortest distance between two convex shapes; 0 when they overlap. */
export function distanceBetween(a: Corners, b: Corners): number {
  const inB = a.map((point) => depthIn(b, point));
  const inA = b.map((point) => depthIn(a, point));
  if (inB.some((depth) => depth >= 0) || inA.some((depth) => depth >= 0) || overlaps(a, b)) return 0;
  return -Math.max(...inB, ...inA);
}

/** Whether edges of both cross. */
function overlaps(a: Corners, b: Corners): boolean {
  for (const [from, to] of edgesOf(a)) {
    for (const [start, end] of edgesOf(b)) {
      if (crosses(from, to, start, end)) return true;
    }
  }
  return false;
}

/** What covers an area. */
export type Cover = {
  /** Share of the area that is covered by one or more of the shapes, 0..1. */
  readonly share: number;
  /** For each shape: share of itself that lies in the area, 0..1. */
  readonly inside: readonly number[];
};

type Row = { readonly y: number; readonly spans: readonly (readonly [number, number])[] };

/** An area that convex shapes cover: what two of them cover both counts once. */
export class CoveredArea {
  /** Square px or square metres. */
  readonly area: number;
  readonly #rows: readonly Row[];
  readonly #top: number;
  readonly #heightOfRow: number;

  constructor(corners: Corners) {
    const { y1, y2 } = boundsOf(corners);
    this.#top = y1;
    this.#heightOfRow = (y2 - y1) / ROWS;
    this.#rows = Array.from({ length: ROWS }, (_, i) => {
      const y = y1 + (i + 0.5) * this.#heightOfRow;
      return { y, spans: spansAt(corners, y) };
    });
    this.area = this.#heightOfRow * this.#rows.reduce((sum, { spans }) => sum + lengthOf(spans), 0);
  }

  /** @param shapes convex, corners in order */
  coverBy(shapes: readonly Corners[]): Cover {
    const pieces = new Map<number, (readonly [number, number])[]>();
    const inside = shapes.map((shape) => {
      const length = this.#cut(shape, pieces);
      return length > 0 ? Math.min(1, (length * this.#heightOfRow) / areaOf(shape)) : 0;
    });
    let covered = 0;
    for (const ofRow of pieces.values()) covered += unionLength(ofRow);
    const share = this.area > 0 ? (covered * this.#heightOfRow) / this.area : 0;
    return { share: Math.min(1, share), inside };
  }

  /** Adds the shape's pieces to those of each row; returns their length. */
  #cut(shape: Corners, pieces: Map<number, (readonly [number, number])[]>): number {
    let length = 0;
    const { y1, y2 } = boundsOf(shape);
    const first = Math.max(0, Math.floor((y1 - this.#top) / this.#heightOfRow));
    const last = Math.min(ROWS - 1, Math.ceil((y2 - this.#top) / this.#heightOfRow));
    for (let i = first; i <= last; i++) {
      const { y, spans } = this.#rows[i] as Row;
      const [left, right] = spanOf(shape, y);
      for (const [from, to] of spans) {
        if (from >= right || to <= left) continue;
        const piece = [Math.max(from, left), Math.min(to, right)] as const;
        length += piece[1] - piece[0];
        const ofRow = pieces.get(i);
        if (ofRow) ofRow.push(piece);
        else pieces.set(i, [piece]);
      }
    }
    return length;
  }
}

/** Area of a polygon that does not cross itself. */
export function areaOf(corners: Corners): number {
  let twice = 0;
  for (const [from, to] of edgesOf(corners)) twice += from.x * to.y - to.x * from.y;
  return Math.abs(twice) / 2;
}

/** Whether two edges that are no neighbours meet: then inside and outside are not told apart. */
export function crossesItself(corners: Corners): boolean {
  const edges = [...edgesOf(corners)];
  return edges.some(([from, to], i) =>
    edges.some(
      ([start, end], j) => j > i + 1 && !(i === 0 && j === edges.length - 1) && touches(from, to, start, end),
    ),
  );
}

function touches(a: Point, b: Point, c: Point, d: Point): boolean {
  return (
    crosses(a, b, c, d) ||
    distanceToSegment(a, c, d) === 0 ||
    distanceToSegment(b, c, d) === 0 ||
    distanceToSegment(c, a, b) === 0 ||
    distanceToSegment(d, a, b) === 0
  );
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Positive when a, b, c turn to the right in a picture, to the left on a map. */
function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function* edgesOf(corners: Corners): Generator<readonly [Point, Point]> {
  let from = corners.at(-1);
  for (const to of corners) {
    if (from !== undefined) yield [from, to];
    from = to;
  }
}

/** The piece of a horizontal line inside a convex shape; from infinity to minus infinity when there is none. */
function spanOf(shape: Corners, y: number): readonly [number, number] {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let from = shape.at(-1) as Point;
  for (const to of shape) {
    if (from.y > y !== to.y > y) {
      const x = xAt(from, to, y);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
    from = to;
  }
  return [left, right];
}

function xAt(from: Point, to: Point, y: number): number {
  return from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
}

/** Pieces of a horizontal line inside a polygon, from left to right. */
function spansAt(corners: Corners, y: number): (readonly [number, number])[] {
  const xs: number[] = [];
  for (const [from, to] of edgesOf(corners)) {
    if (from.y > y !== to.y > y) xs.push(xAt(from, to, y));
  }
  xs.sort((a, b) => a - b);
  const spans: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < xs.length; i += 2) spans.push([xs[i] as number, xs[i + 1] as number]);
  return spans;
}

function unionLength(pieces: (readonly [number, number])[]): number {
  pieces.sort((a, b) => a[0] - b[0]);
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of pieces) {
    length += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return length;
}

function lengthOf(spans: readonly (readonly [number, number])[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}

export function boundsOf(corners: Corners): { x1: number; y1: number; x2: number; y2: number } {
  const bounds = {
    x1: Number.POSITIVE_INFINITY,
    y1: Number.POSITIVE_INFINITY,
    x2: Number.NEGATIVE_INFINITY,
    y2: Number.NEGATIVE_INFINITY,
  };
  for (const { x, y } of corners) {
    bounds.x1 = Math.min(bounds.x1, x);
    bounds.y1 = Math.min(bounds.y1, y);
    bounds.x2 = Math.max(bounds.x2, x);
    bounds.y2 = Math.max(bounds.y2, y);
  }
  return bounds;
}
