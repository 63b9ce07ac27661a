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

/** Whether a point is inside: what depthIn says by its sign, for less. */
export function isInside(corners: Corners, point: Point): boolean {
  let inside = false;
  let from = corners.at(-1) as Point;
  for (const to of corners) {
    if (from.y > point.y !== to.y > point.y && point.x < xAt(from, to, point.y)) inside = !inside;
    from = to;
  }
  return inside;
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

/** Whether two convex shapes come as near as `distance`. Corners and bounds mostly say so already. */
export function areWithin(a: Corners, b: Corners, distance: number): boolean {
  const { x1, y1, x2, y2 } = boundsOf(a);
  const other = boundsOf(b);
  const apartX = Math.max(0, x1 - other.x2, other.x1 - x2);
  const apartY = Math.max(0, y1 - other.y2, other.y1 - y2);
  if (apartX * apartX + apartY * apartY > distance * distance) return false;
  for (const one of a) {
    for (const two of b) {
      if ((one.x - two.x) ** 2 + (one.y - two.y) ** 2 <= distance * distance) return true;
    }
  }
  return distanceBetween(a, b) <= distance;
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

const NOTHING: Cover = { share: 0, inside: [] };

/** An area that convex shapes cover: what two of them cover both counts once. */
export class CoveredArea {
  /** Square px or square metres. */
  readonly area: number;
  /** Of each row: left and right ends of what lies in the area, from left to right. */
  readonly #rows: readonly (readonly number[])[];
  /** Of each row, the same of what the shapes cover; empty between two calls, kept because every frame needs it. */
  readonly #pieces: readonly number[][];
  readonly #bounds: Bounds;
  readonly #heightOfRow: number;

  constructor(corners: Corners) {
    this.#bounds = boundsOf(corners);
    const { y1, y2 } = this.#bounds;
    this.#heightOfRow = (y2 - y1) / ROWS;
    this.#rows = Array.from({ length: ROWS }, (_, i) => crossingsAt(corners, this.#yOf(i)));
    this.#pieces = this.#rows.map(() => []);
    this.area = this.#heightOfRow * this.#rows.reduce((sum, ends) => sum + lengthOf(ends), 0);
  }

  /** @param shapes convex, corners in order */
  coverBy(shapes: readonly Corners[]): Cover {
    if (shapes.length === 0) return NOTHING;
    const inside = shapes.map((shape) => {
      const length = this.#cut(shape);
      return length > 0 ? Math.min(1, (length * this.#heightOfRow) / areaOf(shape)) : 0;
    });
    let covered = 0;
    for (const pieces of this.#pieces) {
      if (pieces.length === 0) continue;
      covered += unionLength(pieces);
      pieces.length = 0;
    }
    const share = this.area > 0 ? (covered * this.#heightOfRow) / this.area : 0;
    return { share: Math.min(1, share), inside };
  }

  #yOf(row: number): number {
    return this.#bounds.y1 + (row + 0.5) * this.#heightOfRow;
  }

  /** Adds the shape's pieces to those of each row; returns their length. */
  #cut(shape: Corners): number {
    const { x1, y1, x2, y2 } = boundsOf(shape);
    const { x1: areaLeft, y1: top, x2: areaRight } = this.#bounds;
    if (x1 >= areaRight || x2 <= areaLeft) return 0;
    let length = 0;
    const first = Math.max(0, Math.floor((y1 - top) / this.#heightOfRow));
    const last = Math.min(ROWS - 1, Math.ceil((y2 - top) / this.#heightOfRow));
    for (let row = first; row <= last; row++) {
      const ends = this.#rows[row] as readonly number[];
      const y = this.#yOf(row);
      // The piece of the row in the convex shape; nothing when left is beyond right.
      let left = Number.POSITIVE_INFINITY;
      let right = Number.NEGATIVE_INFINITY;
      let from = shape.at(-1) as Point;
      for (const to of shape) {
        if (from.y > y !== to.y > y) {
          const x = xAt(from, to, y);
          if (x < left) left = x;
          if (x > right) right = x;
        }
        from = to;
      }
      for (let i = 0; i + 1 < ends.length; i += 2) {
        const begin = Math.max(ends[i] as number, left);
        const end = Math.min(ends[i + 1] as number, right);
        if (begin >= end) continue;
        length += end - begin;
        addPiece(this.#pieces[row] as number[], begin, end);
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

function xAt(from: Point, to: Point, y: number): number {
  return from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
}

/** Where a horizontal line goes in and out of a polygon, from left to right. */
function crossingsAt(corners: Corners, y: number): readonly number[] {
  const xs: number[] = [];
  for (const [from, to] of edgesOf(corners)) {
    if (from.y > y !== to.y > y) xs.push(xAt(from, to, y));
  }
  return xs.sort((a, b) => a - b);
}

/** Keeps the pieces of a row in the order of their left ends; there are few. */
function addPiece(pieces: number[], begin: number, end: number): void {
  let at = pieces.length;
  pieces.push(begin, end);
  while (at > 0 && (pieces[at - 2] as number) > begin) {
    pieces[at] = pieces[at - 2] as number;
    pieces[at + 1] = pieces[at - 1] as number;
    at -= 2;
  }
  pieces[at] = begin;
  pieces[at + 1] = end;
}

function unionLength(pieces: readonly number[]): number {
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < pieces.length; i += 2) {
    const end = pieces[i + 1] as number;
    if (end <= reached) continue;
    length += end - Math.max(pieces[i] as number, reached);
    reached = end;
  }
  return length;
}

function lengthOf(ends: readonly number[]): number {
  let length = 0;
  for (let i = 0; i + 1 < ends.length; i += 2) length += (ends[i + 1] as number) - (ends[i] as number);
  return length;
}

export type Bounds = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

export function boundsOf(corners: Corners): Bounds {
  let x1 = Number.POSITIVE_INFINITY;
  let y1 = Number.POSITIVE_INFINITY;
  let x2 = Number.NEGATIVE_INFINITY;
  let y2 = Number.NEGATIVE_INFINITY;
  for (const { x, y } of corners) {
    if (x < x1) x1 = x;
    if (y < y1) y1 = y;
    if (x > x2) x2 = x;
    if (y > y2) y2 = y;
  }
  return { x1, y1, x2, y2 };
}

/** Whether a point is in a rectangle that grew by `margin` on all sides. */
export function isNear({ x1, y1, x2, y2 }: Bounds, x: number, y: number, margin: number): boolean {
  return x >= x1 - margin && x <= x2 + margin && y >= y1 - margin && y <= y2 + margin;
}
