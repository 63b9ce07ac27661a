// What the tracker stage hands on: road users with an identity over time.

import type { RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';

/** One road user as known after a frame. */
export type Track = {
  /** From 1, never used again within a tracker. */
  readonly id: number;
  /** x1, y1, x2, y2 in source pixels: the detection where there is one, else the prediction. */
  readonly box: readonly [number, number, number, number];
  /** Class with the most score-weighted votes over the track's life, and its share of them. */
  readonly roadUser: RoadUser;
  readonly roadUserShare: number;
  /** Score of the last detection, 0..1. */
  readonly score: number;
  /** Seen in this frame; false while the track coasts on its prediction. */
  readonly seen: boolean;
  /** Seen often enough to be believed; only these are counted. */
  readonly confirmed: boolean;
};

export type TrackedFrame = {
  readonly frame: FrameInfo;
  readonly tracks: readonly Track[];
  /** Ids that ended with this frame: whoever keeps state for them lets it go. */
  readonly ended: readonly number[];
};
