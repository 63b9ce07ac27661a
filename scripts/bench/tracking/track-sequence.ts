// Runs the tracker over recorded boxes as the edge would, and takes its time.

import { ROAD_USERS, type RoadUser } from '../../../contract/index.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { Tracker, type TrackerOptions } from '../../../edge-agent/tracker/tracker.ts';
import type { Box } from '../../models/box-overlap.ts';
import type { IdentifiedBox } from './scored-sequence.ts';

/** `score` 0..1. */
export type ScoredBox = { readonly box: Box; readonly score: number };

export type Recording = {
  readonly framesPerSecond: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly roadUser: RoadUser;
  /** Boxes of each frame. */
  readonly frames: readonly (readonly ScoredBox[])[];
};

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
  const seen = recording.frames.map((_, index) => {
    const detections = detectionsOf(recording, index);
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

function detectionsOf(recording: Recording, index: number): Detections {
  const { framesPerSecond, width, height, roadUser } = recording;
  const boxes = (recording.frames[index] ?? []).toSorted((a, b) => b.score - a.score);
  const cameraTimeMs = (index * 1000) / framesPerSecond;
  return {
    frame: {
      index,
      cameraTimeMs,
      capturedAtMs: cameraTimeMs,
      droppedBefore: 0,
      discontinuity: false,
      geometry: unscaledGeometry({ width, height }),
    },
    count: boxes.length,
    boxes: Float32Array.from(boxes.flatMap(({ box }) => box)),
    scores: Float32Array.from(boxes, ({ score }) => score),
    roadUsers: new Uint8Array(boxes.length).fill(ROAD_USERS.indexOf(roadUser)),
  };
}
