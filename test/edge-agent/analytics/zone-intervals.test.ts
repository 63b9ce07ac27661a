import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Zone, zoneSchema } from '../../../contract/index.ts';
import type { Observation } from '../../../edge-agent/analytics/observation.ts';
import { ZoneIntervals } from '../../../edge-agent/analytics/zone-intervals.ts';
import { presence } from '../../../edge-agent/analytics/zone-sums.ts';
import { mergeIntervals } from '../../../edge-agent/publisher/merge-intervals.ts';
import { observationsOf, play, type Script } from '../../support/observations.ts';

const MINUTE_MS = 60_000;

/** A road user that comes from one side of the picture, waits somewhere, and goes on. */
const script = fc
  .record({
    startS: fc.double({ min: 0, max: 90, noNaN: true }),
    y: fc.integer({ min: 60, max: 700 }),
    waitX: fc.integer({ min: 100, max: 1100 }),
    waitS: fc.double({ min: 0, max: 20, noNaN: true }),
    endX: fc.integer({ min: 100, max: 1200 }),
    goneAfterS: fc.double({ min: 0.5, max: 3, noNaN: true }),
  })
  .map(({ startS, y, waitX, waitS, endX, goneAfterS }): Omit<Script, 'id'> => {
    const arrivesS = startS + waitX / 200;
    return {
      px: [
        [startS, 0, y],
        [arrivesS, waitX, y],
        [arrivesS + waitS, waitX, y],
        [arrivesS + waitS + 3, endX, y],
      ],
      goneAfterS,
    };
  });

const scene = fc.record({
  scripts: fc.array(script, { maxLength: 6 }),
  gapS: fc.integer({ min: 10, max: 100 }),
});

type Scene = { readonly scripts: readonly Omit<Script, 'id'>[]; readonly gapS: number };

function shown({ scripts, gapS }: Scene): Observation[] {
  return observationsOf({
    roadUsers: scripts.map((each, i) => ({ ...each, id: i + 1 })),
    gaps: [[gapS, gapS + 4]],
    durationS: 149.8,
    fps: 5,
  });
}

function zonesOf(observations: readonly Observation[], intervalMs: number): Zone[] {
  const target = new ZoneIntervals({
    camera: 'test',
    zones: [
      {
        zone: 'crossing',
        polygon: [
          [300, 100],
          [900, 150],
          [800, 600],
          [350, 500],
        ],
        queue: {},
      },
    ],
    roadUsers: ['car'],
    picture: { width: 1280, height: 720 },
    intervalMs,
  });
  return play(target, observations).map((event) => zoneSchema.parse(event));
}

describe('intervals of a zone', () => {
  it('merge exactly: minutes made of 5 s are those that were measured', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const observations = shown(given);
        const short = zonesOf(observations, 5000);
        const merged = mergeIntervals(short, MINUTE_MS) as Zone[];
        const whole = zonesOf(observations, MINUTE_MS);
        expect(merged).toHaveLength(whole.length);
        for (const [i, minute] of whole.entries()) {
          const { presentMean, timeOccupancy, spaceOccupancy, dwell, fromMs, toMs, ...exact } = minute;
          const sum = merged[i];
          expect(sum).toMatchObject(exact);
          expect(sum?.fromMs).toBeGreaterThanOrEqual(fromMs);
          expect(sum?.toMs).toBeLessThanOrEqual(toMs);
          expect(sum?.presentMean).toBeCloseTo(presentMean, 5);
          expect(sum?.timeOccupancy).toBeCloseTo(timeOccupancy, 5);
          expect(sum?.spaceOccupancy).toBeCloseTo(spaceOccupancy ?? Number.NaN, 5);
          expect(sum?.dwell?.n).toBe(dwell?.n);
          expect(sum?.dwell?.sumS).toBeCloseTo(dwell?.sumS ?? Number.NaN, 4);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('add up: who is present at the end came in or appeared, and neither left nor was lost', () => {
    fc.assert(
      fc.property(scene, (given) => {
        // Up to the gap: what it cuts off ends nowhere.
        const events = zonesOf(shown(given).slice(0, 5 * given.gapS), 3_600_000);
        const sum = (counts: Zone['entries']) => Object.values(counts).reduce((total, n) => total + n, 0);
        for (const { entries, exits, appeared = 0, lost = 0, presentMax } of events) {
          // Nobody of the scripts is there when watching begins.
          const remaining = sum(entries) + appeared - sum(exits) - lost;
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeLessThanOrEqual(presentMax);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('come once each, when all of them is certain', () => {
    const observations = observationsOf({ roadUsers: [], durationS: 150, fps: 5 });
    const target = new ZoneIntervals({
      camera: 'test',
      zones: [
        {
          zone: 'z',
          polygon: [
            [0, 0],
            [9, 0],
            [0, 9],
          ],
        },
      ],
      roadUsers: [],
      picture: { width: 1280, height: 720 },
    });
    const reportedAtS = observations.flatMap((observation) =>
      target.observe(observation).map(() => observation.cameraTimeMs / 1000),
    );
    expect(reportedAtS).toEqual([66, 126]);
    expect(target.advanceTo((observations.at(-1)?.capturedAtMs ?? 0) + 600_000)).toHaveLength(1);
    expect(target.flush()).toEqual([]);
  });
});

describe('presence', () => {
  it.each([
    ['one who was there all the time', [[0, 10]], [[0, 10]], 10, 1],
    [
      'two of whom one comes as the other goes',
      [
        [0, 5],
        [5, 10],
      ],
      [[0, 10]],
      10,
      1,
    ],
    [
      'two at once for a while',
      [
        [0, 6],
        [4, 10],
      ],
      [[0, 10]],
      12,
      2,
    ],
    [
      'two at once while nobody looked',
      [
        [0, 6],
        [4, 10],
      ],
      [
        [0, 3],
        [7, 10],
      ],
      6,
      1,
    ],
    ['one whose stay is not over', [[4, Number.POSITIVE_INFINITY]], [[0, 10]], 6, 1],
    ['nobody', [], [[0, 10]], 0, 0],
  ] as [string, [number, number][], [number, number][], number, number][])(
    '%s',
    (_, stays, observed, meanMs, max) => {
      expect(presence(stays, observed)).toEqual({ meanMs, max });
    },
  );
});
