// Who crossed which counting line, when and in which direction: computed from positions on the ground.

import type { Scene } from '../scene-file.ts';
import type { Actor } from '../sim/vehicle.ts';
import type { TruthCrossing } from '../truth-file.ts';

/*
 *          to
 *          │
 *  toLeft ◀│▶ toRight      seen from above, looking from `from` towards `to`;
 *          │               a camera sees the same, since it looks down on the ground
 *         from
 */
export class CrossingCounter {
  readonly #lines: Scene['lines'];
  readonly #last = new Map<number, { x: number; y: number; t: number }>();
  readonly crossings: TruthCrossing[] = [];

  constructor(lines: Scene['lines']) {
    this.#lines = lines;
  }

  /** Takes the state after one simulation step. Steps before the clip's start are seen but not counted. */
  observe(t: number, actors: readonly Actor[]): void {
    const present = new Set<number>();
    for (const actor of actors) {
      if (actor.class === 'debris') continue;
      present.add(actor.id);
      const before = this.#last.get(actor.id);
      this.#last.set(actor.id, { x: actor.x, y: actor.y, t });
      if (!before) continue;
      for (const line of this.#lines) {
        const hit = crossing(line, before.x, before.y, actor.x, actor.y);
        if (!hit) continue;
        const at = before.t + (t - before.t) * hit.share;
        if (at < 0) continue;
        const name = line.directions?.[hit.direction];
        this.crossings.push({
          record: 'crossing',
          line: line.line,
          t: Number(at.toFixed(3)),
          direction: hit.direction,
          ...(name === undefined ? {} : { name }),
          id: actor.id,
          class: actor.class,
          ...(actor.movement === undefined ? {} : { movement: actor.movement }),
          ...(actor.lane === undefined ? {} : { lane: actor.lane }),
          speedMs: Number(actor.speedMs.toFixed(2)),
        });
      }
    }
    for (const id of this.#last.keys()) if (!present.has(id)) this.#last.delete(id);
  }
}

/** Where a step from (x0, y0) to (x1, y1) cuts the line's segment; a step that starts on the line does not count again. */
export function crossing(
  line: { from: readonly [number, number]; to: readonly [number, number] },
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): { share: number; direction: 'toLeft' | 'toRight' } | undefined {
  const side = (x: number, y: number): number =>
    (line.to[0] - line.from[0]) * (y - line.from[1]) - (line.to[1] - line.from[1]) * (x - line.from[0]);
  const before = side(x0, y0);
  const after = side(x1, y1);
  // Half-open: exactly on the line belongs to the right-hand side, so that nobody is counted twice or lost.
  if (before > 0 === after > 0) return undefined;
  // Without a negative zero.
  const share = before / (before - after) + 0;
  const x = x0 + (x1 - x0) * share;
  const y = y0 + (y1 - y0) * share;
  const lengthSquared = (line.to[0] - line.from[0]) ** 2 + (line.to[1] - line.from[1]) ** 2;
  const along =
    ((x - line.from[0]) * (line.to[0] - line.from[0]) + (y - line.from[1]) * (line.to[1] - line.from[1])) /
    lengthSquared;
  if (along < 0 || along > 1) return undefined;
  // Left of the line is the positive side while y grows northwards.
  return { share, direction: after > 0 ? 'toLeft' : 'toRight' };
}
