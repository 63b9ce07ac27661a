// Watches one zone: who is in it, how much of it is covered, how long the queue is. Says so to the sums of the
// intervals that it is shown.

import type { RoadUser } from '../../contract/index.ts';
import type { GroundMapping } from './calibration.ts';
import type { Point } from './counting-line.ts';
import type { Interval, IntervalClock } from './interval-clock.ts';
import type { Moment, Observation, RoadUserView } from './observation.ts';
import { sizeOf } from './path.ts';
import type { Zone } from './zone.ts';
import { type Footprint, groundPolygon, reachM, unit } from './zone-footprint.ts';
import type { ZoneFootprints } from './zone-footprints.ts';
import { type Heading, Standing } from './zone-motion.ts';
import {
  type Bounds,
  boundsOf,
  type Corners,
  CoveredArea,
  innerRadius,
  isInside,
  isNear,
} from './zone-polygon.ts';
import { queueOf, type Standing as StandingUser } from './zone-queue.ts';
import { bordersCutting, type StayChange, type ZoneEdge, ZoneStay } from './zone-stay.ts';
import type { Span, ZoneSums } from './zone-sums.ts';

/** What all zones of a camera sum in an interval. */
export type ZonesSums = { readonly observed: Span[]; readonly zones: readonly ZoneSums[] };

export type ZoneWatchOptions = {
  readonly zone: Zone;
  /** Position of the zone in `ZonesSums.zones`. */
  readonly index: number;
  readonly clock: IntervalClock<ZonesSums>;
  readonly visible: ZoneEdge['visible'];
  readonly calibration: GroundMapping | undefined;
};

type Open = {
  /** Beginning, UTC; moved when the clock is set back. */
  fromMs: number;
  readonly enteredAt: Moment | undefined;
  readonly roadUser: RoadUser;
};

type Known = {
  readonly stay: ZoneStay;
  readonly standing: Standing;
  open: Open | undefined;
  roadUser: RoadUser;
};

/** How much of the zone is covered, and whether anybody is on it at all. */
type Cover = { readonly share: number; readonly occupied: number };

/** Less of a footprint in the zone, with less of the zone covered, may be the jitter of a box beside it. */
const OCCUPIED_SHARE = 0.1;
/** How fast the zone's usual direction forgets, each time that somebody moves in it. */
const TRAVEL_KEPT = 0.98;
/** The rear is at a border of the picture when it is turned to it by this cosine: 70 degrees. */
const REAR_COSINE = 0.34;

export class ZoneWatch {
  readonly #options: ZoneWatchOptions;
  readonly #edge: ZoneEdge;
  readonly #ground: Corners | undefined;
  /** Around the zone, on the ground or in the picture as areas are. */
  readonly #bounds: Bounds;
  readonly #area: CoveredArea;
  readonly #from: readonly Point[] | undefined;
  readonly #known = new Map<number, Known>();
  /** Of those in the frame who may cover a part of the zone. */
  readonly #near = new Map<number, Footprint>();
  #cover: Cover = { share: 0, occupied: 0 };
  readonly #travel = { x: 0, y: 0 };
  /** Where most go in the zone; of length 1. */
  #usual: Point | undefined;
  /** Changes of time that was reported before. */
  unreported = 0;

  constructor(options: ZoneWatchOptions) {
    const { zone, visible, calibration } = options;
    const corners = zone.polygon.map(([x, y]) => ({ x, y }));
    const from = zone.queue?.from?.map(([x, y]) => ({ x, y }));
    const ground = calibration && groundPolygon(calibration, corners);
    // The stop line must be seen on the ground too, else both stay in the picture.
    const groundFrom = from && calibration && groundPolygon(calibration, from);
    const isGround = ground !== undefined && (from === undefined || groundFrom !== undefined);
    this.#options = options;
    this.#edge = {
      corners,
      bounds: boundsOf(corners),
      innerRadiusPx: innerRadius(corners),
      anchor: zone.anchor ?? 'bottom-centre',
      visible,
    };
    this.#ground = isGround ? ground : undefined;
    this.#bounds = boundsOf(this.#ground ?? corners);
    this.#area = new CoveredArea(this.#ground ?? corners);
    this.#from = isGround ? endsOf(groundFrom) : from;
  }

  /** Whether lengths and areas are those of the ground. */
  get isOnGround(): boolean {
    return this.#ground !== undefined;
  }

  /** Takes the next frame in; `parts` is the time since the one before, as far as it was observed. */
  observe(
    observation: Observation,
    watchedSince: Moment,
    footprints: ZoneFootprints,
    parts: readonly { readonly interval: Interval<ZonesSums>; readonly ms: number }[],
  ): void {
    this.#near.clear();
    this.#usual = unit(this.#travel);
    for (const view of observation.roadUsers) {
      if (!this.#counts(view.roadUser) || !this.#mayCover(view)) continue;
      const footprint = this.#footprintOf(view, footprints);
      if (footprint !== undefined) this.#near.set(view.id, footprint);
    }
    const before = this.#cover;
    this.#cover = this.#coverNow();
    for (const { interval, ms } of parts) {
      const mean = (key: keyof Cover) => (before[key] + this.#cover[key]) / 2;
      this.#sums(interval).cover(ms, mean('share'), mean('occupied'));
    }
    for (const view of observation.roadUsers) {
      this.#see(view, observation, watchedSince, footprints.headingOf(view.id));
    }
    for (const id of observation.gone) this.#end(id, observation);
    this.#measureQueue(observation, footprints);
  }

  /** Beginnings of the stays that are not over. */
  openSpans(): Span[] {
    const spans: Span[] = [];
    for (const { open } of this.#known.values()) {
      if (open !== undefined) spans.push([open.fromMs, Number.POSITIVE_INFINITY]);
    }
    return spans;
  }

  /** Forgets who is there: their stays are over as far as anybody knows, and end nowhere. */
  reset(): void {
    for (const { stay, open } of this.#known.values()) {
      if (open !== undefined) this.#keep(open.fromMs, stay.lastSeen?.capturedAtMs ?? open.fromMs);
    }
    this.#known.clear();
    this.#cover = { share: 0, occupied: 0 };
  }

  #see(view: RoadUserView, now: Moment, watchedSince: Moment, heading: Heading | undefined): void {
    let known = this.#known.get(view.id);
    if (known === undefined) {
      known = {
        stay: new ZoneStay(this.#edge),
        standing: new Standing(),
        open: undefined,
        roadUser: view.roadUser,
      };
      this.#known.set(view.id, known);
    }
    // The clock was set back: what was before is in intervals that are reported.
    if (known.open !== undefined && known.open.fromMs > now.capturedAtMs)
      known.open.fromMs = now.capturedAtMs;
    if (!view.seen) return;
    known.roadUser = view.roadUser;
    if (this.#options.zone.queue) known.standing.see(view, now.cameraTimeMs, this.#options.zone.queue);
    const change = known.stay.see(view, now, watchedSince);
    if (change !== undefined) this.#apply(known, change, now);
    const way = this.isOnGround ? heading?.ground : heading?.picture;
    if (known.stay.inside && way !== undefined && !known.standing.stands) {
      this.#travel.x = TRAVEL_KEPT * this.#travel.x + way.x;
      this.#travel.y = TRAVEL_KEPT * this.#travel.y + way.y;
    }
  }

  #end(id: number, observation: Observation): void {
    const known = this.#known.get(id);
    this.#known.delete(id);
    const change = known?.stay.end();
    if (known === undefined || change === undefined) return;
    if (change.at.cameraTimeMs < observation.watchedSince.cameraTimeMs) {
      // Went during an outage: nobody knows how.
      if (known.open !== undefined) this.#keep(known.open.fromMs, change.at.capturedAtMs);
      return;
    }
    this.#apply(known, change, observation);
  }

  #apply(known: Known, change: StayChange, now: Moment): void {
    const { roadUser, open } = known;
    if (change.kind === 'begins') {
      if (!this.#counts(roadUser)) return;
      const enteredAt = change.how === 'entered' ? change.at : undefined;
      known.open = { fromMs: Math.min(change.at.capturedAtMs, now.capturedAtMs), enteredAt, roadUser };
      if (change.how !== 'present') this.#sumsAt(change.at, now)?.begin(change.how, roadUser);
      return;
    }
    if (open === undefined) return;
    known.open = undefined;
    this.#keep(open.fromMs, change.at.capturedAtMs);
    const dwellS =
      open.enteredAt !== undefined && change.how === 'exited'
        ? Math.max(0, change.at.cameraTimeMs - open.enteredAt.cameraTimeMs) / 1000
        : undefined;
    // More votes than at its entry; but who was counted in is counted out.
    const at = this.#counts(roadUser) ? roadUser : open.roadUser;
    this.#sumsAt(change.at, now)?.end(change.how, at, dwellS);
  }

  /** The stay's share of each interval that is still open. */
  #keep(fromMs: number, toMs: number): void {
    for (const interval of this.#options.clock.open) {
      if (fromMs < interval.toMs && toMs > interval.fromMs) this.#sums(interval).stays.push([fromMs, toMs]);
    }
  }

  /** Sums of a moment; when it is too late for it, those of now. */
  #sumsAt(at: Moment, now: Moment): ZoneSums | undefined {
    const { clock } = this.#options;
    const interval = clock.at(at.capturedAtMs) ?? clock.at(now.capturedAtMs);
    if (interval === undefined) this.unreported++;
    return interval && this.#sums(interval);
  }

  #sums({ sums }: Interval<ZonesSums>): ZoneSums {
    return sums.zones[this.#options.index] as ZoneSums;
  }

  #counts(roadUser: RoadUser): boolean {
    return this.#options.zone.roadUsers?.includes(roadUser) ?? true;
  }

  /** Most road users are far from most zones: no need to look closely at them. */
  #mayCover({ box, ground, roadUser }: RoadUserView): boolean {
    if (this.isOnGround) {
      return ground !== undefined && isNear(this.#bounds, ground[0], ground[1], reachM(roadUser));
    }
    const { x1, y1, x2, y2 } = this.#bounds;
    return box[0] < x2 && box[2] > x1 && box[1] < y2 && box[3] > y1;
  }

  #footprintOf(view: RoadUserView, footprints: ZoneFootprints): Footprint | undefined {
    return this.isOnGround ? footprints.onGround(view, this.#usual) : footprints.inPicture(view, this.#usual);
  }

  #coverNow(): Cover {
    const { share, inside } = this.#area.coverBy(Array.from(this.#near.values(), ({ corners }) => corners));
    const occupied = share >= OCCUPIED_SHARE || inside.some((part) => part >= OCCUPIED_SHARE);
    return { share, occupied: occupied ? 1 : 0 };
  }

  #measureQueue(observation: Observation, footprints: ZoneFootprints): void {
    const rule = this.#options.zone.queue;
    const interval = rule && this.#options.clock.at(observation.capturedAtMs);
    if (rule === undefined || interval === undefined) return;
    const standing: StandingUser[] = [];
    for (const view of observation.roadUsers) {
      const known = this.#known.get(view.id);
      if (!known?.standing.stands || view.roadUser === 'person' || !this.#counts(view.roadUser)) continue;
      const footprint = this.#near.get(view.id) ?? this.#footprintOf(view, footprints);
      if (footprint === undefined) continue;
      const inZone = known.stay.inside;
      standing.push({
        footprint,
        unit: this.isOnGround ? 1 : sizeOf(view.box),
        inZone,
        rearAtEdge: inZone && this.#isRearAtEdge(view, footprint, footprints.headingOf(view.id)?.picture),
      });
    }
    const gap = this.isOnGround ? (rule.gapM ?? 10) : (rule.gapSizes ?? 2);
    const queue = queueOf(standing, this.#from, gap, this.isOnGround);
    this.#sums(interval).queue(queue.vehicles, this.isOnGround ? queue.length : undefined, queue.truncated);
  }

  /** Its rear lies beyond the zone's edge, or its box is cut by a border of the picture that the rear is turned to. */
  #isRearAtEdge({ box }: RoadUserView, { heading, rear }: Footprint, way: Point | undefined): boolean {
    if (heading !== undefined && !isInside(this.#ground ?? this.#edge.corners, rear)) return true;
    return bordersCutting(box, this.#edge.visible).some(
      ({ x, y }) => way === undefined || -(way.x * x + way.y * y) > REAR_COSINE,
    );
  }
}

/** Of a stop line on the ground: its two ends out of the steps between them. */
function endsOf(ground: Corners | undefined): readonly Point[] | undefined {
  if (ground === undefined) return undefined;
  const last = ground.at(-1) as Point;
  const middle = ground[ground.length / 2 - 1] as Point;
  return [last, middle];
}
