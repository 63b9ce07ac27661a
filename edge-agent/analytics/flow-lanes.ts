// Which part of a counting line is which lane.

import { type GroundMapping, toGround, toPicture } from './calibration.ts';
import { type CountingLine, positionAt } from './counting-line.ts';

/** A lane as a part of its line; it begins where the one before it ends. */
export type LaneSpan = {
  readonly lane: string;
  /** Share of the line at which it ends, as `along` of a Position: 1 for the last one. */
  readonly until: number;
  /** The direction in which it is driven; undefined: both. */
  readonly direction: string | undefined;
};

/**
 * The lanes of a line in order from `from` to `to`; empty for a line without lanes.
 *
 * ```
 *   from ●────────┊───────┊──────▶ to
 *          lanes[0]    [1]    [2]
 * ```
 *
 * Lanes without an end given are equally wide: on the road where the camera is calibrated and sees both ends of the line
 * on it, else in the picture, which makes lanes at the far end of a slanting line too wide.
 */
export function laneSpans(line: CountingLine, mapping?: GroundMapping): readonly LaneSpan[] {
  const { lanes = [] } = line;
  const count = lanes.length;
  return lanes.map(({ lane, until, direction }, index) => ({
    lane,
    until: index === count - 1 ? 1 : endOf(line, until, (index + 1) / count, mapping),
    direction,
  }));
}

/**
 * The lane at a place of the line.
 *
 * @param along 0 at `from`, 1 at `to`, as in Crossing; what lies beyond an end belongs to the lane at that end
 * @returns undefined for a line without lanes
 */
export function laneAt(spans: readonly LaneSpan[], along: number): string | undefined {
  return (spans.find(({ until }) => along < until) ?? spans.at(-1))?.lane;
}

function endOf(
  line: CountingLine,
  until: readonly [number, number] | undefined,
  share: number,
  mapping: GroundMapping | undefined,
): number {
  if (until !== undefined) return positionAt(line, { x: until[0], y: until[1] }).along;
  const from = mapping && toGround(mapping, line.from);
  const to = mapping && toGround(mapping, line.to);
  if (mapping === undefined || from === undefined || to === undefined) return share;
  const end = toPicture(mapping, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
  return end === undefined ? share : positionAt(line, { x: end[0], y: end[1] }).along;
}
