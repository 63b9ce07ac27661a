// What the detector stage hands on: boxes in pixels of the camera's picture.

import type { FrameInfo } from '../source/frame.ts';

/** Objects found in one frame, as parallel arrays sorted by falling score. */
export type Detections = {
  readonly frame: FrameInfo;
  readonly count: number;
  /** `[count, 4]` x1, y1, x2, y2 in source pixels, clipped to the picture, x2 > x1, y2 > y1. */
  readonly boxes: Float32Array;
  /** `[count]` 0..1. */
  readonly scores: Float32Array;
  /** `[count]` index into ROAD_USERS of the contract. */
  readonly roadUsers: Uint8Array;
};
