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
  for (const [from, to] of edgesOf(corners)) {
    nearest = Math.min(nearest, distanceToSegment(point, from, to));
    if (from.y > point.y !== to.y > point.y) {
      const x = from.x + ((point.y - from.y) / (to.y - from.y)) * (to.x - from.x);
      if (point.x < x) inside = !inside;
    }
  }
  return inside ? nearest : -nearest;
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
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const square = dx * dx + dy * dy;
  const share = square > 0 ? ((point.x - from.x) * dx + (point.y - from.y) * dy) / square : 0;
  const along = Math.min(1, Math.max(0, share));
  return Math.hypot(point.x - from.x - along * dx, point.y - from.y - along * dy);
}

/** Shortest distance between two convex shapes of two corners or more; 0 when they overlap. */
export function distanceBetween(a: Corners, b: Corners): number {
  if (a.some((point) => depthIn(b, point) > 0) || b.some((point) => depthIn(a, point) > 0)) return 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (const [from, to] of edgesOf(a)) {
    for (const [start, end] of edgesOf(b)) {
      if (crosses(from, to, start, end)) return 0;
      nearest = Math.min(
        nearest,
        distanceToSegment(from, start, end),
        distanceToSegment(to, start, end),
        distanceToSegment(start, from, to),
        distanceToSegment(end, from, to),
      );
    }
  }
  return nearest;
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
  readonly #heightOfRow: number;

  constructor(corners: Corners) {
    const { y1, y2 } = boundsOf(corners);
    this.#heightOfRow = (y2 - y1) / ROWS;
    this.#rows = Array.from({ length: ROWS }, (_, i) => {
      const y = y1 + (i + 0.5) * this.#heightOfRow;
      return { y, spans: spansAt(corners, y) };
    });
    this.area = this.#heightOfRow * this.#rows.reduce((sum, { spans }) => sum + lengthOf(spans), 0);
  }

  /** @param shapes convex, corners in order */
  coverBy(shapes: readonly Corners[]): Cover {
    const bounds = shapes.map(boundsOf);
    const inside = shapes.map(() => 0);
    let covered = 0;
    for (const { y, spans } of this.#rows) {
      const pieces: (readonly [number, number])[] = [];
      for (const [i, shape] of shapes.entries()) {
        const bound = bounds[i];
        if (bound === undefined || y < bound.y1 || y > bound.y2) continue;
        for (const span of spansAt(shape, y)) {
          for (const [from, to] of spans) {
            const piece = [Math.max(from, span[0]), Math.min(to, span[1])] as const;
            if (piece[0] >= piece[1]) continue;
            pieces.push(piece);
            inside[i] = (inside[i] as number) + (piece[1] - piece[0]);
          }
        }
      }
      covered += unionLength(pieces);
    }
    return {
      share: this.area > 0 ? Math.min(1, (covered * this.#heightOfRow) / this.area) : 0,
      inside: inside.map((length, i) => Math.min(1, (length * this.#heightOfRow) / areaOf(shapes[i] ?? []))),
    };
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

/** Pieces of a horizontal line inside a polygon, from left to right. */
function spansAt(corners: Corners, y: number): (readonly [number, number])[] {
  const xs: number[] = [];
  for (const [from, to] of edgesOf(corners)) {
    if (from.y > y !== to.y > y) xs.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
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

function boundsOf(corners: Corners): { x1: number; y1: number; x2: number; y2: number } {
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
