// What it is worth to continue a track with a detection: overlap where it is expected, class, direction.

import type { RoadUser } from '../../contract/index.ts';
import type { Sighting } from './riders.ts';
import { bufferedIou, type Corners, centred, classFit, shapeFit, turnShare } from './similarity.ts';
import type { TrackedObject } from './tracked-object.ts';

/** Buffer of both boxes in standard deviations of the predicted centre, and its bound in box sizes. */
const BUFFER_DEVIATIONS = 1;
const MAX_BUFFER_SIZES = 0.75;
/** Least buffer in box sizes: a few pixels of a small box are jitter. */
const MIN_BUFFER_SIZES = 0.05;
/** Weight of the direction of travel against overlap (OC-SORT's inertia). */
const DIRECTION_WEIGHT = 0.2;
/** Travel of this many box sizes gives a direction its full weight; a waiting vehicle's jitter has none. */
const FULL_DIRECTION_SIZES = 0.5;
/** Believed and just seen tracks come first where two fit a detection about equally well. */
const TENTATIVE_HANDICAP = 0.05;
const LOST_HANDICAP = 0.1;
/** A track unseen for longer than this counts as lost. */
const LOST_MS = 500;
/**
 * A lost track needs so much more overlap: its prediction is a guess, and a wrong continuation does more harm than a new track,
 * which stitching can still join to it. Grows from one missed frame at 10 a second to LOST_MS. Where a resting one is, is known.
 */
const LOST_CAUTION = 0.3;
const CAUTION_FROM_MS = 100;

/** A track's side of the comparison, worked out once a stage. */
export type Candidate = {
  readonly predicted: Corners;
  readonly last: Corners;
  readonly lastCx: number;
  readonly lastCy: number;
  readonly roadUser: RoadUser;
  readonly buffer: number;
  readonly travelX: number;
  readonly travelY: number;
  readonly directionWeight: number;
  readonly handicap: number;
  /** Raises the gate. */
  readonly caution: number;
  /** Whether the sighting can be of a road user that rests; absent for one that does not. */
  readonly admits: ((sighting: Corners) => boolean) | undefined;
};

/** What continuing `candidate` with a sighting is worth; 0 when it must not. */
export type Fit = (candidate: Candidate, sighting: Sighting, gate: number) => number;

/** Works out a track's side of the comparison at `timeMs`. */
export function describe(object: TrackedObject, timeMs: number): Candidate {
  const { filter, last } = object;
  const { size } = filter;
  const travel = object.travel;
  const unseenMs = timeMs - object.lastSeenMs;
  const box = centred(last);
  return {
    predicted: object.predicted(),
    last,
    lastCx: box.cx,
    lastCy: box.cy,
    roadUser: object.classVote().roadUser,
    buffer: Math.min(
      MAX_BUFFER_SIZES * size,
      Math.max(MIN_BUFFER_SIZES * size, BUFFER_DEVIATIONS * filter.positionStd),
    ),
    travelX: travel.x,
    travelY: travel.y,
    directionWeight:
      DIRECTION_WEIGHT * Math.min(1, Math.hypot(travel.x, travel.y) / (FULL_DIRECTION_SIZES * size)),
    admits: object.resting ? (sighting) => object.rest.admits(sighting, timeMs) : undefined,
    caution: object.resting
      ? 0
      : LOST_CAUTION * Math.min(1, Math.max(0, unseenMs - CAUTION_FROM_MS) / LOST_MS),
    handicap: (object.confirmed ? 0 : TENTATIVE_HANDICAP) + (unseenMs > LOST_MS ? LOST_HANDICAP : 0),
  };
}

/** Overlap with the predicted box less the turn that the detection would mean; 0 below `gate`. */
export function fitPrediction(candidate: Candidate, sighting: Sighting, gate: number): number {
  const overlap = overlapOf(candidate.predicted, sighting, candidate.buffer);
  if (overlap < gate + candidate.caution || candidate.admits?.(sighting) === false) {
    return 0;
  }
  const fit = classFit(candidate.roadUser, sighting.roadUser);
  if (fit === 0) {
    return 0;
  }
  const turn =
    candidate.directionWeight === 0
      ? 0
      : turnShare(
          candidate.travelX,
          candidate.travelY,
          (sighting.x1 + sighting.x2) / 2 - candidate.lastCx,
          (sighting.y1 + sighting.y2) / 2 - candidate.lastCy,
        );
  const value = overlap * fit - candidate.directionWeight * turn * sighting.score - candidate.handicap;
  return Math.max(0, value);
}

/** Overlap with the last sighting: recovers what stopped or turned while hidden (OC-SORT's recovery). */
export function fitLastSighting(candidate: Candidate, sighting: Sighting, gate: number): number {
  const overlap = overlapOf(candidate.last, sighting, candidate.buffer);
  return overlap < gate + candidate.caution || candidate.admits?.(sighting) === false
    ? 0
    : Math.max(0, overlap * classFit(candidate.roadUser, sighting.roadUser) - candidate.handicap);
}

/** Buffered IoU, less where the boxes differ in shape: the buffer makes boxes of unlike size look alike. */
function overlapOf(expected: Corners, sighting: Sighting, buffer: number): number {
  return bufferedIou(expected, sighting, buffer) * shapeFit(expected, sighting);
}
