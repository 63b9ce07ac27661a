// When vehicles are on the counting lines: for time occupancy, and for the gap between one vehicle and the next.

import type { GroundMapping } from './calibration.ts';
import { type CountingLine, isWithin, type Point, positionAt } from './counting-line.ts';
import {
  type GroundLine,
  groundLineOf,
  type Reach,
  reachInPicture,
  reachOnGround,
} from './flow-footprint.ts';
import { type LaneSpan, laneAt, laneSpans } from './flow-lanes.ts';
import type { TimeOnLine } from './headway.ts';
import type { Moment, Observation, RoadUserView } from './observation.ts';
import { type Footprint, groundFootprint, unit } from './zone-footprint.ts';

/** A vehicle was on a line for a time, UTC. */
export type Occupation = {
  readonly line: string;
  /** Undefined when it is not known which way it goes: it has stood there since the camera watches. */
  readonly direction: string | undefined;
  readonly lane: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Where a vehicle was at a line in a frame. */
type Standing = Moment & { readonly reach: Reach; readonly along: number };

type Visit = {
  standing: Standing | undefined;
  direction: string | undefined;
  time: { onMs: number; offMs: number } | undefined;
};

type Watched = {
  readonly line: CountingLine;
  readonly spans: readonly LaneSpan[];
  readonly ground: GroundLine | undefined;
};

/** Who was not reported for longer is taken up anew; between two frames of less, it moved evenly. */
const LONGEST_ABSENCE_MS = 1000;
/** A footprint reaches less far from the anchor than this many diagonals of the box. */
const FAR_SIZES = 2;
/** Slower than this many of its sizes a second, its direction is jitter. */
const MOVING_SIZES_PER_S = 0.2;
/** A way that meets the line at a flatter angle than this (sine) does not say where. */
const FLATTEST = 0.2;

/**
 * A vehicle is on a line while its footprint touches it: on the ground the rectangle of a usual vehicle of its class,
 * in the picture the lower part of its box (see flow-footprint.ts). Between two frames its ends move evenly, so that a
 * motorbike that is never on the line in a frame counts too. Where along the line it is, and so whether it is beyond the
 * line's ends and in which lane, is where its way meets the line. Persons are left out.
 */
export class LineOccupancy {
  readonly #lines: readonly Watched[];
  readonly #mapping: GroundMapping | undefined;
  readonly #visits = new Map<number, Visit[]>();
  readonly #headings = new Map<number, { px?: Point | undefined; ground?: Point | undefined }>();
  #leaving: readonly number[] = [];

  constructor(lines: readonly CountingLine[], mapping?: GroundMapping) {
    this.#mapping = mapping;
    this.#lines = lines.map((line) => ({
      line,
      spans: laneSpans(line, mapping),
      ground: mapping && groundLineOf(line, mapping),
    }));
  }

  /** Takes the next frame in; returns what was occupied since the one before. */
  observe(observation: Observation): Occupation[] {
    const occupations: Occupation[] = [];
    for (const view of observation.roadUsers) {
      if (view.roadUser === 'person') continue;
      this.#turn(view);
      const visits = this.#visitsOf(view.id);
      const heading = this.#headings.get(view.id);
      let seen: Seen | undefined;
      for (const [index, watched] of this.#lines.entries()) {
        const visit = visits[index];
        if (visit === undefined) continue;
        if (isFar(watched.line, view)) {
          visit.standing = undefined;
          visit.direction = undefined;
          continue;
        }
        seen ??= {
          view,
          footprint: this.#mapping && groundFootprint(view, this.#mapping, heading?.ground),
          heading: heading?.px,
        };
        const occupation = step(watched, visit, seen, observation);
        if (occupation !== undefined) occupations.push(occupation);
      }
    }
    // Kept for a frame: the crossing of one that was lost at the line is decided when it is gone.
    for (const id of this.#leaving) {
      this.#visits.delete(id);
      this.#headings.delete(id);
    }
    this.#leaving = observation.gone;
    return occupations;
  }

  /**
   * When a road user was on a line, as known so far; goes on being filled in. Undefined when it was never seen there,
   * and from the frame on that follows the one in which it is gone.
   */
  timeOnLine(id: number, line: string): TimeOnLine | undefined {
    return this.#visits.get(id)?.[this.#lines.findIndex((each) => each.line.line === line)]?.time;
  }

  /** Forgets who is there. */
  reset(): void {
    this.#visits.clear();
    this.#headings.clear();
    this.#leaving = [];
  }

  #visitsOf(id: number): readonly Visit[] {
    let visits = this.#visits.get(id);
    if (visits === undefined) {
      visits = this.#lines.map(() => ({
        standing: undefined,
        direction: undefined,
        time: undefined,
      }));
      this.#visits.set(id, visits);
    }
    return visits;
  }

  /** Keeps the way a vehicle went last, for when it stands. */
  #turn({ id, motion }: RoadUserView): void {
    if (motion.standsSince !== undefined || motion.sizesPerS < MOVING_SIZES_PER_S) return;
    this.#headings.set(id, {
      px: unit(motion.velocity),
      ground: (motion.ground && unit(motion.ground)) ?? this.#headings.get(id)?.ground,
    });
  }
}

/** Whether it cannot be on the line before it is taken up anew: most vehicles, most of the time. */
function isFar(line: CountingLine, { anchor, box, motion }: RoadUserView): boolean {
  const reachPx =
    FAR_SIZES * Math.hypot(box[2] - box[0], box[3] - box[1]) +
    (Math.hypot(motion.velocity.x, motion.velocity.y) * LONGEST_ABSENCE_MS) / 1000;
  return Math.abs(positionAt(line, anchor).distance) > reachPx;
}

type Seen = {
  readonly view: RoadUserView;
  readonly footprint: Footprint | undefined;
  /** The way it goes in the picture, of length 1; undefined when it was never seen to move. */
  readonly heading: Point | undefined;
};

function step(
  { line, spans, ground }: Watched,
  visit: Visit,
  seen: Seen,
  now: Observation,
): Occupation | undefined {
  const { view, footprint, heading } = seen;
  const reach =
    ground && footprint ? reachOnGround(ground, footprint) : reachInPicture(line, view.roadUser, view.box);
  const { cameraTimeMs, capturedAtMs } = now;
  const standing = { cameraTimeMs, capturedAtMs, reach, along: alongOf(line, view.anchor, heading) };
  const before = visit.standing;
  visit.standing = standing;
  if (
    before === undefined ||
    cameraTimeMs - before.cameraTimeMs > LONGEST_ABSENCE_MS ||
    before.cameraTimeMs < now.watchedSince.cameraTimeMs
  ) {
    visit.direction = undefined;
    return undefined;
  }
  visit.direction = directionOf(line, before.reach, reach, heading) ?? visit.direction;
  const along = (before.along + standing.along) / 2;
  const part = isWithin(along) ? partOnLine(before.reach, reach) : undefined;
  if (part === undefined) return undefined;
  note(visit, before, standing, part);
  const at = (share: number) => before.capturedAtMs + share * (capturedAtMs - before.capturedAtMs);
  return {
    line: line.line,
    direction: visit.direction,
    lane: laneAt(spans, along),
    fromMs: at(part.from),
    toMs: at(part.to),
  };
}

/** By the side from which it comes, then by the way it goes: the latest that is known. */
function directionOf(
  line: CountingLine,
  before: Reach,
  now: Reach,
  heading: Point | undefined,
): string | undefined {
  const { toLeft, toRight } = line.directions;
  if (before.most < 0 && now.most >= 0) return toRight;
  if (before.least > 0 && now.least <= 0) return toLeft;
  if (heading === undefined) return undefined;
  return acrossOf(line, heading) > 0 ? toRight : toLeft;
}

/** The share of the way from one reach to the next during which the line lies within it. */
function partOnLine(before: Reach, now: Reach): { readonly from: number; readonly to: number } | undefined {
  let from = 0;
  let to = 1;
  // least <= 0 and most >= 0, each linear in the share.
  for (const [start, end] of [
    [before.least, now.least],
    [-before.most, -now.most],
  ] as const) {
    if (start > 0 && end > 0) return undefined;
    if (start > 0) from = Math.max(from, start / (start - end));
    else if (end > 0) to = Math.min(to, start / (start - end));
  }
  return from < to ? { from, to } : undefined;
}

/** Keeps when its front came and its rear left. Who leaves the line and is back at once was there all the time. */
function note(
  visit: Visit,
  before: Standing,
  now: Standing,
  part: { readonly from: number; readonly to: number },
): void {
  const at = (share: number) => before.cameraTimeMs + share * (now.cameraTimeMs - before.cameraTimeMs);
  if (visit.time === undefined || at(part.from) - visit.time.offMs > LONGEST_ABSENCE_MS) {
    visit.time = { onMs: at(part.from), offMs: at(part.to) };
  } else {
    // The same object: whoever was handed it sees the rest.
    visit.time.offMs = at(part.to);
  }
}

/** Where its way meets the line, as a share of the line; the foot of the perpendicular when that is not known. */
function alongOf(line: CountingLine, anchor: Point, heading: Point | undefined): number {
  const { distance, along } = positionAt(line, anchor);
  if (heading === undefined) return along;
  const dx = line.to[0] - line.from[0];
  const dy = line.to[1] - line.from[1];
  const length = Math.hypot(dx, dy);
  const across = acrossOf(line, heading);
  if (Math.abs(across) < FLATTEST) return along;
  return along - ((distance / across) * (heading.x * dx + heading.y * dy)) / (length * length);
}

/** How much of a way of length 1 leads over a line: 1 to the right-hand side, -1 to the left, 0 along it. */
function acrossOf({ from, to }: CountingLine, heading: Point): number {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  return (heading.y * dx - heading.x * dy) / Math.hypot(dx, dy);
}
