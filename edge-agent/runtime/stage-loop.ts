// The loop that carries frames through detector, tracker and analytics, in order. Live cameras and recorded
// clips run this same code; they differ only in how far the loop may look ahead.

import type { TrafficEvent } from '../../contract/index.ts';
import type { CameraAnalytics } from '../analytics/camera-analytics.ts';
import type { Detections } from '../detector/detections.ts';
import type { Frame, FrameInfo, FrameSource, Thumbnail } from '../source/frame.ts';
import type { PictureCheck } from '../source/picture-check.ts';
import type { ThumbnailMaker } from '../source/picture-thumbnail.ts';
import type { TrackedFrame } from '../tracker/track.ts';
import type { Tracker } from '../tracker/tracker.ts';

export type Stages = {
  readonly source: FrameSource;
  /** Boxes of one frame; frames of one caller come back in the order they were given. */
  readonly detect: (frame: Frame) => Promise<Detections>;
  readonly tracker: Tracker;
  readonly analytics: CameraAnalytics;
  /** For what is judged by the look of the whole picture. */
  readonly thumbnails?: ThumbnailMaker;
  /** Where faults of the camera are looked for. */
  readonly pictureCheck?: PictureCheck;
};

export type FrameResult = {
  readonly detections: Detections;
  readonly tracked: TrackedFrame;
  readonly events: readonly TrafficEvent[];
  /** From the frame in hand to its events, ms. */
  readonly latencyMs: number;
};

export type StageLoopOptions = {
  readonly stages: Stages;
  /**
   * true: fetch and queue the next frame while one is being detected, so that the detector never waits (clips).
   * false: fetch only when the detector is free, so that the frame is the newest there is (live).
   */
  readonly lookAhead: boolean;
  readonly onResult: (result: FrameResult) => void;
  /** The detection of `frame` failed. Return to go on without it, throw to end the loop. */
  readonly onDetectionError: (error: unknown, frame: FrameInfo) => void;
};

/**
 * Runs until the source ends or is closed. What analytics still holds then is the caller's to flush. A frame whose
 * detection failed counts as dropped before the next one, so that intervals tell of it.
 */
export async function runStages(options: StageLoopOptions): Promise<void> {
  const { stages, lookAhead } = options;
  const missed = new MissedFrames();
  let inDetector: Promise<Detected> | undefined;
  for (;;) {
    const frame = await stages.source.next();
    if (frame === undefined) break;
    // Before the detector takes the frame's planes away.
    const thumbnail = stages.thumbnails?.make(frame);
    const detected = settle(frame, thumbnail, stages.detect(frame));
    if (inDetector !== undefined) handle(await inDetector, missed, options);
    inDetector = detected;
    if (!lookAhead) {
      handle(await inDetector, missed, options);
      inDetector = undefined;
    }
  }
  if (inDetector !== undefined) handle(await inDetector, missed, options);
}

type Detected = {
  readonly frame: FrameInfo;
  readonly thumbnail: Thumbnail | undefined;
  readonly startedAtMs: number;
} & ({ readonly detections: Detections } | { readonly error: unknown });

/** A promise that never rejects, so that a failure can wait for its turn in the loop. */
function settle(
  frame: FrameInfo,
  thumbnail: Thumbnail | undefined,
  detections: Promise<Detections>,
): Promise<Detected> {
  const startedAtMs = performance.now();
  return detections.then(
    (value) => ({ frame, thumbnail, startedAtMs, detections: value }),
    (error: unknown) => ({ frame, thumbnail, startedAtMs, error }),
  );
}

function handle(
  detected: Detected,
  missed: MissedFrames,
  { stages, onResult, onDetectionError }: StageLoopOptions,
): void {
  if ('error' in detected) {
    missed.add(detected.frame);
    onDetectionError(detected.error, detected.frame);
    return;
  }
  const { detections, thumbnail, startedAtMs } = detected;
  const tracked = stages.tracker.update(detections);
  const frame = missed.addTo(tracked.frame);
  const look = thumbnail && {
    thumbnail,
    picture: stages.pictureCheck?.update(thumbnail, frame, detections),
  };
  const events = stages.analytics.update({ ...tracked, frame }, look);
  onResult({ detections, tracked, events, latencyMs: performance.now() - startedAtMs });
}

/** What frames without boxes leave behind for the next one that has some. */
class MissedFrames {
  #frames = 0;
  #discontinuity = false;

  add(frame: FrameInfo): void {
    this.#frames += frame.droppedBefore + 1;
    this.#discontinuity ||= frame.discontinuity;
  }

  addTo(frame: FrameInfo): FrameInfo {
    if (this.#frames === 0) return frame;
    const droppedBefore = frame.droppedBefore + this.#frames;
    const discontinuity = frame.discontinuity || this.#discontinuity;
    this.#frames = 0;
    this.#discontinuity = false;
    return { ...frame, droppedBefore, discontinuity };
  }
}
