// Builds tracked frames for tests as the tracker would hand them on.

import type { Flow, Passage, RoadUser, TrafficEvent } from '../../../contract/index.ts';
import {
  CameraAnalytics,
  type CameraAnalyticsOptions,
} from '../../../edge-agent/analytics/camera-analytics.ts';
import type { FrameInfo } from '../../../edge-agent/source/frame.ts';
import type { Track, TrackedFrame } from '../../../edge-agent/tracker/track.ts';
import { frameAt } from '../tracker/make-detections.ts';

/** Horizontal line at y = 400 across the whole picture: `towards` is downwards. */
export const LINE = {
  line: 'north',
  from: [0, 400],
  to: [1280, 400],
  directions: { toLeft: 'away', toRight: 'towards' },
} as const;

export function analytics(changes: Partial<CameraAnalyticsOptions> = {}): CameraAnalytics {
  return new CameraAnalytics({ camera: 'test', lines: [LINE], roadUsers: ['car', 'truck'], ...changes });
}

/** A confirmed car of 80 x 60 px whose anchor (bottom centre) is at x, y. */
export function trackAt(id: number, x: number, y: number, changes: Partial<Track> = {}): Track {
  return {
    id,
    box: [x - 40, y - 60, x + 40, y],
    roadUser: 'car' satisfies RoadUser,
    roadUserShare: 1,
    score: 0.8,
    seen: true,
    confirmed: true,
    ...changes,
  };
}

export function tracked(
  cameraTimeMs: number,
  tracks: readonly Track[],
  changes: { readonly ended?: readonly number[]; readonly frame?: Partial<FrameInfo> } = {},
): TrackedFrame {
  return { frame: frameAt(cameraTimeMs, changes.frame), tracks, ended: changes.ended ?? [] };
}

/** Plays the way of one car: its anchor's y at each frame, 100 ms apart; undefined where it is not seen. Believed at the third sighting. */
export function playWay(
  target: CameraAnalytics,
  ys: readonly (number | undefined)[],
  x = 600,
): TrafficEvent[] {
  let seen = 0;
  return ys.flatMap((y, i) => {
    if (y === undefined) {
      return target.update(tracked(i * 100, []));
    }
    seen++;
    return target.update(tracked(i * 100, [trackAt(1, x, y, { confirmed: seen >= 3 })]));
  });
}

export function passagesOf(events: readonly TrafficEvent[]): Passage[] {
  return events.filter((event) => event.type === 'passage');
}

export function flowsOf(events: readonly TrafficEvent[]): Flow[] {
  return events.filter((event) => event.type === 'flow');
}

/** `steps` numbers from `from` to `to`, both included. */
export function ramp(from: number, to: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, i) => from + ((to - from) * i) / (steps - 1));
}
