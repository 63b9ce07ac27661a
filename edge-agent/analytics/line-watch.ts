// Watches one road user at one line and says when it has crossed: once for each real crossing, whatever the
// box does in between.

import {
  type BoxCorners,
  type CountingLine,
  cornerDistances,
  crossingBetween,
  isWithin,
  liesAcross,
  type Point,
  type Position,
  positionAt,
  type Side,
  sideOf,
} from './counting-line.ts';
import type { Moment } from './observation.ts';
import { type PathSighting, sizeOf } from './path.ts';

/** A crossing that is certain. */
export type Crossing = {
  /** The side gone to. */
  readonly to: Side;
  /** When the anchor was on the line, on both clocks, not rounded. */
  readonly at: Moment;
  /** Where on the line, as a share of it: 0 at `from`, 1 at `to`. */
  readonly along: number;
};

/*
 * Distances below are in box sizes (square root of the area), because the jitter of a detector grows with the box.
 */

/**
 * The anchor must get this far beyond the line, twice, or twice as far once. Detection jitter is about 0.05 (see the
 * tracker's filter), so this is 3 standard deviations.
 */
const BEYOND_SIZES = 0.15;
/**
 * Back over a line that it has crossed before, a road user must get this far: a car waiting on the line whose lower
 * edge gets hidden seems to jump back by a third of its height.
 */
const RETURN_SIZES = 0.5;
/**
 * ... with all corners of its box since it was last on its own side: a box that gives way to a hider changes its shape, but
 * some corner of it stays. A road user that really goes back takes all of them along.
 */
const RETURN_WHOLE_SIZES = 0.5;
/** When a road user is lost just beyond the line, having come from this far before it is enough ... */
const APPROACH_SIZES = 0.3;
/** ... with this much left of the way beyond it. */
const LOST_BEYOND_SIZES = 0.03;
/** Slower than this, in box sizes a second, a road user stands. */
const MOVING_SIZES_PER_S = 0.1;
/** Who is lost behind somebody before the line crossed it when it was to get there within this time, ms ... */
const LONGEST_HIDDEN_MS = 1200;
/** ... and drove at this speed: slower ones (2.5 m/s for a car) stop or turn behind their hider. */
const HIDDEN_SIZES_PER_S = 1.2;
/** Who appears on the line crossed it at most this long before, ms. */
const LONGEST_UNSEEN_MS = 700;
/**
 * A crossing becomes certain this long after it at the latest; who waits on the line longer is taken to cross
 * when it drives off. Keeps intervals from having to stay open for ever.
 */
export const LONGEST_DECISION_MS = 3000;

/** Whether somebody else is in front of a box at a moment. */
export type IsHidden = (box: BoxCorners, at: Moment) => boolean;

type Seen = { readonly position: Position; readonly sighting: PathSighting };

type Pending = { readonly along: number; readonly at: Moment };

/**
 * The side is the last one the road user was surely on. It changes only when the anchor is beyond the line by a
 * hysteresis; the moment and place are those of the last time the anchor was on the line.
 *
 * ```
 *   left side    │ ·  ·                 ·    anchor, jittering
 *   ─ ─ ─ ─ ─ ─ ─│─ ─ ─·─ ─ ─ ─ ─ ─ ─ ─·─ ─ ─ hysteresis
 *   ═════════════╪══════·═·══·═══════·══════ line: last time on it
 *   ─ ─ ─ ─ ─ ─ ─│─ ─ ─ ─ ·─ ─·─ ─ ·─ ─ ─ ─ ─ hysteresis: now it counts
 *   right side   │              ·            once
 * ```
 */
export class LineWatch {
  readonly #line: CountingLine;
  #side: Side | undefined;
  #previous: Seen | undefined;
  /** Where it was when it was last seen on `#side`. */
  #own: BoxCorners | undefined;
  #pending: Pending | undefined;
  #sightingsBeyond = 0;
  /** Furthest from the line on `#side` since it got there, in box sizes. */
  #approach = 0;
  #hasCrossed = false;

  constructor(line: CountingLine) {
    this.#line = line;
  }

  /** The same state for a new track that continues this one's path. */
  fork(): LineWatch {
    const copy = new LineWatch(this.#line);
    copy.#side = this.#side;
    copy.#previous = this.#previous;
    copy.#own = this.#own;
    copy.#pending = this.#pending;
    copy.#sightingsBeyond = this.#sightingsBeyond;
    copy.#approach = this.#approach;
    copy.#hasCrossed = this.#hasCrossed;
    return copy;
  }

  /**
   * A road user appears that nobody was seen as before. When its box lies across the line at once, with the anchor just beyond it
   * and moving away, it came over the line unseen a moment ago: its way is begun at the line. Unless that moment was before the
   * camera was watched: then the crossing belongs to no time that was observed.
   *
   * @param first its first sighting, to be given to `see` next
   * @param anchor of it that has to cross
   * @param velocity of its centre at first, px/s
   * @param watchedSinceMs camera time of the first frame after the last gap before `first`
   */
  appear(first: PathSighting, anchor: Point, velocity: Point, watchedSinceMs: number): void {
    const { distance } = positionAt(this.#line, anchor);
    const side = sideOf(distance);
    const across = acrossSpeed(this.#line, velocity);
    const size = sizeOf(first.box);
    if (side === undefined || !liesAcross(this.#line, first.box) || across * distance <= 0) {
      return;
    }
    const sinceS = distance / across;
    if (Math.abs(across) < MOVING_SIZES_PER_S * size || sinceS * 1000 > LONGEST_UNSEEN_MS) {
      return;
    }
    const cameraTimeMs = first.cameraTimeMs - sinceS * 1000;
    if (cameraTimeMs < watchedSinceMs) {
      return;
    }
    const crossed = positionAt(this.#line, {
      x: anchor.x - velocity.x * sinceS,
      y: anchor.y - velocity.y * sinceS,
    });
    this.#side = side === 'left' ? 'right' : 'left';
    this.#approach = APPROACH_SIZES;
    this.#pending = {
      along: crossed.along,
      at: { cameraTimeMs, capturedAtMs: first.capturedAtMs - sinceS * 1000 },
    };
  }

  /** Takes the next sighting in, and the point of it that has to cross; returns a crossing when one has become certain. */
  see(sighting: PathSighting, anchor: Point): Crossing | undefined {
    const position = positionAt(this.#line, anchor);
    const current = { position, sighting };
    const before = this.#previous;
    this.#previous = current;
    const side = sideOf(position.distance);
    // A track born on the line comes from the side it is first seen on.
    this.#side ??= side;
    if (before !== undefined) {
      this.#noteCrossing(before, current);
    }
    const sizes = Math.abs(position.distance) / sizeOf(sighting.box);
    if (side === undefined) {
      return undefined;
    }
    if (side === this.#side) {
      this.#approach = Math.max(this.#approach, sizes);
      this.#sightingsBeyond = 0;
      this.#own = sighting.box;
      return undefined;
    }
    const needed = this.#hasCrossed ? RETURN_SIZES : BEYOND_SIZES;
    if (sizes < needed || (this.#hasCrossed && !this.#hasMovedWhole(sighting.box, side))) {
      return undefined;
    }
    this.#sightingsBeyond++;
    return this.#sightingsBeyond >= 2 || sizes >= 2 * needed
      ? this.#commit(side, sighting, sizes)
      : undefined;
  }

  /**
   * The road user is gone. Decides a crossing that was under way: it came from clearly before the line, its last
   * sighting was beyond it, and it was moving on.
   *
   * @param velocity of its centre at the end, px/s
   * @param isHidden whether somebody stands before a box at a moment
   */
  end(velocity: Point, isHidden: IsHidden = () => false): Crossing | undefined {
    const last = this.#previous;
    if (last === undefined || this.#hasCrossed || this.#approach < APPROACH_SIZES) {
      return undefined;
    }
    const { position, sighting } = last;
    const side = sideOf(position.distance);
    const size = sizeOf(sighting.box);
    const sizes = Math.abs(position.distance) / size;
    if (side === this.#side) return this.#endHidden(last, velocity, isHidden);
    if (side === undefined || sizes < LOST_BEYOND_SIZES) {
      return undefined;
    }
    const across = acrossSpeed(this.#line, velocity);
    const onward = side === 'right' ? across : -across;
    return onward > MOVING_SIZES_PER_S * size ? this.#commit(side, sighting, sizes) : undefined;
  }

  /** It was lost before the line: it crossed all the same if it drove on to it and was hidden there. */
  #endHidden({ position, sighting }: Seen, velocity: Point, isHidden: IsHidden): Crossing | undefined {
    const across = acrossSpeed(this.#line, velocity);
    const afterS = -position.distance / across;
    const size = sizeOf(sighting.box);
    const drove = this.#approach - Math.abs(position.distance) / size >= APPROACH_SIZES;
    if (!drove || Math.abs(across) < HIDDEN_SIZES_PER_S * size) return undefined;
    if (!(afterS > 0 && afterS * 1000 <= LONGEST_HIDDEN_MS)) return undefined;
    const [dx, dy] = [velocity.x * afterS, velocity.y * afterS];
    const [x1, y1, x2, y2] = sighting.box;
    const foot = { x: (x1 + x2) / 2, y: y2 };
    const before = positionAt(this.#line, foot);
    const after = positionAt(this.#line, { x: foot.x + dx, y: foot.y + dy });
    const along = position.along + after.along - before.along;
    const at = {
      cameraTimeMs: sighting.cameraTimeMs + afterS * 1000,
      capturedAtMs: sighting.capturedAtMs + afterS * 1000,
    };
    if (!isWithin(along) || !isHidden([x1 + dx, y1 + dy, x2 + dx, y2 + dy], at)) return undefined;
    this.#hasCrossed = true;
    const to = this.#side === 'left' ? 'right' : 'left';
    this.#side = to;
    return { to, at, along };
  }

  /** Whether the whole box has gone to that side since it was last seen on its own. */
  #hasMovedWhole(box: BoxCorners, side: Side): boolean {
    const from = cornerDistances(this.#line, this.#own ?? box);
    const to = cornerDistances(this.#line, box);
    const shifts = to.map((distance, i) => (distance - (from[i] as number)) * (side === 'right' ? 1 : -1));
    return Math.min(...shifts) >= RETURN_WHOLE_SIZES * sizeOf(box);
  }

  #noteCrossing(before: Seen, current: Seen): void {
    const crossing = crossingBetween(before.position, current.position);
    if (crossing === undefined || (before.position.distance === 0 && this.#pending !== undefined)) {
      return;
    }
    const from = before.sighting;
    const to = current.sighting;
    this.#pending = {
      along: crossing.along,
      at: {
        cameraTimeMs: from.cameraTimeMs + crossing.share * (to.cameraTimeMs - from.cameraTimeMs),
        capturedAtMs: from.capturedAtMs + crossing.share * (to.capturedAtMs - from.capturedAtMs),
      },
    };
  }

  #commit(to: Side, sighting: PathSighting, sizes: number): Crossing | undefined {
    const pending = this.#pending;
    this.#side = to;
    this.#own = sighting.box;
    this.#pending = undefined;
    this.#sightingsBeyond = 0;
    this.#approach = sizes;
    if (pending === undefined || !isWithin(pending.along)) {
      return undefined;
    }
    this.#hasCrossed = true;
    const waited = sighting.cameraTimeMs - pending.at.cameraTimeMs > LONGEST_DECISION_MS;
    return { to, at: waited ? sighting : pending.at, along: pending.along };
  }
}

/** Speed across the line, px/s, positive to the right-hand side. */
function acrossSpeed(line: CountingLine, velocity: Point): number {
  const dx = line.to[0] - line.from[0];
  const dy = line.to[1] - line.from[1];
  return (velocity.y * dx - velocity.x * dy) / Math.hypot(dx, dy);
}
