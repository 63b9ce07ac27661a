import { describe, expect, it } from 'vitest';
import { CameraTraffic, type Watch } from '../../../central-collector/live/camera-traffic.ts';
import type { Flow } from '../../../contract/index.ts';
import { flow, passage, T0 } from './live-rig.ts';

const MIN = 60_000;
const mark = (seq: number) => ({ epoch: T0, seq });
const watched = (nowMs: number, more: Partial<Watch> = {}): Watch => ({
  ...{ isLive: true, sinceMs: T0 - 60 * MIN, aliveMs: nowMs, heardSinceMs: T0 - 60 * MIN },
  ...more,
});

/** Fifteen minutes before T0, one vehicle more each minute. */
function quarterHour(
  of: (minute: number) => Flow = (minute) => flow(T0 + (minute - 15) * MIN, minute),
): CameraTraffic {
  const traffic = new CameraTraffic();
  for (let minute = 0; minute < 15; minute += 1) traffic.addFlow(mark(minute + 1), of(minute), T0);
  return traffic;
}

describe('the last minutes of a camera', () => {
  it('adds up its intervals', () => {
    const tile = quarterHour().window(T0, 15, watched(T0));
    expect(tile).toMatchObject({ coverage: 1, freshUntil: '2026-03-02T01:00:00.000Z' });
    expect(tile.flows).toEqual([
      {
        ...{ line: 'north', direction: 'away', counts: { motorcycle: 105 }, total: 105, perHour: 420 },
        ...{ meanSpeedKmh: null, levelOfService: null },
      },
    ]);
  });

  it('counts what passed since the last interval, once', () => {
    const traffic = quarterHour();
    const nowMs = T0 + 40_000;
    traffic.addPassage(passage(1, { atMs: T0 - 1 }), nowMs);
    traffic.addPassage(passage(2, { atMs: T0 + 10_000, speedKmh: 40 }), nowMs);
    traffic.addPassage(passage(3, { atMs: T0 + 20_000, roadUser: 'car', speedKmh: 20 }), nowMs);
    const before = traffic.window(nowMs, 15, watched(nowMs));
    expect(before.flows?.[0]).toMatchObject({ counts: { motorcycle: 106, car: 1 }, meanSpeedKmh: 30 });
    expect(before.minutes.at(-1)).toBe(2);
    const laterMs = T0 + 63_000;
    const closed = { motorcycle: { n: 1 }, car: { n: 1 } };
    traffic.addFlow(mark(20), flow(T0, 0, { counts: closed }), laterMs);
    const after = traffic.window(laterMs, 15, watched(laterMs));
    // The first minute, in which nothing passed, has left the window.
    expect(after.flows?.[0]).toMatchObject({ total: 107 });
    expect(after.minutes.slice(-2)).toEqual([2, 0]);
  });

  it.each([
    { what: 'ten seconds', lengthMs: 10_000, n: 90 },
    { what: 'five minutes', lengthMs: 5 * MIN, n: 3 },
    { what: 'a quarter of an hour', lengthMs: 15 * MIN, n: 1 },
  ])('takes intervals of $what', ({ lengthMs, n }) => {
    const traffic = new CameraTraffic();
    for (let at = 0; at < n; at += 1) {
      const fromMs = T0 - 15 * MIN + at * lengthMs;
      const times = { toMs: fromMs + lengthMs, observedMs: lengthMs };
      traffic.addFlow(mark(at + 1), flow(fromMs, 90 / n, times), T0);
    }
    const tile = traffic.window(T0 - 1, 15, watched(T0 - 1));
    expect(tile.flows?.[0]).toMatchObject({ total: 90, perHour: 360 });
    expect(tile.minutes).toHaveLength(15);
    expect(tile.minutes.reduce<number>((sum, minute) => sum + (minute ?? 0), 0)).toBe(90);
    expect(Math.max(...tile.minutes.map(Number)) - Math.min(...tile.minutes.map(Number))).toBeLessThanOrEqual(
      1,
    );
  });

  it('shows what was not observed as missing, never as zero', () => {
    const traffic = quarterHour((minute) =>
      minute < 5 ? flow(T0 + (minute - 15) * MIN, 4) : flow(T0 + (minute - 15) * MIN, 0, { observedMs: 0 }),
    );
    const off = watched(T0, { isLive: false, aliveMs: T0 - 10 * MIN, sinceMs: T0 - 10 * MIN });
    const tile = traffic.window(T0, 15, off);
    expect(tile.coverage).toBeCloseTo(1 / 3, 2);
    expect(tile.minutes.slice(0, 5)).toEqual([4, 4, 4, 4, null]);
    expect(tile.flows?.[0]).toMatchObject({ total: 20, perHour: 240 });
  });

  it('says nothing at all when nothing was observed', () => {
    const tile = new CameraTraffic().window(T0, 15, watched(T0, { isLive: false, aliveMs: undefined }));
    expect(tile).toMatchObject({ flows: null, freshUntil: null, coverage: 0 });
    expect(tile.minutes.every((minute) => minute === null)).toBe(true);
  });

  it('loses coverage with time once its box is gone, and then its numbers', () => {
    const traffic = quarterHour();
    const at = (minute: number) =>
      traffic.window(T0 + minute * MIN, 15, watched(T0, { isLive: false, sinceMs: T0, aliveMs: T0 }));
    expect(at(3).coverage).toBeCloseTo(12 / 15, 3);
    expect(at(9).coverage).toBeCloseTo(6 / 15, 3);
    expect(at(9).flows?.[0]?.total).toBe(9 + 10 + 11 + 12 + 13 + 14);
    expect(at(16)).toMatchObject({ coverage: 0, flows: null });
  });

  it('does not take a camera to watch that has given no sign for long', () => {
    const traffic = quarterHour();
    const nowMs = T0 + 60_000;
    const silent = traffic.coverage(nowMs, nowMs - 15 * MIN, watched(nowMs, { aliveMs: T0 + 5000 }));
    expect(silent).toBeCloseTo((14 * MIN + 5000) / (15 * MIN), 5);
    expect(traffic.coverage(nowMs, nowMs - 15 * MIN, watched(nowMs))).toBe(1);
  });

  it('takes a flow once that comes from the database and from the broker', () => {
    const traffic = new CameraTraffic();
    expect(traffic.addFlow(mark(1), flow(T0 - MIN, 3), T0)).toBe(true);
    expect(traffic.addFlow(mark(1), flow(T0 - MIN, 3), T0)).toBe(false);
    // The other part of the minute, of an agent that was restarted in it.
    expect(traffic.addFlow(mark(2), flow(T0 - MIN, 1, { observedMs: 0 }), T0)).toBe(true);
    expect(traffic.window(T0, 15, watched(T0)).flows?.[0]?.total).toBe(4);
  });

  it('adds the lanes of a direction up, and judges the service by their number and speeds', () => {
    const speed = { n: 15, sumKmh: 750, sumPerKmh: 0.3, histogram: [...new Array(10).fill(0), 15] };
    const lanes = (minute: number) => (lane: string) =>
      flow(T0 + (minute - 15) * MIN, 0, { lane, counts: { car: { n: 15, speed } } });
    const traffic = new CameraTraffic();
    for (let minute = 0; minute < 15; minute += 1) {
      for (const lane of ['l1', 'l2']) traffic.addFlow(mark(minute + 1), lanes(minute)(lane), T0);
    }
    const tile = traffic.window(T0, 15, watched(T0));
    // 30 cars a minute at 50 km/h on two lanes: 18 cars per km and lane, which is D of the HCM.
    expect(tile.flows).toMatchObject([{ total: 450, perHour: 1800, meanSpeedKmh: 50, levelOfService: 'D' }]);
    expect(tile.coverage).toBe(1);
  });

  it('leaves out what came hours late', () => {
    const traffic = new CameraTraffic();
    expect(traffic.addPassage(passage(1, { atMs: T0 - 120 * MIN }), T0)).toBe(false);
    expect(traffic.addFlow(mark(1), flow(T0 - 120 * MIN, 5), T0)).toBe(false);
    expect(traffic.isEmpty).toBe(true);
  });

  it('counts nothing of the time before the centre listened', () => {
    const traffic = new CameraTraffic();
    const nowMs = T0 + 30_000;
    const tile = traffic.window(nowMs, 15, watched(nowMs, { heardSinceMs: T0 }));
    expect(tile.coverage).toBeCloseTo(30_000 / (15 * MIN), 5);
    expect(tile.flows).toEqual([]);
  });
});
