import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countInterval, flowSchema, type TrafficEvent, zoneSchema } from '../../../contract/index.ts';
import { mergeIntervals } from '../../../edge-agent/publisher/merge-intervals.ts';
import { flow, passage, zone } from './sample-events.ts';

const QUARTER_MS = 900_000;

describe('flows', () => {
  test('of one line and direction in one quarter hour become one, with sums that add up', () => {
    const speed = { n: 1, sumKmh: 40, sumPerKmh: 0.025, histogram: [0, 0, 1] };
    const merged = mergeIntervals(
      [
        flow(0, 2, { counts: { car: { n: 2, speed } }, occupiedMs: 100 }),
        flow(1, 3, { counts: { car: { n: 3, speed: { ...speed, histogram: [1] } }, bus: { n: 1 } } }),
      ],
      QUARTER_MS,
    );
    expect(merged).toEqual([
      flow(0, 0, {
        toMs: flow(1, 0).toMs,
        observedMs: 118_000,
        framesAnalysed: 1180,
        framesDropped: 20,
        occupiedMs: 100,
        counts: {
          car: { n: 5, speed: { n: 2, sumKmh: 80, sumPerKmh: 0.05, histogram: [1, 0, 1] } },
          bus: { n: 1 },
        },
      }),
    ]);
    expect(flowSchema.safeParse(merged[0]).success).toBe(true);
  });

  test('of one accuracy have the bounds of their sum; of two, the sum of their bounds; of an unknown one, none', () => {
    const good = { of: 200, found: 198 };
    const poor = { of: 200, found: 150 };
    const car = (n: number, low: number, high: number, accuracy: typeof good) => ({
      counts: { car: { n, low, high, accuracy } },
    });
    const boundsOf = (...flows: TrafficEvent[]) => {
      const [merged] = mergeIntervals(flows, QUARTER_MS);
      return merged?.type === 'flow' ? merged.counts.car : undefined;
    };
    const a = flow(0, 10, car(10, 10, 11, good));
    expect(boundsOf(a, flow(1, 10, car(10, 10, 11, good)))).toEqual({
      n: 20,
      ...countInterval(20, good),
      accuracy: good,
    });
    expect(boundsOf(a, flow(1, 10, car(10, 11, 19, poor)))).toEqual({ n: 20, low: 21, high: 30 });
    expect(boundsOf(a, flow(1, 10))).toEqual({ n: 20 });
  });

  test.each<[string, TrafficEvent, TrafficEvent]>([
    ['of two lines', flow(0, 1), flow(1, 1, { line: 'south' })],
    ['of two directions', flow(0, 1), flow(1, 1, { direction: 'away' })],
    ['of two lanes', flow(0, 1), flow(1, 1, { lane: 'left' })],
    ['of two cameras', flow(0, 1), flow(1, 1, { camera: 'other' })],
    ['on both sides of a quarter hour', flow(14, 1), flow(15, 1)],
    // A clock that went back: the sum would say that more was observed than there is time.
    ['that happened twice', flow(0, 1), flow(0, 1)],
    ['that are already longer than a quarter hour', flow(0, 1, { toMs: flow(20, 1).toMs }), flow(1, 1)],
  ])('%s stay apart', (_what, a, b) => {
    expect(mergeIntervals([a, b], QUARTER_MS)).toEqual([a, b]);
  });

  test('keep a gap between them as time that was not observed', () => {
    const [merged] = mergeIntervals([flow(0, 1), flow(9, 1)], QUARTER_MS);
    expect(merged).toMatchObject({ toMs: flow(9, 1).toMs, observedMs: 118_000 });
  });

  test('of the two parts of an interval in which the agent was restarted become one', () => {
    const [merged] = mergeIntervals(
      [flow(0, 1, { observedMs: 20_000 }), flow(0, 2, { observedMs: 30_000 })],
      QUARTER_MS,
    );
    expect(merged).toMatchObject({
      fromMs: flow(0, 0).fromMs,
      observedMs: 50_000,
      counts: { car: { n: 3 } },
    });
  });

  test('merge to the same, whatever is merged first', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 30 }), (some, cut) => {
        const events = some.toSorted((a, b) => a - b).map((minute) => flow(minute, minute));
        const atOnce = mergeIntervals(events, 3_600_000);
        const inSteps = mergeIntervals(
          [...mergeIntervals(events.slice(0, cut), QUARTER_MS), ...events.slice(cut)],
          3_600_000,
        );
        expect(inSteps).toEqual(atOnce);
        expect(atOnce).toHaveLength(1);
      }),
    );
  });
});

describe('zones', () => {
  test('have means weighted with the time that was observed, and the longest queue', () => {
    const merged = mergeIntervals(
      [
        zone(0, {
          observedMs: 60_000,
          presentMean: 4,
          presentMax: 9,
          timeOccupancy: 0.5,
          dwell: { n: 1, sumS: 5 },
        }),
        zone(1, {
          observedMs: 20_000,
          presentMean: 8,
          presentMax: 8,
          timeOccupancy: 0.1,
          exits: { bus: 2 },
          queue: { maxVehicles: 3, maxM: 20, truncated: true },
        }),
      ],
      QUARTER_MS,
    );
    expect(merged).toHaveLength(1);
    expect(zoneSchema.parse(merged[0])).toMatchObject({
      observedMs: 80_000,
      presentMean: 5,
      presentMax: 9,
      timeOccupancy: 0.4,
      entries: { car: 2 },
      exits: { car: 1, bus: 2 },
      dwell: { n: 1, sumS: 5 },
      queue: { maxVehicles: 3, maxM: 20, truncated: true },
    });
  });

  test('that were never observed merge without dividing by nothing', () => {
    const unseen = { observedMs: 0, presentMean: 0, timeOccupancy: 0 };
    expect(mergeIntervals([zone(0, unseen), zone(1, unseen)], QUARTER_MS)[0]).toMatchObject(unseen);
  });
});

test('what is no interval passes through in its place', () => {
  const events = [passage(1), flow(0, 1), passage(2), flow(1, 2)];
  expect(mergeIntervals(events, QUARTER_MS).map(({ type }) => type)).toEqual(['passage', 'flow', 'passage']);
});
