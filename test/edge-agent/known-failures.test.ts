// How counting systems are known to fail, from detections to events: each must not happen here.

import { describe, expect, it } from 'vitest';
import type { Passage } from '../../contract/index.ts';
import type { CountingLine } from '../../edge-agent/analytics/counting-line.ts';
import { Tracker } from '../../edge-agent/tracker/tracker.ts';
import { roadView } from '../support/observations.ts';
import { type Detectable, detectTraffic, eventsOf } from '../support/traffic.ts';

const LINE: CountingLine = {
  line: 'stop',
  from: [300, 400],
  to: [900, 400],
  directions: { toLeft: 'away', toRight: 'towards' },
};

/** Detections of ten kinds of bad luck. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

function count(
  traffic: readonly Detectable[],
  options: { durationS: number; fps?: number; seed?: number; jitter?: number; misses?: number },
): Passage[] {
  const { durationS, fps = 10, ...noise } = options;
  const events = eventsOf(detectTraffic(traffic, { fps, durationS }, noise), { lines: [LINE] });
  return events.filter((event) => event.type === 'passage');
}

const waysOf = (passages: readonly Passage[]) => passages.map(({ direction }) => direction);

/** Drives down the picture from y = 200, with its wheels on y = `stopAt` from second `fromS` to `untilS`. */
function stopping(x: number, stopAt: number, fromS: number, untilS: number): Detectable {
  const centre = stopAt - 30;
  const at = (t: number): readonly [number, number] | undefined => {
    if (t < fromS) return [x, centre - (fromS - t) * 80];
    if (t < untilS) return [x, centre];
    const y = centre + (t - untilS) * 80;
    return y > 700 ? undefined : [x, y];
  };
  return { width: 80, height: 60, at };
}

describe('failures that counting systems are known for', () => {
  it.each(SEEDS)('a car that waits on the stop line for a minute counts once, not 15 times (%i)', (seed) => {
    const passages = count([stopping(600, 400, 3, 63)], { durationS: 70, seed, jitter: 0.04, misses: 0.1 });
    expect(waysOf(passages)).toEqual(['towards']);
  });

  it.each(SEEDS)('jitter on the line is never counted in the wrong direction (%i)', (seed) => {
    const cars = [-12, -4, 0, 4, 12].map((off, i) => stopping(330 + i * 130, 400 + off, 3 + i, 33 + i));
    const passages = count(cars, { durationS: 45, seed, jitter: 0.05, misses: 0.15 });
    expect(waysOf(passages)).toEqual(['towards', 'towards', 'towards', 'towards', 'towards']);
  });

  it.each(SEEDS)('nine cars in a row that are hardly believed yet are nine, not 97 (%i)', (seed) => {
    // Every other detection is missing, so that tracks are for ever young.
    const cars = Array.from({ length: 9 }, (_, i): Detectable => {
      const at = (t: number): readonly [number, number] | undefined => {
        const y = 150 + (t - i * 1.2) * 90;
        return y < 150 || y > 700 ? undefined : [400 + (i % 3) * 150, y];
      };
      return { width: 80, height: 60, at };
    });
    const passages = count(cars, { durationS: 22, seed, misses: 0.4 });
    expect(waysOf(passages)).toEqual(Array.from({ length: 9 }, () => 'towards'));
  });

  it('no two tracks share an id, believed or not, and none is used again', { timeout: 60_000 }, () => {
    const tracker = new Tracker();
    const ended = new Set<number>();
    const flashing: Detectable[] = Array.from({ length: 40 }, (_, i) => ({
      width: 50,
      height: 40,
      at: (t) => ((t * 3 + i) % 5 < 1 ? [30 * i, (37 * i) % 700] : undefined),
    }));
    for (const detections of detectTraffic(flashing, { fps: 10, durationS: 120 }, { falseBoxes: 3 })) {
      const tracked = tracker.update(detections);
      const ids = tracked.tracks.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => ended.has(id))).toEqual([]);
      for (const id of tracked.ended) ended.add(id);
    }
    expect(ended.size).toBeGreaterThan(200);
  });

  it.each(SEEDS)('nothing is counted on the invisible extension of a line (%i)', (seed) => {
    const beside = [100, 200, 990, 1100, 1200].map((x) => stopping(x, 400, 3, 3));
    expect(count(beside, { durationS: 10, seed })).toEqual([]);
  });

  it('no car is ever said to go 1536 km/h, however the detector jumps', { timeout: 60_000 }, () => {
    const { calibration } = roadView();
    // One car that flickers between two places a road's width apart, and one that drives.
    const jumping: Detectable = {
      width: 90,
      height: 70,
      at: (t) => [Math.floor(t * 5) % 2 === 0 ? 420 : 780, 250 + t * 25],
    };
    for (const seed of SEEDS) {
      const traffic = [jumping, stopping(600, 400, 3, 3)];
      const events = eventsOf(detectTraffic(traffic, { fps: 10, durationS: 12 }, { seed, jitter: 0.1 }), {
        lines: [LINE],
        calibration,
      });
      const speeds = events.flatMap((event) => (event.type === 'passage' ? (event.speedKmh ?? []) : []));
      expect(Math.max(0, ...speeds)).toBeLessThan(120);
    }
  });

  it('parked cars keep their identity for two hours while lorries hide them, and are counted never', {
    timeout: 60_000,
  }, () => {
    const parked = [320, 460, 600, 740, 880].map((x, i): Detectable => {
      // A lorry stands before each of them for 15 s every three minutes.
      const at = (t: number) => ((t + i * 7) % 180 < 15 ? undefined : ([x, 372] as const));
      return { width: 80, height: 60, at };
    });
    const tracker = new Tracker();
    const ids = new Set<number>();
    const detections = detectTraffic(parked, { fps: 5, durationS: 7200 }, { misses: 0.1 });
    for (const each of detections) {
      for (const { id, confirmed } of tracker.update(each).tracks) if (confirmed) ids.add(id);
    }
    expect([...ids]).toHaveLength(5);
    expect(count(parked, { durationS: 1800, fps: 5, misses: 0.1 })).toEqual([]);
  });

  it('a U-turn back over the line is two passages, one each way', () => {
    const turning: Detectable = {
      width: 80,
      height: 60,
      at: (t) =>
        t < 5 ? [500, 200 + t * 60] : t < 6 ? [500 + (t - 5) * 150, 500] : [650, 500 - (t - 6) * 60],
    };
    for (const seed of SEEDS) {
      expect(waysOf(count([turning], { durationS: 10, seed }))).toEqual(['towards', 'away']);
    }
  });
});
