// Whether a box shows a road user that has not moved: by the edges that nothing hides.

/** x1, y1, x2, y2. */
type Box = readonly [number, number, number, number];

/** A box of the same place may be this many times smaller: more than half of the road user hidden. */
const MOST_HIDDEN = 2.5;

/**
 * What hides a standing road user moves some edges of its box inwards; what moves it moves all of them. So, in both directions,
 * the middle or one of the two edges must be where it was, and no edge may have moved outwards: a road user that
 * drives straight at the camera keeps the middle from left to right, but grows.
 *
 * @param tolerance in box sizes (square root of the larger area)
 */
export function isSamePlace(rest: Box, now: Box, tolerance: number): boolean {
  const restArea = (rest[2] - rest[0]) * (rest[3] - rest[1]);
  const area = (now[2] - now[0]) * (now[3] - now[1]);
  const most = tolerance * Math.sqrt(Math.max(restArea, area));
  const grown = Math.max(rest[0] - now[0], rest[1] - now[1], now[2] - rest[2], now[3] - rest[3]);
  return (
    restArea <= MOST_HIDDEN * area &&
    grown <= most &&
    shift(rest[0], rest[2], now[0], now[2]) <= most &&
    shift(rest[1], rest[3], now[1], now[3]) <= most
  );
}

/** The least that the lower end, the upper end or the middle of a range has moved. */
function shift(fromA: number, toA: number, fromB: number, toB: number): number {
  const from = Math.abs(fromA - fromB);
  const to = Math.abs(toA - toB);
  return Math.min(from, to, Math.abs(fromA + toA - fromB - toB) / 2);
}
