import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RoadUser, TrafficEvent } from '../../../contract/index.ts';
import { CameraAnalytics } from '../../../edge-agent/analytics/camera-analytics.ts';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';
import { detectionsOf, frameAt } from '../tracker/make-detections.ts';
import { passagesOf } from './make-tracked.ts';

type Recording = {
  readonly width: number;
  readonly height: number;
  readonly line: { readonly from: [number, number]; readonly to: [number, number] };
  readonly truth: readonly { readonly t: number; readonly direction: string }[];
  readonly frames: readonly {
    readonly t: number;
    readonly boxes: readonly [number, number, number, number, number, RoadUser][];
  }[];
};

const folder = new URL('../../fixtures/detections/', import.meta.url);
const recording: Recording = JSON.parse(readFileSync(new URL('synthetic-street.json', folder), 'utf8'));

function replay(): TrafficEvent[] {
  const { width, height, line, frames } = recording;
  const tracker = new Tracker({ highScore: 0.25 });
  const analytics = new CameraAnalytics({
    camera: 'street',
    lines: [{ line: 'across', ...line, directions: { toLeft: 'away', toRight: 'towards' } }],
    roadUsers: ['vehicle', 'person', 'motorcycle'],
    intervalMs: 10_000,
  });
  const { geometry } = frameAt(0);
  const events = frames.flatMap(({ t, boxes }, index) => {
    const frame = frameAt(t, { index, geometry: { ...geometry, sourceWidth: width, sourceHeight: height } });
    const seen = boxes.map(([x1, y1, x2, y2, score, roadUser]) => ({
      box: [x1, y1, x2, y2] as const,
      score,
      roadUser,
    }));
    return analytics.update(tracker.update(detectionsOf(frame, seen)));
  });
  return [...events, ...analytics.flush()];
}

describe('a recorded street', () => {
  it('gives the same events, byte for byte', async () => {
    const lines = replay().map((event) => `${JSON.stringify(event)}\n`);
    await expect(lines.join('')).toMatchFileSnapshot(
      fileURLToPath(new URL('synthetic-street.events.ndjson', folder)),
    );
  });

  it('gives one passage for each motor vehicle of the scene within a second, and none besides', () => {
    const passages = passagesOf(replay()).filter(({ roadUser }) => roadUser === 'vehicle');
    const start = frameAt(0).capturedAtMs;
    const found = passages.map(({ atMs, direction }) => ({ t: atMs - start, direction }));
    const unmatched = recording.truth.filter(({ t, direction }) => {
      const index = found.findIndex((each) => each.direction === direction && Math.abs(each.t - t) <= 1000);
      if (index >= 0) {
        found.splice(index, 1);
      }
      return index < 0;
    });
    expect({ missed: unmatched, invented: found }).toEqual({ missed: [], invented: [] });
  });
});
