// Which way each part of a line is driven: as its lanes say, else as was counted there so far.

import type { LaneSpan } from '../analytics/flow-lanes.ts';

type Way = 'left' | 'right';

/** Parts of a line that learn on their own: about a lane of a wide road each. */
const PARTS = 8;

/** Older passages count less and less, so that a lane that is turned round is noticed: about so many count. */
const REMEMBERED = 50;

export class DrivenWays {
  readonly #told: (along: number) => Way | undefined;
  /** Passages to the right less those to the left, of each part. */
  readonly #balance = new Array<number>(PARTS).fill(0);

  constructor(lanes: readonly LaneSpan[], directions: { readonly toLeft: string; readonly toRight: string }) {
    this.#told = (along) => {
      const direction = lanes.find(({ until }) => along < until)?.direction;
      if (direction === undefined) return undefined;
      return direction === directions.toLeft ? 'left' : 'right';
    };
  }

  /** Somebody crossed there. Returns whether it tells something new of which way that part is driven. */
  add(along: number, way: Way): boolean {
    const part = partOf(along);
    const believed = this.at(along);
    const before = (this.#balance[part] ?? 0) * (1 - 1 / REMEMBERED);
    this.#balance[part] = before + (way === 'right' ? 1 : -1);
    return this.at(along) !== believed;
  }

  /** Where nobody has crossed yet, the way of the nearest part where somebody has; `right` at first. */
  at(along: number): Way {
    const told = this.#told(along);
    if (told !== undefined) return told;
    const part = partOf(along);
    for (let distance = 0; distance < PARTS; distance++) {
      const near = (this.#balance[part - distance] ?? 0) + (this.#balance[part + distance] ?? 0);
      if (near !== 0) return near > 0 ? 'right' : 'left';
    }
    return 'right';
  }
}

function partOf(along: number): number {
  return Math.max(0, Math.min(PARTS - 1, Math.floor(along * PARTS)));
}
