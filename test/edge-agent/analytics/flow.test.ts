import { describe, expect, it } from 'vitest';
import { flowSchema, type TrafficEvent } from '../../../contract/index.ts';
import type { CameraAnalytics } from '../../../edge-agent/analytics/camera-analytics.ts';
import type { FrameInfo } from '../../../edge-agent/source/frame.ts';
import { START_MS } from '../tracker/make-detections.ts';
import { analytics, flowsOf, LINE, passagesOf, playWay, ramp, trackAt, tracked } from './make-tracked.ts';

/** Frames without anybody, 100 ms apart. */
function watch(
  target: CameraAnalytics,
  fromMs: number,
  toMs: number,
  frame: Partial<FrameInfo> = {},
): TrafficEvent[] {
  const events: TrafficEvent[] = [];
  for (let timeMs = fromMs; timeMs <= toMs; timeMs += 100) {
    events.push(...target.update(tracked(timeMs, [], { frame })));
  }
  return events;
}

/** Interval as seconds since the start, with what was observed of it. */
function intervals(events: readonly TrafficEvent[]): string[] {
  return flowsOf(events)
    .filter(({ direction }) => direction === 'towards')
    .map(({ fromMs, observedMs }) => `${(fromMs - START_MS) / 1000}: ${observedMs}`);
}

describe('flow intervals', () => {
  it('report each line and direction with zeros for every road user the model can tell', () => {
    const target = analytics();
    const flows = flowsOf(watch(target, 0, 66_100));
    expect(flows.map((flow) => flowSchema.parse(flow))).toEqual(
      ['away', 'towards'].map((direction) => ({
        type: 'flow',
        camera: 'test',
        fromMs: START_MS,
        toMs: START_MS + 60_000,
        observedMs: 60_000,
        framesAnalysed: 600,
        framesDropped: 0,
        line: 'north',
        direction,
        counts: { car: { n: 0 }, truck: { n: 0 } },
        occupiedMs: 0,
      })),
    );
  });

  it('hold exactly the passages of their time', () => {
    const target = analytics({ intervalMs: 10_000, lines: [{ ...LINE, lanes: [{ lane: 'lane-1' }] }] });
    const events = [
      ...playWay(target, ramp(300, 500, 11)),
      ...watch(target, 1100, 15_000),
      ...target.flush(),
    ];
    const counts = flowsOf(events).map(({ fromMs, direction, lane, counts }) => [
      (fromMs - START_MS) / 1000,
      direction,
      lane,
      counts.car?.n,
    ]);
    expect(counts).toEqual([
      [0, 'away', 'lane-1', 0],
      [0, 'towards', 'lane-1', 1],
      [10, 'away', 'lane-1', 0],
      [10, 'towards', 'lane-1', 0],
    ]);
  });

  it('are aligned to UTC, not to the first frame', () => {
    const target = analytics();
    expect(intervals([...watch(target, 42_000, 70_000), ...target.flush()])).toEqual([
      '0: 18000',
      '60: 10000',
    ]);
  });

  it('count a passage in the interval in which it happened, though it becomes certain in the next', () => {
    const target = analytics();
    watch(target, 0, 59_000);
    // On the line at 59.95 s, beyond the hysteresis half a second later.
    const ys = [380, 388, 396, 397, 398, 399, 400, 401, 402, 404, 406, 408, 410, 420, 430];
    const events = ys.flatMap((y, i) => target.update(tracked(59_350 + i * 100, [trackAt(1, 600, y)])));
    events.push(...watch(target, 61_000, 67_000));
    expect(passagesOf(events)[0]?.atMs).toBe(START_MS + 59_950);
    const first = flowsOf(events).find(({ direction }) => direction === 'towards');
    expect(first?.fromMs).toBe(START_MS);
    expect(first?.counts.car?.n).toBe(1);
  });

  it('count a vehicle that waited on the line for minutes when it drives off', () => {
    const target = analytics();
    const wait = Array.from({ length: 1500 }, (_, i) => 400 + (i % 2 === 0 ? 2 : -2));
    const events = [
      ...playWay(target, [...ramp(300, 398, 11), ...wait, ...ramp(402, 520, 11)]),
      ...target.flush(),
    ];
    const [passage] = passagesOf(events);
    expect(passage?.atMs).toBeGreaterThan(START_MS + 148_000);
    const counted = flowsOf(events).filter(({ counts }) => (counts.car?.n ?? 0) > 0);
    expect(counted.map(({ fromMs }) => fromMs)).toEqual([START_MS + 120_000]);
  });

  it('add up to the passages over a long run', () => {
    const target = analytics({ intervalMs: 5000 });
    const events: TrafficEvent[] = [];
    for (let i = 0; i < 6000; i++) {
      const y = 300 + ((i * 7) % 400);
      const id = 1 + Math.floor((i * 7) / 400);
      events.push(
        ...target.update(tracked(i * 100, [trackAt(id, 600, y)], { ended: y < 307 ? [id - 1] : [] })),
      );
    }
    events.push(...target.flush());
    const sum = flowsOf(events).reduce((total, { counts }) => total + (counts.car?.n ?? 0), 0);
    expect(passagesOf(events).length).toBeGreaterThan(100);
    expect(sum).toBe(passagesOf(events).length);
    expect(target.unreported).toEqual({ frames: 0, passages: 0 });
  });
});

describe('time that was not observed', () => {
  it('is missing from the observed time of its interval', () => {
    const target = analytics();
    const events = [...watch(target, 0, 20_000), ...watch(target, 35_000, 70_000)];
    expect(intervals(events)).toEqual(['0: 45000']);
  });

  it('is missing after a reconnection however short', () => {
    const target = analytics();
    const events = [
      ...watch(target, 0, 20_000),
      ...target.update(tracked(20_900, [], { frame: { discontinuity: true } })),
      ...watch(target, 21_000, 70_000),
    ];
    expect(intervals(events)).toEqual(['0: 59100']);
  });

  it('is no interval of zeros: an outage of ten minutes is missing', () => {
    const target = analytics();
    const events = [...watch(target, 0, 90_000), ...watch(target, 690_000, 790_000, {})];
    expect(intervals(events)).toEqual(['0: 60000', '60: 30000', '660: 30000', '720: 60000']);
  });

  it('closes the running interval by the clock while the camera is silent', () => {
    const target = analytics();
    watch(target, 0, 30_000);
    expect(target.advanceTo(START_MS + 60_000)).toEqual([]);
    expect(intervals(target.advanceTo(START_MS + 70_000))).toEqual(['0: 30000']);
    expect(target.advanceTo(START_MS + 700_000)).toEqual([]);
    // A frame that belongs to it comes too late and changes nothing.
    expect(intervals([...watch(target, 31_000, 40_000), ...target.flush()])).toEqual([]);
    expect(target.unreported.frames).toBe(91);
  });

  it('counts dropped frames', () => {
    const target = analytics();
    const events = [...watch(target, 0, 66_000, { droppedBefore: 2 })];
    expect(flowsOf(events)[0]?.framesDropped).toBe(1200);
  });
});

describe('a clock that is set', () => {
  it('back by ten minutes reports no interval twice', () => {
    const target = analytics();
    const events = [...watch(target, 0, 190_000)];
    for (let timeMs = 190_100; timeMs < 1_000_000; timeMs += 100) {
      const capturedAtMs = START_MS + timeMs - 600_000 + 420_000;
      events.push(...target.update(tracked(timeMs, [], { frame: { capturedAtMs } })));
    }
    events.push(...target.flush());
    const names = flowsOf(events).map(({ fromMs, direction }) => `${fromMs} ${direction}`);
    expect(new Set(names).size).toBe(names.length);
    // 10 s of the fourth minute were reported early; the clock then goes through 10 s to 240 s again.
    expect(intervals(events).slice(0, 5)).toEqual([
      '0: 60000',
      '60: 60000',
      '120: 60000',
      '180: 10000',
      '240: 60000',
    ]);
    expect(target.unreported.frames).toBeGreaterThan(2000);
  });

  it('back by years goes on reporting at once', () => {
    const target = analytics();
    watch(target, 0, 190_000);
    const events: TrafficEvent[] = [];
    const earlierMs = START_MS - 3 * 365 * 86_400_000;
    for (let timeMs = 0; timeMs < 70_000; timeMs += 100) {
      events.push(
        ...target.update(tracked(200_000 + timeMs, [], { frame: { capturedAtMs: earlierMs + timeMs } })),
      );
    }
    expect(flowsOf(events).filter(({ fromMs }) => fromMs === earlierMs)).toHaveLength(2);
  });

  it('forward by an hour does not make the hour observed', () => {
    const target = analytics();
    const events = watch(target, 0, 30_000);
    for (let timeMs = 30_100; timeMs < 130_000; timeMs += 100) {
      events.push(
        ...target.update(tracked(timeMs, [], { frame: { capturedAtMs: START_MS + timeMs + 3_600_000 } })),
      );
    }
    expect(intervals(events)).toEqual(['0: 30000', '3600: 29900', '3660: 60000']);
  });
});
