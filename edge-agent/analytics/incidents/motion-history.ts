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

export class MotionHistory {
  readonly #past = new Map<number, PastPlace[]>();

  /** Takes in where everybody is seen; what is predicted is no evidence. */
  update({ roadUsers, gone, cameraTimeMs, capturedAtMs }: Observation): void {
    for (const id of gone) this.#past.delete(id);
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
      past.push({ moment, anchor, ground, size });
      const first = past.findIndex((place) => cameraTimeMs - place.moment.cameraTimeMs <= LONGEST_MS);
      if (first > 0) past.splice(0, first);
    }
    for (const [id, past] of this.#past) {
      if (cameraTimeMs - (past.at(-1)?.moment.cameraTimeMs ?? 0) > FORGET_MS) this.#past.delete(id);
    }
  }

  of(id: number): readonly PastPlace[] {
    return this.#past.get(id) ?? [];
  }

  clear(): void {
    this.#past.clear();
  }
}
