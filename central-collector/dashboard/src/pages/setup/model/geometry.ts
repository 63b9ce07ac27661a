// Geometry of what is drawn on the picture: pixels, y downwards.

export type Point = readonly [x: number, y: number];
export type Segment = { readonly from: Point; readonly to: Point };

export function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

export function middle({ from, to }: Segment): Point {
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
}

export function moved([x, y]: Point, dx: number, dy: number): Point {
  return [x + dx, y + dy];
}

/** Whole pixels within the picture. */
export function placed([x, y]: Point, { width, height }: { width: number; height: number }): Point {
  return [clamp(Math.round(x), 0, width), clamp(Math.round(y), 0, height)];
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/**
 * Of length 1, to the right hand of somebody who stands at `from` and looks towards `to`. Zero for no length.
 *
 * ```
 *   from ●──────▶ to
 *            ▼ right hand: over a line from left to right it is downwards
 * ```
 */
export function rightHand({ from, to }: Segment): Point {
  const length = distance(from, to);
  return length === 0 ? [0, 0] : [(from[1] - to[1]) / length, (to[0] - from[0]) / length];
}

/** Distance from the infinite line, positive on the right-hand side, and the foot as a share of the line, 0 at `from`. */
export function positionAt({ from, to }: Segment, [x, y]: Point): { distance: number; along: number } {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const length = Math.hypot(dx, dy);
  const px = x - from[0];
  const py = y - from[1];
  return { distance: (py * dx - px * dy) / length, along: (px * dx + py * dy) / (length * length) };
}

/** Of a point from the segment itself. */
export function distanceToSegment(segment: Segment, point: Point): number {
  const { from, to } = segment;
  if (distance(from, to) === 0) return distance(from, point);
  const along = clamp(positionAt(segment, point).along, 0, 1);
  return distance(point, onSegment(segment, along));
}

/** The point at a share of the way. */
export function onSegment({ from, to }: Segment, along: number): Point {
  return [from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1])];
}

export function edgesOf(polygon: readonly Point[]): Segment[] {
  return polygon.map((from, i) => ({ from, to: polygon[(i + 1) % polygon.length] as Point }));
}

/** Where a label of a polygon goes: the middle of its corners' bounds, or its lowest corner's where that is outside. */
export function labelPlace(polygon: readonly Point[]): Point {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const centre: Point = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  return isInside(polygon, centre) ? centre : (polygon[0] ?? centre);
}

/** By the even-odd rule. */
export function isInside(polygon: readonly Point[], [x, y]: Point): boolean {
  return (
    edgesOf(polygon).filter(
      ({ from, to }) =>
        from[1] > y !== to[1] > y && x < from[0] + ((y - from[1]) / (to[1] - from[1])) * (to[0] - from[0]),
    ).length %
      2 ===
    1
  );
}

/** Index before which a new corner belongs so that the polygon grows towards the point: on its nearest edge. */
export function cornerIndex(polygon: readonly Point[], point: Point): number {
  const distances = edgesOf(polygon).map((edge) => distanceToSegment(edge, point));
  const nearest = distances.indexOf(Math.min(...distances));
  return nearest === -1 ? polygon.length : nearest + 1;
}
