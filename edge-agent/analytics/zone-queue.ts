// How long the queue in a zone is at one moment, from those who stand there.

import type { Point } from './counting-line.ts';
import type { Footprint } from './zone-footprint.ts';
import { areWithin, boundsOf, distanceToSegment } from './zone-polygon.ts';

/** One that stands; places and gaps in one unit, metres or px. */
export type Standing = {
  readonly footprint: Footprint;
  /** What a gap is measured in: 1 in metres, the box's size in px. */
  readonly unit: number;
  readonly inZone: boolean;
  /** Its rear end is where the zone or the picture ends: what is behind it is not seen. */
  readonly rearAtEdge: boolean;
};

export type Queue = {
  readonly vehicles: number;
  /** From the stop line, or from the front of the first, to the rear of the last; in the unit of the places. */
  readonly length: number;
  /** It reaches the end of what is measured, or goes on there. */
  readonly truncated: boolean;
};

/** Who stands behind another, in its lane: no farther aside than this, in gap units, m; half a lane. */
const ASIDE_M = 1.75;
/** The same in box sizes, where nothing is calibrated. */
const ASIDE_SIZES = 1;

const NO_QUEUE: Queue = { vehicles: 0, length: 0, truncated: false };

/**
 * Those who stand in the zone and are joined by gaps of at most `gap` units, to the stop line when there is one:
 *
 * ```
 *   stop line ┃ ▭ ▭  ▭    ▭ ▭            ▭
 *             ┃├──── queue ─┤├─ > gap ──┤
 * ```
 *
 * @param from stop line: one point or two; undefined: the queue that is longest
 */
export function queueOf(
  standing: readonly Standing[],
  from: readonly Point[] | undefined,
  gap: number,
  calibrated: boolean,
): Queue {
  const inZone = standing.filter((each) => each.inZone);
  const [start, end = start] = from ?? [];
  if (start === undefined || end === undefined) {
    const queues = groupsOf(inZone, inZone, gap).map((group) => measured(group, extentOf(group), standing));
    return queues.reduce(longer, NO_QUEUE);
  }
  const distance = (point: Point) => distanceToSegment(point, start, end);
  const atLine = inZone.filter(
    ({ footprint, unit }) => Math.min(...footprint.corners.map(distance)) <= gap * unit,
  );
  const queue = new Set(groupsOf(atLine, inZone, gap).flat());
  if (queue.size === 0) return NO_QUEUE;
  const members = [...queue];
  const farthest = ({ footprint }: Standing) =>
    footprint.heading === undefined
      ? Math.max(...footprint.corners.map(distance))
      : Math.max(distance(footprint.rear), distance(footprint.front));
  return measured(members, Math.max(...members.map(farthest)), standing);

  function measured(group: readonly Standing[], length: number, all: readonly Standing[]): Queue {
    const others = all.filter((each) => !each.inZone);
    const truncated = group.some(
      (each) => each.rearAtEdge || others.some((other) => isBehind(other, each, gap, calibrated)),
    );
    return { vehicles: group.length, length, truncated };
  }
}

/** Groups of those joined by gaps; each holds one of `seeds` at least. */
function groupsOf(seeds: readonly Standing[], all: readonly Standing[], gap: number): Standing[][] {
  const left = new Set(all);
  const groups: Standing[][] = [];
  for (const seed of seeds) {
    if (!left.delete(seed)) continue;
    const group = [seed];
    for (const member of group) {
      for (const other of left) {
        const within = (gap * (member.unit + other.unit)) / 2;
        if (areWithin(member.footprint.corners, other.footprint.corners, within)) {
          left.delete(other);
          group.push(other);
        }
      }
    }
    groups.push(group);
  }
  return groups;
}

/** Length along the way they are going; where that is not known, from corner to corner of what holds them all. */
function extentOf(group: readonly Standing[]): number {
  const corners = group.flatMap(({ footprint }) => footprint.corners);
  let x = 0;
  let y = 0;
  for (const { footprint } of group) {
    x += footprint.heading?.x ?? 0;
    y += footprint.heading?.y ?? 0;
  }
  const length = Math.hypot(x, y);
  if (length > 0) {
    const along = corners.map((corner) => (corner.x * x + corner.y * y) / length);
    return Math.max(...along) - Math.min(...along);
  }
  const { x1, y1, x2, y2 } = boundsOf(corners);
  return Math.hypot(x2 - x1, y2 - y1);
}

function isBehind(other: Standing, one: Standing, gap: number, calibrated: boolean): boolean {
  const { heading, rear } = one.footprint;
  if (heading === undefined) return false;
  const unit = (one.unit + other.unit) / 2;
  const { front } = other.footprint;
  const back = (rear.x - front.x) * heading.x + (rear.y - front.y) * heading.y;
  const aside = Math.abs((rear.x - front.x) * heading.y - (rear.y - front.y) * heading.x);
  return back > -unit && back <= gap * unit && aside <= (calibrated ? ASIDE_M : ASIDE_SIZES * unit);
}

function longer(a: Queue, b: Queue): Queue {
  const isLonger = b.length > a.length || (b.length === a.length && b.vehicles > a.vehicles);
  return isLonger ? b : a;
}
