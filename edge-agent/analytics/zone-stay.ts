// Watches one road user at one zone: when it comes in and goes out, once for each real entry and exit, whatever its
// box does at the edge.

import { type Anchor, anchorPoint, type BoxCorners, type Point } from './counting-line.ts';
import type { Moment, RoadUserView } from './observation.ts';
import { sizeOf } from './path.ts';
import { type Bounds, type Corners, depthIn, isInside, isNear } from './zone-polygon.ts';

/** How a stay begins. */
export type Beginning =
  /** Came over the edge, or into the picture inside of the zone. */
  | 'entered'
  /** Was there when watching began. */
  | 'present'
  /** First seen inside, away from every edge: came unseen. */
  | 'appeared';

/** How it ends. */
export type Ending =
  /** Went over the edge, or out of the picture inside of the zone. */
  | 'exited'
  /** Not seen any more, away from every edge. */
  | 'lost';

export type StayChange =
  | { readonly kind: 'begins'; readonly how: Beginning; readonly at: Moment }
  | { readonly kind: 'ends'; readonly how: Ending; readonly at: Moment };

export type ZoneEdge = {
  readonly corners: Corners;
  /** Around the corners. */
  readonly bounds: Bounds;
  /** Depth of its deepest point, px. */
  readonly innerRadiusPx: number;
  readonly anchor: Anchor;
  /** What the camera shows of the picture, px: a box at its border goes on beyond. */
  readonly visible: Bounds;
};

/*
 * Distances are in box sizes (square root of the area), as for counting lines: the jitter of a detector grows with
 * the box.
 */

/** The anchor must get this far beyond the edge, twice, or twice as far once: three times the jitter. */
const BEYOND_SIZES = 0.15;
/** Back over the edge: a lower edge that gets hidden seems to jump by a third of the box's height. */
const RETURN_SIZES = 0.5;
/** A small zone asks for no more than this share of its inner radius. */
const BEYOND_RADII = 0.4;
/** With this much beyond the edge when it is gone, it went over it. */
const LOST_BEYOND_SIZES = 0.03;
/** Who is first or last seen so near to the edge, in time at its speed, went over it unseen. */
const LONGEST_UNSEEN_MS = 700;
/** Who is first seen so soon after watching began was there before: the tracker needs some frames to believe. */
const SETTLING_MS = 1000;
/** A change becomes certain this long after it at the latest, as for counting lines; then it happens late. */
const LONGEST_DECISION_MS = 3000;
/** A box that comes this near to the border goes on beyond it: share of the picture's width. */
const BORDER_SHARE = 0.008;

type Seen = Moment & { readonly view: RoadUserView; readonly anchor: Point; readonly isIn: boolean };

/**
 * ```
 *   outside      │        ·                     anchor
 *   ─ ─ ─ ─ ─ ─ ─│─ ─ ─ ·─ ─·─ ─ ─ ─ ─ ─ ─ ─ ─  hysteresis
 *   ═════════════╪═════·═════·═══·═════════════ edge: the moment of the change
 *   ─ ─ ─ ─ ─ ─ ─│─ ─ · ─ ─ ─ ─·─ ─·─ ─ ─ ─ ─ ─ hysteresis: now it is certain
 *   inside       │  ·                 ·  ·
 * ```
 */
export class ZoneStay {
  readonly #edge: ZoneEdge;
  #inside = false;
  #last: Seen | undefined;
  #crossed: Moment | undefined;
  #sightingsBeyond = 0;
  #changes = 0;

  constructor(edge: ZoneEdge) {
    this.#edge = edge;
  }

  get inside(): boolean {
    return this.#inside;
  }

  /** Takes a sighting in; predictions are no sightings. */
  see(view: RoadUserView, now: Moment, watchedSince: Moment): StayChange | undefined {
    const before = this.#last;
    const { cameraTimeMs, capturedAtMs } = now;
    const anchor = anchorPoint(view.box, this.#edge.anchor);
    const current = { cameraTimeMs, capturedAtMs, view, anchor, isIn: this.#isIn(anchor) };
    this.#last = current;
    if (before === undefined) return this.#appear(current, watchedSince);
    if (before.isIn !== current.isIn) this.#crossed = this.#between(before, current);
    if (current.isIn === this.#inside) {
      this.#sightingsBeyond = 0;
      return undefined;
    }
    const needed = this.#needed(sizeOf(view.box));
    const depth = Math.abs(this.#depthOf(current));
    if (depth < needed) return undefined;
    this.#sightingsBeyond++;
    if (this.#sightingsBeyond < 2 && depth < 2 * needed) return undefined;
    return this.#change(current);
  }

  /** It will not come back. */
  end(): StayChange | undefined {
    const last = this.#last;
    if (last === undefined || !this.#inside) return undefined;
    this.#inside = false;
    if (this.#depthOf(last) < -LOST_BEYOND_SIZES * sizeOf(last.view.box)) {
      return { kind: 'ends', how: 'exited', at: this.#crossed ?? momentOf(last) };
    }
    const how = this.#isAtBorder(last.view) || !this.#isInsideAt(last.view, LONGEST_UNSEEN_MS);
    return { kind: 'ends', how: how ? 'exited' : 'lost', at: momentOf(last) };
  }

  /** Last sighting. */
  get lastSeen(): Moment | undefined {
    return this.#last;
  }

  #appear(first: Seen, watchedSince: Moment): StayChange | undefined {
    if (!first.isIn) return undefined;
    this.#inside = true;
    const { view } = first;
    const firstSeenMs = view.firstSeen.cameraTimeMs;
    const unseenMs = first.cameraTimeMs - firstSeenMs + LONGEST_UNSEEN_MS;
    let how: Beginning = 'appeared';
    if (firstSeenMs - watchedSince.cameraTimeMs < SETTLING_MS) how = 'present';
    else if (this.#isAtBorder(view) || !this.#isInsideAt(view, -unseenMs)) how = 'entered';
    return { kind: 'begins', how, at: momentOf(view.firstSeen) };
  }

  #change(now: Seen): StayChange {
    const crossed = this.#crossed ?? now;
    const waited = now.cameraTimeMs - crossed.cameraTimeMs > LONGEST_DECISION_MS;
    const at = momentOf(waited ? now : crossed);
    this.#inside = !this.#inside;
    this.#crossed = undefined;
    this.#sightingsBeyond = 0;
    this.#changes++;
    return this.#inside ? { kind: 'begins', how: 'entered', at } : { kind: 'ends', how: 'exited', at };
  }

  /** How deep beyond the edge it must get, px. */
  #needed(sizePx: number): number {
    const sizes = this.#changes > 0 ? RETURN_SIZES : BEYOND_SIZES;
    return Math.min(sizes * sizePx, BEYOND_RADII * this.#edge.innerRadiusPx);
  }

  /** Whether its anchor is in the zone some time later, or earlier when negative, at its speed. */
  #isInsideAt({ box, motion: { velocity } }: RoadUserView, afterMs: number): boolean {
    const anchor = anchorPoint(box, this.#edge.anchor);
    const later: Point = {
      x: anchor.x + (velocity.x * afterMs) / 1000,
      y: anchor.y + (velocity.y * afterMs) / 1000,
    };
    return this.#isIn(later);
  }

  /** Most road users are far from most zones. */
  #isIn(point: Point): boolean {
    return isNear(this.#edge.bounds, point.x, point.y, 0) && isInside(this.#edge.corners, point);
  }

  #depthOf({ anchor }: Seen): number {
    return depthIn(this.#edge.corners, anchor);
  }

  /** When the anchor was on the edge, on a straight and even way. */
  #between(before: Seen, after: Seen): Moment {
    const depth = this.#depthOf(before);
    const share = depth / (depth - this.#depthOf(after));
    return {
      cameraTimeMs: before.cameraTimeMs + share * (after.cameraTimeMs - before.cameraTimeMs),
      capturedAtMs: before.capturedAtMs + share * (after.capturedAtMs - before.capturedAtMs),
    };
  }

  #isAtBorder({ box }: RoadUserView): boolean {
    return bordersCutting(box, this.#edge.visible).length > 0;
  }
}

/** Outward directions of the borders of the picture that a box goes on beyond. */
export function bordersCutting(box: BoxCorners, visible: ZoneEdge['visible']): Point[] {
  const border = BORDER_SHARE * (visible.x2 - visible.x1);
  const directions: Point[] = [];
  if (box[0] < visible.x1 + border) directions.push({ x: -1, y: 0 });
  if (box[1] < visible.y1 + border) directions.push({ x: 0, y: -1 });
  if (box[2] > visible.x2 - border) directions.push({ x: 1, y: 0 });
  if (box[3] > visible.y2 - border) directions.push({ x: 0, y: 1 });
  return directions;
}

function momentOf({ cameraTimeMs, capturedAtMs }: Moment): Moment {
  return { cameraTimeMs, capturedAtMs };
}
