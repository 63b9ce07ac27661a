// How many of the recent road users would have crossed a line, in each direction: a preview that tells at once whether
// the line lies right. The box counts more carefully (it knows each box, who hides whom); this is near enough to see
// a line that is turned round, too short, or beside the traffic.

import { type Point, positionAt, type Segment } from './geometry.ts';

export type Trajectory = {
  readonly roadUser: string;
  /** `[x, y, ms]` */
  readonly points: readonly (readonly [number, number, number])[];
  /** Last box, `[x1, y1, x2, y2]`. */
  readonly box: readonly [number, number, number, number];
};

export type Crossings = { readonly toLeft: number; readonly toRight: number };

/** So far beyond the line, in sizes of the box (root of its area), somebody is surely on the other side. */
const BEYOND_SIZES = 0.15;
/** The size of a box is that of its last sighting, which may be far from the line: within these bounds, px. */
const BEYOND_PX = { least: 2, most: 12 } as const;

export function countCrossings(line: Segment, trajectories: readonly Trajectory[]): Crossings {
  let toLeft = 0;
  let toRight = 0;
  if (line.from[0] === line.to[0] && line.from[1] === line.to[1]) return { toLeft, toRight };
  for (const trajectory of trajectories) {
    for (const direction of crossingsOf(line, trajectory)) {
      if (direction === 'toLeft') toLeft += 1;
      else toRight += 1;
    }
  }
  return { toLeft, toRight };
}

/** The crossings of one road user, in order. */
export function crossingsOf(line: Segment, { points, box }: Trajectory): ('toLeft' | 'toRight')[] {
  const beyond = hysteresisPx(box);
  const found: ('toLeft' | 'toRight')[] = [];
  let side = 0;
  let isWithin = false;
  let before: { readonly distance: number; readonly along: number } | undefined;
  for (const [x, y] of points) {
    const now = positionAt(line, [x, y] satisfies Point);
    if (before !== undefined && before.distance * now.distance <= 0 && before.distance !== now.distance) {
      const share = before.distance / (before.distance - now.distance);
      const along = before.along + share * (now.along - before.along);
      isWithin = along >= 0 && along < 1;
    }
    before = now;
    const reached = Math.sign(now.distance);
    if (side === 0) side = reached;
    if (reached === 0 || reached === side || Math.abs(now.distance) < beyond) continue;
    if (isWithin) found.push(reached > 0 ? 'toRight' : 'toLeft');
    side = reached;
  }
  return found;
}

function hysteresisPx([x1, y1, x2, y2]: Trajectory['box']): number {
  const size = Math.sqrt(Math.max(0, (x2 - x1) * (y2 - y1)));
  return Math.max(BEYOND_PX.least, Math.min(BEYOND_PX.most, BEYOND_SIZES * size));
}
