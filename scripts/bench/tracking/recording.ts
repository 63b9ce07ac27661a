// Boxes recorded frame by frame, from a detector or from the truth: what every tracker of the benchmark is given.

import type { RoadUser } from '../../../contract/index.ts';
import type { Box } from '../../models/box-overlap.ts';
import type { FramePair, IdentifiedBox } from './scored-sequence.ts';

/** `score` 0..1. */
export type ScoredBox = { readonly box: Box; readonly score: number; readonly roadUser: RoadUser };

export type RecordedFrame = { readonly timeMs: number; readonly boxes: readonly ScoredBox[] };

export type Recording = {
  /** Frames a second, in the mean. */
  readonly framesPerSecond: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** In the order of time. */
  readonly frames: readonly RecordedFrame[];
};

/** A recording and its truth. */
export type BenchSequence = {
  /** Such as `0007` or `city-day`. */
  readonly name: string;
  readonly recording: Recording;
  /** What was there in a frame and is asked for, and which of the tracks are judged. */
  readonly pairUp: (frame: number, tracks: readonly IdentifiedBox[]) => FramePair;
};

/** Sequences that are scored as one. */
export type BenchData = {
  /** Such as `KITTI cars, detections`. */
  readonly name: string;
  readonly framesPerSecond: number;
  readonly sequences: readonly BenchSequence[];
};
