// Runs the tracker over recorded boxes as the edge would, and takes its time.

import { ROAD_USERS } from '../../../contract/index.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { Tracker, type TrackerOptions } from '../../../edge-agent/tracker/tracker.ts';
import type { RecordedFrame, Recording } from './recording.ts';
import type { IdentifiedBox } from './scored-sequence.ts';

export type TrackedRecording = {
  /** What counts: tracks that are confirmed and seen in the frame. */
  readonly frames: readonly (readonly IdentifiedBox[])[];
  /** Duration of each call of `update`, ms. */
  readonly updateMs: readonly number[];
};

export type TrackingOptions = {
  readonly tracker?: TrackerOptions;
  /**
   * Adds the sightings of a track before it was confirmed, which only somebody who may look ahead can know. Default
   * false: each frame is judged by what the tracker said at its time.
   */
  readonly hindsight?: boolean;
};

/** Tracks a recording from its beginning with a tracker of its own. */
export function trackRecording(recording: Recording, options: TrackingOptions = {}): TrackedRecording {
  const tracker = new Tracker(options.tracker);
  const updateMs: number[] = [];
  const confirmed = new Set<number>();
  const seen = recording.frames.map((frame, index) => {
    const detections = detectionsOf(recording, frame, index);
    const startedMs = performance.now();
    const { tracks } = tracker.update(detections);
    updateMs.push(performance.now() - startedMs);
    for (const track of tracks) {
      if (track.confirmed) confirmed.add(track.id);
    }
    return tracks.filter((track) => track.seen);
  });
  return {
    frames: seen.map((tracks) =>
      tracks.filter((track) => (options.hindsight === true ? confirmed.has(track.id) : track.confirmed)),
    ),
    updateMs,
  };
}

function detectionsOf(
  { width, height }: Recording,
  { timeMs, boxes }: RecordedFrame,
  index: number,
): Detections {
  const sorted = boxes.toSorted((a, b) => b.score - a.score);
  return {
    frame: {
      index,
      cameraTimeMs: timeMs,
      capturedAtMs: timeMs,
      droppedBefore: 0,
      discontinuity: false,
      geometry: unscaledGeometry({ width, height }),
    },
    count: sorted.length,
    boxes: Float32Array.from(sorted.flatMap(({ box }) => box)),
    scores: Float32Array.from(sorted, ({ score }) => score),
    roadUsers: Uint8Array.from(sorted, ({ roadUser }) => ROAD_USERS.indexOf(roadUser)),
  };
}
