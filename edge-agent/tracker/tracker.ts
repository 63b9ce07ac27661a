// Gives the boxes of a camera an identity over time. Online, boxes only, one instance a camera.

import type { Detections } from '../detector/detections.ts';
import type { FrameInfo } from '../source/frame.ts';
import { AssignmentSolver } from './assignment.ts';
import { describe, type Fit, fitLastSighting, fitPrediction } from './association.ts';
import { joinRiders, type Sighting } from './riders.ts';
import { ScoreScale } from './score-scale.ts';
import { bufferedIou, classFit } from './similarity.ts';
import type { TrackedFrame } from './track.ts';
import { TrackedObject } from './tracked-object.ts';
import { findTwins } from './twins.ts';

export type TrackerOptions = {
  /** Detections from this score on are associated first and may begin a track. Default 0.3. */
  readonly highScore?: number;
  /** Detections from this score on may continue a track (ByteTrack's second stage). Default 0.1. */
  readonly lowScore?: number;
  /** A track begins with a detection of at least this score. Default: `highScore`. */
  readonly birthScore?: number;
  /** Raises the three for a detector that writes high scores on everything, see ScoreScale. Default true. */
  readonly adaptScores?: boolean;
  /** Least sightings until a track is believed; weak ones take more. Default 2. */
  readonly confirmHits?: number;
  /** A moving track that is not seen ends after this time. Default 1500 ms. */
  readonly coastMs?: number;
  /**
   * A resting one (parked, waiting) that is hidden ends after this time, or after as long as it rested, up to two minutes.
   * Default 20 000 ms.
   */
  readonly restingCoastMs?: number;
  /** Most tracks kept; beyond, those unseen for longest end. Default 500. */
  readonly maxTracks?: number;
};

/** Least buffered IoU of a pair in the first stage; SORT's and OC-SORT's 0.3 is for unbuffered boxes. */
const FIRST_GATE = 0.2;
/** Least buffered IoU in the second stage: a low score deserves less trust (ByteTrack: 0.5 unbuffered). */
const LOW_GATE = 0.35;
/** Least buffered IoU of a detection with the last sighting of a lost track. */
const RECOVERY_GATE = 0.35;
/** Only tracks seen this lately may be continued by a low score. */
const LOW_STAGE_MS = 500;
/** Low scores bridge an occlusion; they do not keep a track alive without a high one for longer than this. */
const LOW_ONLY_MS = 2000;
/** Assumed jitter of a low-score box against a high-score one. */
const LOW_SCORE_NOISE = 2;
/** A track not yet believed ends after two misses and this time. */
const TENTATIVE_MS = 250;
/** A young track coasts no longer than it was seen, but at least this long. */
const LEAST_COAST_MS = 500;
/** Who has been parked for long is waited for up to this long: lorries stop in front of it. */
const MOST_RESTING_COAST_MS = 120_000;
/** A detection that covers a track seen in the same frame by this IoU is a second box of it, not a new one ... */
const DUPLICATE_IOU = 0.35;
/** ... and by this much more when the detector is sure of it: cars in a queue cover each other, too. */
const SURE_DUPLICATE_IOU = 0.5;
/**
 * Evidence is in the manner of log-odds. Being seen where expected is worth something by itself, being seen surely is
 * worth more; a frame in which it is not seen speaks against it. Two sure sightings make a track believed, and eight at the least
 * score that may begin one.
 */
const BELIEVED_FROM = 4;
const SEEN_EVIDENCE = 0.5;
const SURE_EVIDENCE = 8;
const MOST_EVIDENCE = 5;
const MISSED_EVIDENCE = -1;

/**
 * Tracks by detection after ByteTrack (two score stages) and OC-SORT (direction of travel, recovery with the
 * last sighting), with two changes for roads: time steps are real seconds, because live frames get
 * dropped, and the boxes are buffered in proportion to how uncertain the prediction is, because a motorbike's
 * box hardly overlaps itself from one frame to the next before its speed is known. OC-SORT's re-update after a
 * gap is not needed: a filter in real time steps already gives the first sighting after a gap its full weight.
 */
export class Tracker {
  readonly #scores: ScoreScale;
  readonly #birthScore: number;
  readonly #confirmHits: number;
  readonly #coastMs: number;
  readonly #restingCoastMs: number;
  readonly #maxTracks: number;
  readonly #solver = new AssignmentSolver();
  #values = new Float64Array(0);
  #assigned = new Int32Array(0);
  #objects: TrackedObject[] = [];
  #nextId = 1;
  #previous: FrameInfo | undefined;
  #endedByReset: number[] = [];

  constructor(options: TrackerOptions = {}) {
    this.#scores = new ScoreScale({
      highScore: options.highScore ?? 0.3,
      lowScore: options.lowScore ?? 0.1,
      adapt: options.adaptScores ?? true,
    });
    this.#birthScore = options.birthScore ?? 0;
    this.#confirmHits = options.confirmHits ?? 2;
    this.#coastMs = options.coastMs ?? 1500;
    this.#restingCoastMs = options.restingCoastMs ?? 20_000;
    this.#maxTracks = options.maxTracks ?? 500;
  }

  /**
   * Takes the detections of the next frame in.
   *
   * @throws RangeError when `cameraTimeMs` does not grow.
   */
  update(detections: Detections): TrackedFrame {
    const { frame } = detections;
    const ended = this.#endedByReset;
    this.#endedByReset = [];
    this.#advance(frame, ended);
    const timeMs = frame.cameraTimeMs;

    const high: Sighting[] = [];
    const low: Sighting[] = [];
    for (const sighting of joinRiders(detections)) {
      if (sighting.score >= this.#scores.high) {
        high.push(sighting);
      } else if (sighting.score >= this.#scores.low) {
        low.push(sighting);
      }
    }

    const open = new Set(this.#objects);
    const afterFirst = this.#match([...open], high, FIRST_GATE, timeMs, fitPrediction);
    settle(afterFirst, open, timeMs, true);
    const recovery = this.#match([...open], afterFirst.left, RECOVERY_GATE, timeMs, fitLastSighting);
    settle(recovery, open, timeMs, true);
    const recent = [...open].filter(
      (object) => timeMs - object.lastSeenMs <= LOW_STAGE_MS && timeMs - object.lastHighMs <= LOW_ONLY_MS,
    );
    settle(this.#match(recent, low, LOW_GATE, timeMs, fitPrediction), open, timeMs, false);

    for (const object of open) {
      object.miss();
    }
    this.#mergeTwins(timeMs, ended);
    this.#bear(recovery.left, timeMs);
    this.#weigh();
    this.#end(frame, ended);
    this.#previous = frame;
    return { frame, tracks: this.#objects.map((object) => object.toTrack()), ended };
  }

  /** Ends all tracks, as after a change of the picture. Ids go on; the next frame lists the ended ones. */
  reset(): void {
    this.#endedByReset.push(...this.#objects.map((object) => object.id));
    this.#objects = [];
    this.#previous = undefined;
  }

  #advance(frame: FrameInfo, ended: number[]): void {
    const previous = this.#previous;
    if (previous === undefined) {
      return;
    }
    const dtMs = frame.cameraTimeMs - previous.cameraTimeMs;
    if (!(dtMs > 0)) {
      throw new RangeError(
        `Expected a camera time above ${previous.cameraTimeMs} ms, got ${frame.cameraTimeMs} ms (frame ${frame.index}). ` +
          'Frames of one source must come in order; call reset() before the frames of another.',
      );
    }
    const { geometry } = frame;
    if (
      geometry.sourceWidth !== previous.geometry.sourceWidth ||
      geometry.sourceHeight !== previous.geometry.sourceHeight
    ) {
      ended.push(...this.#objects.map((object) => object.id));
      this.#objects = [];
      return;
    }
    for (const object of this.#objects) {
      object.predict(dtMs / 1000);
    }
    // After a long gap nothing that moved is where it would be: let it go before it is mistaken for another.
    this.#keep(ended, (object) => !this.#expired(object, frame.cameraTimeMs));
  }

  #match(
    objects: readonly TrackedObject[],
    sightings: readonly Sighting[],
    gate: number,
    timeMs: number,
    worth: Fit,
  ): Matching {
    const rows = objects.length;
    const columns = sightings.length;
    if (rows === 0 || columns === 0) {
      return { pairs: [], left: sightings };
    }
    if (this.#values.length < rows * columns) {
      this.#values = new Float64Array(rows * columns * 2);
    }
    if (this.#assigned.length < rows) {
      this.#assigned = new Int32Array(rows * 2);
    }
    for (let row = 0; row < rows; row++) {
      const object = objects[row] as TrackedObject;
      const candidate = describe(object, timeMs);
      for (let column = 0; column < columns; column++) {
        this.#values[row * columns + column] = worth(candidate, sightings[column] as Sighting, gate);
      }
    }
    this.#solver.solve(this.#values, rows, columns, this.#assigned);
    const pairs: [TrackedObject, Sighting][] = [];
    const taken = new Uint8Array(columns);
    for (let row = 0; row < rows; row++) {
      const column = this.#assigned[row] as number;
      if (column >= 0) {
        taken[column] = 1;
        pairs.push([objects[row] as TrackedObject, sightings[column] as Sighting]);
      }
    }
    return { pairs, left: sightings.filter((_, column) => taken[column] === 0) };
  }

  /** The elder of two tracks on one road user lives on, with the box of the one that was seen. */
  #mergeTwins(timeMs: number, ended: number[]): void {
    const gone = new Set<TrackedObject>();
    for (const { elder, younger } of findTwins(this.#objects)) {
      if (!elder.seen && younger.seen) {
        elder.take(younger.last, timeMs, younger.last.score >= this.#scores.high, 1);
      }
      elder.confirmed ||= younger.confirmed;
      gone.add(younger);
    }
    if (gone.size > 0) {
      this.#keep(ended, (object) => !gone.has(object));
    }
  }

  #bear(sightings: readonly Sighting[], timeMs: number): void {
    const seen = this.#objects.filter((object) => object.seen);
    const least = Math.max(this.#birthScore, this.#scores.high);
    for (const sighting of sightings) {
      if (sighting.score < least) continue;
      const sureness = Math.min(1, Math.max(0, this.#scores.sureness(sighting.score)));
      const limit = DUPLICATE_IOU + SURE_DUPLICATE_IOU * sureness;
      const second = (object: TrackedObject): boolean =>
        classFit(object.last.roadUser, sighting.roadUser) > 0 &&
        bufferedIou(object.last, sighting, 0) > limit;
      if (!seen.some(second)) {
        this.#objects.push(new TrackedObject(this.#nextId, sighting, timeMs));
        this.#nextId++;
      }
    }
  }

  /** Believes the tracks for which enough speaks, and learns from all that were seen. */
  #weigh(): void {
    for (const object of this.#objects) {
      if (!object.confirmed) {
        object.evidence += object.seen ? this.#evidenceOf(object.last.score) : MISSED_EVIDENCE;
        object.confirmed = object.hits >= this.#confirmHits && object.evidence >= BELIEVED_FROM;
      }
    }
    for (const object of this.#objects) {
      if (object.seen) {
        this.#scores.learn(object.last.score);
      }
    }
  }

  /** Never below 0: a weak sighting in the right place does not speak against a road user. */
  #evidenceOf(score: number): number {
    const evidence = SEEN_EVIDENCE + SURE_EVIDENCE * this.#scores.sureness(score);
    return Math.min(MOST_EVIDENCE, Math.max(0, evidence));
  }

  #end(frame: FrameInfo, ended: number[]): void {
    const { sourceWidth, sourceHeight } = frame.geometry;
    this.#keep(ended, (object) => {
      if (object.seen) {
        return true;
      }
      const { cx, cy } = object.filter;
      const inside = cx >= 0 && cy >= 0 && cx <= sourceWidth && cy <= sourceHeight;
      return inside && !this.#expired(object, frame.cameraTimeMs);
    });
    const surplus = this.#objects.length - this.#maxTracks;
    if (surplus > 0) {
      const longestUnseen = [...this.#objects].sort((a, b) => a.lastSeenMs - b.lastSeenMs || b.id - a.id);
      const out = new Set(longestUnseen.slice(0, surplus));
      this.#keep(ended, (object) => !out.has(object));
    }
  }

  #expired(object: TrackedObject, timeMs: number): boolean {
    const unseenMs = timeMs - object.lastSeenMs;
    if (!object.confirmed) {
      return unseenMs > LEAST_COAST_MS || (object.missed >= 2 && unseenMs > TENTATIVE_MS);
    }
    const lifeMs = object.lastSeenMs - object.bornMs;
    const limitMs = object.resting
      ? Math.max(this.#restingCoastMs, Math.min(MOST_RESTING_COAST_MS, object.rest.restedMs))
      : Math.min(this.#coastMs, Math.max(LEAST_COAST_MS, lifeMs));
    return unseenMs > limitMs;
  }

  #keep(ended: number[], stays: (object: TrackedObject) => boolean): void {
    const kept: TrackedObject[] = [];
    for (const object of this.#objects) {
      if (stays(object)) {
        kept.push(object);
      } else {
        ended.push(object.id);
      }
    }
    this.#objects = kept;
  }
}

type Matching = {
  readonly pairs: readonly (readonly [TrackedObject, Sighting])[];
  readonly left: readonly Sighting[];
};

function settle(matching: Matching, open: Set<TrackedObject>, timeMs: number, high: boolean): void {
  for (const [object, sighting] of matching.pairs) {
    object.take(sighting, timeMs, high, high ? 1 : LOW_SCORE_NOISE);
    open.delete(object);
  }
}
