// What every part of analytics looks at: the road users of one camera at one frame, each with its motion, under an
// identity that outlives the tracker's id switches.

import type { Passage, RoadUser, TrafficEvent } from '../../contract/index.ts';
import type { FrameInfo, PictureState, Thumbnail } from '../source/frame.ts';
import type { GroundPoint } from './calibration-points.ts';
import type { BoxCorners, Point } from './counting-line.ts';

/** A moment on both clocks: the camera's for durations, UTC for what is reported. */
export type Moment = { readonly cameraTimeMs: number; readonly capturedAtMs: number };

/** How a road user moved over about the last second. */
export type Motion = {
  /** Velocity of the middle of the box's lower edge in the picture, px/s. */
  readonly velocity: Point;
  /** Its length in box sizes a second (size: square root of the box's area); the measure where nothing is calibrated. */
  readonly sizesPerS: number;
  /** On the ground, m/s; only where the camera is calibrated. Rough: for decisions, not to be reported as a speed. */
  readonly ground?: { readonly x: number; readonly y: number; readonly speedKmh: number };
  /**
   * Since when it stands: the box has not left its place by more than a quarter of its size. Absent while it
   * moves. Kept while it is hidden.
   */
  readonly standsSince?: Moment;
};

/** One believed road user, as known at a frame. */
export type RoadUserView = {
  /** The track it was first seen as; stays when another track continues its path. */
  readonly id: number;
  /** The track that carries it now. */
  readonly track: number;
  readonly roadUser: RoadUser;
  /** Share of the class votes that `roadUser` got. */
  readonly roadUserShare: number;
  /** Mean detection score of its newest sightings, 0..1. */
  readonly confidence: number;
  /** In pixels of the picture that the camera's file speaks of. Predicted when not `seen`. */
  readonly box: BoxCorners;
  readonly seen: boolean;
  /** Middle of the box's lower edge, px. */
  readonly anchor: Point;
  /** The same on the road in metres; absent without calibration and above its horizon. */
  readonly ground?: GroundPoint;
  readonly firstSeen: Moment;
  readonly lastSeen: Moment;
  readonly motion: Motion;
};

/** One analysed frame. */
export type Observation = Moment & {
  readonly frame: FrameInfo;
  /** Since when the camera is watched without a gap; nothing is known of what was before. */
  readonly watchedSince: Moment;
  /** Believed ones only, also those that are hidden and expected where they were. */
  readonly roadUsers: readonly RoadUserView[];
  /** Ids that will not come back: whoever keeps state for them lets it go. */
  readonly gone: readonly number[];
  /** A small grey picture of the frame, a few times a second; absent in between. */
  readonly thumbnail?: Thumbnail | undefined;
  /** What the picture says about its camera, as of the last time it was looked at. */
  readonly picture?: PictureState | undefined;
};

/** A passage, and what messages do not tell of it. */
export type RoadUserPassage = {
  /** The road user's `id` in the observations. */
  readonly id: number;
  readonly passage: Passage;
  /** Where on the line: 0 at its `from`, 1 at its `to`. */
  readonly along: number;
};

/** A part of analytics that makes events of what it observes. Runs on frame time only: a replay equals the live run. */
export type Observer = {
  /** A passage has become certain, some seconds after its moment at most; comes before the frame that made it so. */
  passed?(passage: RoadUserPassage): void;
  /** Takes the next frame in. */
  observe(observation: Observation): TrafficEvent[];
  /** Time went on to `nowMs` (UTC) without a frame: closes what no frame will. */
  advanceTo(nowMs: number): TrafficEvent[];
  /** After a failure of the pipeline: forgets who is there. What is measured by intervals goes on. */
  reset(): void;
  /** The end: reports all that is still open. */
  flush(): TrafficEvent[];
};
