// Builds detections and frames for tests as the detector would hand them on.

import { ROAD_USERS, type RoadUser } from '../../../contract/index.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import type { FrameInfo } from '../../../edge-agent/source/frame.ts';
import { unscaledGeometry } from '../../../edge-agent/source/frame-geometry.ts';

export type Seen = {
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly score?: number;
  readonly roadUser?: RoadUser;
};

/** 2026-01-01T00:00:00Z: aligned to every interval length. */
export const START_MS = 1_767_225_600_000;

export function frameAt(cameraTimeMs: number, changes: Partial<FrameInfo> = {}): FrameInfo {
  return {
    index: Math.round(cameraTimeMs),
    cameraTimeMs,
    capturedAtMs: START_MS + cameraTimeMs,
    droppedBefore: 0,
    discontinuity: false,
    geometry: unscaledGeometry({ width: 1280, height: 720 }),
    ...changes,
  };
}

export function detectionsOf(frame: FrameInfo, seen: readonly Seen[]): Detections {
  const sorted = seen.toSorted((a, b) => (b.score ?? 0.9) - (a.score ?? 0.9));
  return {
    frame,
    count: sorted.length,
    boxes: Float32Array.from(sorted.flatMap(({ box }) => box)),
    scores: Float32Array.from(sorted, ({ score }) => score ?? 0.9),
    roadUsers: Uint8Array.from(sorted, ({ roadUser }) => ROAD_USERS.indexOf(roadUser ?? 'car')),
  };
}

/** Box of a size around a centre. */
export function boxAt(x: number, y: number, width: number, height: number): Seen['box'] {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** Deterministic noise: uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
