// Where the road users of a frame go and what they cover: found once for all zones of a camera, and anew only when a box
// has moved.

import type { RoadUser } from '../../contract/index.ts';
import type { GroundMapping } from './calibration.ts';
import type { BoxCorners, Point } from './counting-line.ts';
import type { RoadUserView } from './observation.ts';
import { type Footprint, groundFootprint, pictureFootprint } from './zone-footprint.ts';
import { type Heading, headingAfter } from './zone-motion.ts';

type Known = {
  box: BoxCorners;
  roadUser: RoadUser;
  heading: Heading;
  /** Of this box, class and heading; null: not found yet. */
  onGround: Footprint | undefined | null;
  inPicture: Footprint | null;
};

const UNKNOWN: Heading = {};

export class ZoneFootprints {
  readonly #mapping: GroundMapping | undefined;
  readonly #known = new Map<number, Known>();

  constructor(mapping: GroundMapping | undefined) {
    this.#mapping = mapping;
  }

  /** Takes the road users of the next frame in. */
  observe(roadUsers: readonly RoadUserView[]): void {
    for (const view of roadUsers) {
      const { id, box, roadUser } = view;
      const known = this.#known.get(id);
      const heading = headingAfter(known?.heading ?? UNKNOWN, view);
      if (known === undefined) {
        this.#known.set(id, { box, roadUser, heading, onGround: null, inPicture: null });
        continue;
      }
      if (roadUser === known.roadUser && heading === known.heading && isSameBox(box, known.box)) continue;
      known.box = box;
      known.roadUser = roadUser;
      known.heading = heading;
      known.onGround = null;
      known.inPicture = null;
    }
  }

  /** Which way it was going when it last moved. */
  headingOf(id: number): Heading | undefined {
    return this.#known.get(id)?.heading;
  }

  /**
   * Rectangle on the ground; undefined where the ground is not seen well enough.
   *
   * @param usual where most go there, for one that was never seen to move
   */
  onGround(view: RoadUserView, usual: Point | undefined): Footprint | undefined {
    const known = this.#known.get(view.id);
    const heading = known?.heading.ground;
    if (this.#mapping === undefined) return undefined;
    if (known === undefined || heading === undefined) return groundFootprint(view, this.#mapping, usual);
    if (known.onGround === null) known.onGround = groundFootprint(view, this.#mapping, heading);
    return known.onGround;
  }

  /** Lower part of the box. */
  inPicture(view: RoadUserView, usual: Point | undefined): Footprint {
    const known = this.#known.get(view.id);
    const heading = known?.heading.picture;
    if (known === undefined || heading === undefined) return pictureFootprint(view, usual);
    known.inPicture ??= pictureFootprint(view, heading);
    return known.inPicture;
  }

  forget(id: number): void {
    this.#known.delete(id);
  }

  /** Forgets everybody. */
  reset(): void {
    this.#known.clear();
  }
}

function isSameBox(a: BoxCorners, b: BoxCorners): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
