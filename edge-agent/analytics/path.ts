// The way one road user took, as sightings. A path may be carried by several tracks in turn, when the tracker
// lost a road user and found it again under a new id.

import type { RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { Track } from '../tracker/track.ts';
import type { GroundPoint } from './calibration-points.ts';
import { anchorPoint, type BoxCorners, type Point } from './counting-line.ts';
import type { Moment, Motion } from './observation.ts';
import { RestingPlace } from './resting-place.ts';

/** A track seen in one frame. Predictions are no sightings: what was not seen is not counted. */
export type PathSighting = Moment & {
  /** In pixels of the picture size that lines refer to. */
  readonly box: BoxCorners;
  readonly score: number;
  /** Middle of the box's lower edge on the road, m; where the camera is calibrated. */
  readonly ground?: GroundPoint;
};

/** Sightings are kept for this long, for speeds over a long base; and no more than so many. */
const KEPT_MS = 4500;
const MOST_KEPT = 128;
/** Newest sightings that the mean score is taken over. */
const SCORED = 16;
/** Velocity in the picture is taken over about this time, on the ground, where noise is larger, over that. */
const VELOCITY_MS = 600;
const GROUND_VELOCITY_MS = 1000;
/** Slower than this, jitter decides where a road user seems to go. */
const LEAST_HEADING_KMH = 5;

/** The newest sightings of a road user, oldest first; bounded. */
export class Path {
  /** Track that carries the path now. */
  readonly track: number;
  /** The first track of all that carried it. */
  id: number;
  readonly sightings: PathSighting[] = [];
  first: PathSighting;
  roadUser: RoadUser;
  roadUserShare: number;
  /** Way it goes on the ground, or went before it stopped, from x towards y; where that is known. */
  headingRad: number | undefined;
  /** As of its last sighting. */
  #groundMotion: Motion['ground'];
  #rest: RestingPlace;

  constructor(track: Track, first: PathSighting) {
    this.track = track.id;
    this.id = track.id;
    this.roadUser = track.roadUser;
    this.roadUserShare = track.roadUserShare;
    this.first = first;
    this.#rest = new RestingPlace(first);
    this.sightings.push(first);
  }

  get last(): PathSighting {
    return this.sightings.at(-1) as PathSighting;
  }

  add(track: Track, sighting: PathSighting): void {
    this.roadUser = track.roadUser;
    this.roadUserShare = track.roadUserShare;
    this.#rest.see(sighting);
    this.sightings.push(sighting);
    const oldest = this.sightings[0] as PathSighting;
    if (this.sightings.length > MOST_KEPT || sighting.cameraTimeMs - oldest.cameraTimeMs > KEPT_MS) {
      this.sightings.shift();
    }
    this.#groundMotion = this.#measureGroundMotion();
    const { x = 0, y = 0, speedKmh = 0 } = this.#groundMotion ?? {};
    if (speedKmh > LEAST_HEADING_KMH) this.headingRad = Math.atan2(y, x);
  }

  /** Goes on where `before` ended: takes over its identity, its sightings and where it rests. */
  continueFrom(before: Path): void {
    const own = [...this.sightings];
    this.id = before.id;
    this.first = before.first;
    this.headingRad ??= before.headingRad;
    this.#rest = before.#rest.fork();
    for (const sighting of own) {
      this.#rest.see(sighting);
    }
    this.sightings.unshift(...before.sightings.slice(own.length - MOST_KEPT));
    this.#groundMotion = this.#measureGroundMotion();
  }

  /** From now on a road user of its own, after the one it was taken to continue has come back. */
  standAlone(): void {
    this.id = this.track;
  }

  /** Mean score of the newest sightings, 0..1. */
  get confidence(): number {
    const newest = this.sightings.slice(-SCORED);
    return newest.reduce((sum, { score }) => sum + score, 0) / newest.length;
  }

  /** Velocity of the box's centre over the newest sightings, px/s; zero for a single one. */
  get velocity(): Point {
    return slopeOf(this.#newest(VELOCITY_MS), ({ box }) => centreOf(box));
  }

  /** The same over the oldest sightings kept: how it moved when it first appeared. */
  get firstVelocity(): Point {
    const start = (this.sightings[0] as PathSighting).cameraTimeMs;
    const oldest = this.sightings.filter((each) => each.cameraTimeMs - start <= VELOCITY_MS);
    return slopeOf(oldest, ({ box }) => centreOf(box));
  }

  get motion(): Motion {
    const velocity = slopeOf(this.#newest(VELOCITY_MS), ({ box }) => anchorPoint(box, 'bottom-centre'));
    const ground = this.#groundMotion;
    const { standsSince } = this.#rest;
    return {
      velocity,
      sizesPerS: Math.hypot(velocity.x, velocity.y) / sizeOf(this.last.box),
      ...(ground === undefined ? {} : { ground }),
      ...(standsSince === undefined ? {} : { standsSince }),
    };
  }

  #measureGroundMotion(): Motion['ground'] {
    const onGround = this.#newest(GROUND_VELOCITY_MS).filter(({ ground }) => ground !== undefined);
    if (onGround.length < 2) return undefined;
    const { x, y } = slopeOf(onGround, ({ ground }) => ({ x: ground?.[0] ?? 0, y: ground?.[1] ?? 0 }));
    return { x, y, speedKmh: Math.hypot(x, y) * 3.6 };
  }

  #newest(ms: number): readonly PathSighting[] {
    const { cameraTimeMs } = this.last;
    let from = this.sightings.length - 1;
    while (from > 0 && cameraTimeMs - (this.sightings[from - 1] as PathSighting).cameraTimeMs <= ms) {
      from--;
    }
    return this.sightings.slice(from);
  }
}

/** Sighting of a track in a frame, its box scaled into the coordinates of the lines. */
export function sightingOf(
  track: Track,
  frame: FrameInfo,
  scale: Point,
  toGround?: (anchor: Point) => GroundPoint | undefined,
): PathSighting {
  const box = scaledBox(track.box, scale);
  const ground = toGround?.(anchorPoint(box, 'bottom-centre'));
  return {
    cameraTimeMs: frame.cameraTimeMs,
    capturedAtMs: frame.capturedAtMs,
    box,
    score: track.score,
    ...(ground === undefined ? {} : { ground }),
  };
}

export function scaledBox([x1, y1, x2, y2]: BoxCorners, { x, y }: Point): BoxCorners {
  return [x1 * x, y1 * y, x2 * x, y2 * y];
}

/** Square root of the box's area, px: the yardstick for jitter and gates. */
export function sizeOf(box: BoxCorners): number {
  return Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
}

export function centreOf(box: BoxCorners): Point {
  return { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
}

/** Least-squares slope of places over time, their unit a second; zero for a single one. */
function slopeOf(sightings: readonly PathSighting[], placeOf: (sighting: PathSighting) => Point): Point {
  const n = sightings.length;
  const origin = sightings[0];
  if (origin === undefined || n < 2) {
    return { x: 0, y: 0 };
  }
  let sumT = 0;
  let sumX = 0;
  let sumY = 0;
  let sumTt = 0;
  let sumTx = 0;
  let sumTy = 0;
  for (const sighting of sightings) {
    const t = (sighting.cameraTimeMs - origin.cameraTimeMs) / 1000;
    const { x, y } = placeOf(sighting);
    sumT += t;
    sumX += x;
    sumY += y;
    sumTt += t * t;
    sumTx += t * x;
    sumTy += t * y;
  }
  const spread = n * sumTt - sumT * sumT;
  return spread > 0
    ? { x: (n * sumTx - sumT * sumX) / spread, y: (n * sumTy - sumT * sumY) / spread }
    : { x: 0, y: 0 };
}
