// Detections of scripted traffic, as a detector of boxes gives them: jitter, misses, false alarms. For tests of tracker
// and analytics together.

import type { RoadUser, TrafficEvent } from '../../contract/index.ts';
import { CameraAnalytics, type CameraAnalyticsOptions } from '../../edge-agent/analytics/camera-analytics.ts';
import type { Detections } from '../../edge-agent/detector/detections.ts';
import { Tracker } from '../../edge-agent/tracker/tracker.ts';
import {
  boxAt,
  detectionsOf,
  frameAt,
  type Seen,
  seededRandom,
} from '../edge-agent/tracker/make-detections.ts';

export type Detectable = {
  readonly roadUser?: RoadUser;
  readonly width: number;
  readonly height: number;
  /** Centre at that second, px; undefined while it is not there or hidden. */
  readonly at: (timeS: number) => readonly [number, number] | undefined;
};

export type Noise = {
  /** Standard deviation of each edge as a share of the box's height. Default 0.03. */
  readonly jitter?: number;
  /** Share of detections that are missing. Default 0.05. */
  readonly misses?: number;
  /** False boxes a frame, anywhere, of a low or middling score. Default 0. */
  readonly falseBoxes?: number;
  readonly seed?: number;
};

/** Detections of one frame after the other. */
export function* detectTraffic(
  traffic: readonly Detectable[],
  { fps, durationS }: { readonly fps: number; readonly durationS: number },
  { jitter = 0.03, misses = 0.05, falseBoxes = 0, seed = 1 }: Noise = {},
): Generator<Detections> {
  const random = seededRandom(seed);
  // Sum of four uniform numbers: near enough to a normal distribution of standard deviation 1.
  const normal = () => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  for (let i = 0; i < durationS * fps; i++) {
    const timeS = i / fps;
    const seen: Seen[] = [];
    for (const { roadUser, width, height, at } of traffic) {
      const centre = at(timeS);
      if (centre === undefined || random() < misses) continue;
      const [x1, y1, x2, y2] = boxAt(...centre, width, height);
      const off = () => normal() * jitter * height;
      seen.push({
        box: [x1 + off(), y1 + off(), x2 + off(), y2 + off()],
        score: 0.45 + 0.5 * random(),
        ...(roadUser === undefined ? {} : { roadUser }),
      });
    }
    for (let left = falseBoxes; left > 0 && random() < left; left--) {
      const box = boxAt(1280 * random(), 720 * random(), 30 + 60 * random(), 30 + 60 * random());
      seen.push({ box, score: 0.1 + 0.4 * random() });
    }
    yield detectionsOf(frameAt(timeS * 1000, { index: i }), seen);
  }
}

/** The events that tracker and analytics make of them. */
export function eventsOf(
  detections: Iterable<Detections>,
  options: Partial<CameraAnalyticsOptions> & Pick<CameraAnalyticsOptions, 'lines'>,
): TrafficEvent[] {
  const tracker = new Tracker();
  const analytics = new CameraAnalytics({ camera: 'test', roadUsers: ['car'], ...options });
  const events = [...detections].flatMap((each) => analytics.update(tracker.update(each)));
  return [...events, ...analytics.flush()];
}
