// Where each road user was in the last seconds: speeds over a long base, braking and ways that go against the traffic
// need more than the motion of the moment.

import type { GroundPoint } from '../calibration-points.ts';
import type { Point } from '../counting-line.ts';
import type { Moment, Observation } from '../observation.ts';

export type PastPlace = {
  readonly moment: Moment;
  readonly anchor: Point;
  readonly ground: GroundPoint | undefined;
  readonly size: number;
};

/** As far as any rule looks back, ms ... */
const LONGEST_MS = 10_000;
/** ... and no closer together than this, which bounds the number at any frame rate. */
const LEAST_STEP_MS = 90;
/** Who is not seen for this long is forgotten even when nobody says it is gone, ms. */
const FORGET_MS = 60_000;

/** Away from where it was first seen by so many box sizes ... */
const MOVED_SIZES = 0.5;
/** ... in all sightings of so long, ms: a box that strays for a moment, as something passes in front, has not moved. */
const MOVED_MS = 500;

type Origin = { readonly at: Point; awaySinceMs?: number | undefined; moved: boolean };

export class MotionHistory {
  readonly #past = new Map<number, PastPlace[]>();
  readonly #origins = new Map<number, Origin>();

  /** Takes in where everybody is seen; what is predicted is no evidence. */
  update({ roadUsers, gone, cameraTimeMs, capturedAtMs }: Observation): void {
    for (const id of gone) this.#forget(id);
    const moment = { cameraTimeMs, capturedAtMs };
    for (const { id, seen, anchor, ground, box } of roadUsers) {
      if (!seen) continue;
      let past = this.#past.get(id);
      if (past === undefined) {
        past = [];
        this.#past.set(id, past);
      }
      const last = past.at(-1);
      if (last !== undefined && cameraTimeMs - last.moment.cameraTimeMs < LEAST_STEP_MS) continue;
      const size = Math.sqrt(Math.max(1, (box[2] - box[0]) * (box[3] - box[1])));
      this.#noteMove(id, anchor, size, cameraTimeMs);
      past.push({ moment, anchor, ground, size });
      const first = past.findIndex((place) => cameraTimeMs - place.moment.cameraTimeMs <= LONGEST_MS);
      if (first > 0) past.splice(0, first);
    }
    for (const [id, past] of this.#past) {
      if (cameraTimeMs - (past.at(-1)?.moment.cameraTimeMs ?? 0) > FORGET_MS) this.#forget(id);
    }
  }

  of(id: number): readonly PastPlace[] {
    return this.#past.get(id) ?? [];
  }

  /** Whether it has been seen to move since it was first seen. */
  hasMoved(id: number): boolean {
    return this.#origins.get(id)?.moved ?? false;
  }

  clear(): void {
    this.#past.clear();
    this.#origins.clear();
  }

  #noteMove(id: number, anchor: Point, size: number, atMs: number): void {
    const origin = this.#origins.get(id);
    if (origin === undefined) {
      this.#origins.set(id, { at: anchor, moved: false });
    } else if (Math.hypot(anchor.x - origin.at.x, anchor.y - origin.at.y) <= MOVED_SIZES * size) {
      origin.awaySinceMs = undefined;
    } else {
      origin.awaySinceMs ??= atMs;
      if (atMs - origin.awaySinceMs >= MOVED_MS) origin.moved = true;
    }
  }

  #forget(id: number): void {
    this.#past.delete(id);
    this.#origins.delete(id);
  }
}
