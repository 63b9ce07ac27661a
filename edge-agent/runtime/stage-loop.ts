// The loop that carries frames through detector, tracker and analytics, in order. Live cameras and recorded
// clips run this same code; they differ only in how far the loop may look ahead.

import type { TrafficEvent } from '../../contract/index.ts';
import type { CameraAnalytics } from '../analytics/camera-analytics.ts';
import type { Detections } from '../detector/detections.ts';
import type { Frame, FrameSource } from '../source/frame.ts';
import type { TrackedFrame } from '../tracker/track.ts';
import type { Tracker } from '../tracker/tracker.ts';

export type Stages = {
  readonly source: FrameSource;
  /** Boxes of one frame; frames of one caller come back in the order they were given. */
  readonly detect: (frame: Frame) => Promise<Detections>;
  readonly tracker: Tracker;
  readonly analytics: CameraAnalytics;
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
  /** A frame whose detection failed. Return to go on without it, throw to end the loop. */
  readonly onDetectionError: (error: unknown) => void;
};

/** Runs until the source ends or is closed. What analytics still holds then is the caller's to flush. */
export async function runStages(options: StageLoopOptions): Promise<void> {
  const { stages, lookAhead } = options;
  let inDetector: Promise<Detected> | undefined;
  for (;;) {
    const frame = await stages.source.next();
    if (frame === undefined) break;
    const detected = settle(stages.detect(frame));
    if (inDetector !== undefined) handle(await inDetector, options);
    inDetector = detected;
    if (!lookAhead) {
      handle(await inDetector, options);
      inDetector = undefined;
    }
  }
  if (inDetector !== undefined) handle(await inDetector, options);
}

type Detected = { readonly startedAtMs: number } & (
  | { readonly detections: Detections }
  | { readonly error: unknown }
);

/** A promise that never rejects, so that a failure can wait for its turn in the loop. */
function settle(detections: Promise<Detections>): Promise<Detected> {
  const startedAtMs = performance.now();
  return detections.then(
    (value) => ({ startedAtMs, detections: value }),
    (error: unknown) => ({ startedAtMs, error }),
  );
}

function handle(detected: Detected, { stages, onResult, onDetectionError }: StageLoopOptions): void {
  if ('error' in detected) {
    onDetectionError(detected.error);
    return;
  }
  const { detections, startedAtMs } = detected;
  const tracked = stages.tracker.update(detections);
  const events = stages.analytics.update(tracked);
  onResult({ detections, tracked, events, latencyMs: performance.now() - startedAtMs });
}
