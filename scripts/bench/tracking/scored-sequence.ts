// Truth and tracks of one sequence in the form that all scores are computed from: identities counted from 0, and how
// well each track fits each truth in each frame.

import { type Box, iou } from '../../models/box-overlap.ts';

export type IdentifiedBox = { readonly id: number; readonly box: Box };

/** What is there in a frame, and what a tracker says is there. */
export type FramePair = {
  readonly truths: readonly IdentifiedBox[];
  readonly tracks: readonly IdentifiedBox[];
};

export type ScoredFrame = {
  /** Identities present, as indices into `truthLengths` and `trackLengths`. */
  readonly truths: readonly number[];
  readonly tracks: readonly number[];
  /** `[truths, tracks]` row-major: intersection over union, 0..1. */
  readonly similarity: Float64Array;
};

export type ScoredSequence = {
  readonly frames: readonly ScoredFrame[];
  /** Frames in which each identity is present, >= 1. */
  readonly truthLengths: readonly number[];
  readonly trackLengths: readonly number[];
};

/** Slack of TrackEval wherever a similarity is compared with a threshold: float64's epsilon. */
export const EPSILON = Number.EPSILON;

/**
 * Compares all boxes of a sequence, frame by frame, in the order of time.
 *
 * @throws RangeError when an identity appears twice in a frame.
 */
export function scoredSequence(pairs: readonly FramePair[]): ScoredSequence {
  const truths = new Identities('truth');
  const tracks = new Identities('track');
  const frames = pairs.map((pair, frame): ScoredFrame => {
    const similarity = new Float64Array(pair.truths.length * pair.tracks.length);
    for (const [row, truth] of pair.truths.entries()) {
      for (const [column, track] of pair.tracks.entries()) {
        similarity[row * pair.tracks.length + column] = iou(truth.box, track.box);
      }
    }
    return { truths: truths.count(pair.truths, frame), tracks: tracks.count(pair.tracks, frame), similarity };
  });
  return { frames, truthLengths: truths.lengths, trackLengths: tracks.lengths };
}

/** Numbers identities in the order of their appearance and counts the frames of each. */
class Identities {
  readonly #kind: string;
  readonly #indices = new Map<number, number>();
  readonly lengths: number[] = [];

  constructor(kind: string) {
    this.#kind = kind;
  }

  count(boxes: readonly IdentifiedBox[], frame: number): number[] {
    const present = boxes.map(({ id }) => {
      const index = this.#indices.get(id) ?? this.#indices.size;
      this.#indices.set(id, index);
      this.lengths[index] = (this.lengths[index] ?? 0) + 1;
      return index;
    });
    if (new Set(present).size < present.length) {
      const ids = boxes.map(({ id }) => id).join(', ');
      throw new RangeError(
        `Expected each ${this.#kind} once in a frame, got ids ${ids} in frame ${frame} (the first is 0). Scores are not defined for that.`,
      );
    }
    return present;
  }
}
