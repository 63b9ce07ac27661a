// The way one road user took, as sightings. A path may be carried by several tracks in turn, when the tracker
// lost a road user and found it again under a new id.

import type { RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { Track } from '../tracker/track.ts';
import type { BoxCorners } from './counting-line.ts';

/** A track seen in one frame. Predictions are no sightings: what was not seen is not counted. */
export type PathSighting = {
  readonly cameraTimeMs: number;
  /** UTC, ms. */
  readonly capturedAtMs: number;
  /** In pixels of the picture size that lines refer to. */
  readonly box: BoxCorners;
  readonly score: number;
};

/** Sightings kept: enough for a velocity and a mean score around a crossing. */
const KEPT = 16;
/** Velocity is taken over about this time. */
const VELOCITY_MS = 600;

/** The newest sightings of a road user, oldest first; bounded. */
export class Path {
  /** Track that carries the path now. */
  readonly track: number;
  readonly sightings: PathSighting[] = [];
  readonly first: PathSighting;
  roadUser: RoadUser;
  roadUserShare: number;

  constructor(track: Track, first: PathSighting) {
    this.track = track.id;
    this.roadUser = track.roadUser;
    this.roadUserShare = track.roadUserShare;
    this.first = first;
    this.sightings.push(first);
  }

  get last(): PathSighting {
    return this.sightings.at(-1) as PathSighting;
  }

  add(track: Track, sighting: PathSighting): void {
    this.roadUser = track.roadUser;
    this.roadUserShare = track.roadUserShare;
    this.sightings.push(sighting);
    if (this.sightings.length > KEPT) {
      this.sightings.shift();
    }
  }

  /** Mean score of the kept sightings, 0..1. */
  get confidence(): number {
    let sum = 0;
    for (const { score } of this.sightings) {
      sum += score;
    }
    return sum / this.sightings.length;
  }

  /** Velocity of the box's centre over the newest sightings, px/s; zero for a single one. */
  get velocity(): { readonly x: number; readonly y: number } {
    return velocityOf(
      this.sightings.filter((each) => this.last.cameraTimeMs - each.cameraTimeMs <= VELOCITY_MS),
    );
  }

  /** The same over the oldest sightings kept: how it moved when it first appeared. */
  get firstVelocity(): { readonly x: number; readonly y: number } {
    const start = (this.sightings[0] as PathSighting).cameraTimeMs;
    return velocityOf(this.sightings.filter((each) => each.cameraTimeMs - start <= VELOCITY_MS));
  }
}

/** Sighting of a track in a frame, its box scaled into the coordinates of the lines. */
export function sightingOf(
  track: Track,
  frame: FrameInfo,
  scale: { readonly x: number; readonly y: number },
): PathSighting {
  const [x1, y1, x2, y2] = track.box;
  return {
    cameraTimeMs: frame.cameraTimeMs,
    capturedAtMs: frame.capturedAtMs,
    box: [x1 * scale.x, y1 * scale.y, x2 * scale.x, y2 * scale.y],
    score: track.score,
  };
}

/** Square root of the box's area, px: the yardstick for jitter and gates. */
export function sizeOf(box: BoxCorners): number {
  return Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
}

export function centreOf(box: BoxCorners): { readonly x: number; readonly y: number } {
  return { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 };
}

/** Least-squares slope of the centres over time, px/s. */
function velocityOf(sightings: readonly PathSighting[]): { readonly x: number; readonly y: number } {
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
  for (const { cameraTimeMs, box } of sightings) {
    const t = (cameraTimeMs - origin.cameraTimeMs) / 1000;
    const { x, y } = centreOf(box);
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
