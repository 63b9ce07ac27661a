import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Flow, flowSchema, type Passage, type TrafficEvent } from '../../../contract/index.ts';
import type { CountingLine } from '../../../edge-agent/analytics/counting-line.ts';
import { FlowIntervals, type FlowIntervalsOptions } from '../../../edge-agent/analytics/flow-intervals.ts';
import { mergeIntervals } from '../../../edge-agent/publisher/merge-intervals.ts';
import { frameAt, START_MS } from '../tracker/make-detections.ts';

const LINE: CountingLine = {
  line: 'north',
  from: [0, 400],
  to: [1280, 400],
  directions: { toLeft: 'away', toRight: 'towards' },
};

function intervals(changes: Partial<FlowIntervalsOptions> = {}): FlowIntervals {
  return new FlowIntervals({
    camera: 'test',
    lines: [LINE],
    intervalMs: 60_000,
    graceMs: 0,
    maxFrameGapMs: 1000,
    roadUsers: ['car'],
    ...changes,
  });
}

function passage(atS: number, changes: Partial<Passage> = {}): Passage {
  return {
    type: 'passage',
    camera: 'test',
    line: 'north',
    direction: 'away',
    roadUser: 'car',
    roadUserShare: 1,
    confidence: 0.9,
    atMs: START_MS + Math.round(atS * 1000),
    track: 1,
    ...changes,
  };
}

const occupation = (
  fromS: number,
  toS: number,
  changes: { direction?: string | undefined; lane?: string } = {},
) => ({
  line: 'north',
  direction: 'away',
  lane: undefined,
  fromMs: START_MS + fromS * 1000,
  toMs: START_MS + toS * 1000,
  ...changes,
});

/** Frames from the start, half a second apart. */
function watch(target: FlowIntervals, seconds: number): Flow[] {
  return Array.from({ length: 2 * seconds + 1 }, (_, i) => target.observe(frameAt(i * 500))).flat();
}

/** The flow of one direction, checked. */
function away(flows: readonly Flow[], lane?: string): Flow {
  for (const flow of flows) flowSchema.parse(flow);
  const found = flows.filter((flow) => flow.direction === 'away' && flow.lane === lane);
  expect(found).toHaveLength(1);
  return found[0] as Flow;
}

describe('the speeds of a flow', () => {
  it('are sums of those that were measured, by class', () => {
    const target = intervals();
    watch(target, 60);
    for (const speedKmh of [36, 72, undefined]) {
      target.count(passage(10, speedKmh === undefined ? {} : { speedKmh }));
    }
    target.count(passage(20, { roadUser: 'bus', speedKmh: 20 }));
    expect(away(target.flush()).counts).toEqual({
      car: {
        n: 3,
        speed: {
          n: 2,
          sumKmh: 108,
          sumPerKmh: 0.041666667,
          histogram: [...Array(7).fill(0), 1, ...Array(6).fill(0), 1],
        },
      },
      bus: { n: 1, speed: { n: 1, sumKmh: 20, sumPerKmh: 0.05, histogram: [0, 0, 0, 0, 1] } },
    });
  });

  it('leave out what hardly moves: its 1/v would outweigh everybody', () => {
    const target = intervals();
    watch(target, 60);
    target.count(passage(10, { speedKmh: 0 }));
    expect(away(target.flush()).counts.car).toEqual({ n: 1 });
  });

  it('put the fastest into the last bin', () => {
    const target = intervals();
    watch(target, 60);
    target.count(passage(10, { speedKmh: 400 }));
    expect(away(target.flush()).counts.car?.speed?.histogram).toHaveLength(80);
  });
});

describe('headways and gaps of a flow', () => {
  it('are sums over the passages that have one', () => {
    const target = intervals();
    watch(target, 60);
    target.count(passage(10));
    target.count(passage(12, { headwayS: 2, gapS: 1.5 }));
    target.count(passage(15, { headwayS: 3 }));
    expect(away(target.flush())).toMatchObject({
      headway: { n: 2, sumS: 5, sumSqS2: 13 },
      gap: { n: 1, sumS: 1.5, sumSqS2: 2.25 },
    });
  });

  it('are left out where nobody followed anybody', () => {
    const target = intervals();
    watch(target, 60);
    target.count(passage(10));
    expect(away(target.flush())).not.toHaveProperty('headway');
  });
});

describe('the time for which a line was occupied', () => {
  it('counts vehicles side by side once', () => {
    const target = intervals();
    watch(target, 60);
    target.occupy([occupation(10.2, 10.5), occupation(10, 10.4)]);
    target.occupy([occupation(10.5, 11), occupation(10.5, 10.6)]);
    expect(away(target.flush()).occupiedMs).toBe(1000);
  });

  it('is shared between the intervals that it lies in', () => {
    const target = intervals();
    const flows = watch(target, 120);
    target.occupy([occupation(59.8, 60.3)]);
    flows.push(...target.flush());
    expect(flows.filter(({ direction }) => direction === 'away').map(({ occupiedMs }) => occupiedMs)).toEqual(
      [200, 300],
    );
  });

  it('belongs to both directions when it is not known which way somebody goes', () => {
    const target = intervals();
    watch(target, 60);
    target.occupy([occupation(10, 11, { direction: undefined })]);
    expect(target.flush().map(({ occupiedMs }) => occupiedMs)).toEqual([1000, 1000]);
  });

  it('is absent when nobody watches it, and zero when nobody was there', () => {
    const silent = intervals();
    watch(silent, 60);
    expect(away(silent.flush())).not.toHaveProperty('occupiedMs');
    const target = intervals();
    watch(target, 60);
    target.occupy([]);
    expect(away(target.flush()).occupiedMs).toBe(0);
  });

  it('goes on after the clock was set back', () => {
    const target = intervals();
    watch(target, 60);
    target.occupy([occupation(50, 51)]);
    target.observe(frameAt(60_500, { capturedAtMs: START_MS - 600_000 }));
    target.occupy([occupation(-599, -598)]);
    expect(away(target.flush())).toMatchObject({ fromMs: START_MS - 600_000, occupiedMs: 0 });
  });
});

describe('lanes', () => {
  const lanes = [
    { lane: 'inner', direction: 'away' },
    { lane: 'middle' },
    { lane: 'outer', direction: 'towards' },
  ];
  const places = (flows: readonly Flow[]) => flows.map(({ direction, lane }) => `${direction} ${lane}`);

  it('have a flow for each direction in which they are driven', () => {
    const target = intervals({ lines: [{ ...LINE, lanes }] });
    watch(target, 60);
    target.count(passage(10, { lane: 'inner' }));
    const flows = target.flush();
    expect(places(flows)).toEqual(['away inner', 'away middle', 'towards middle', 'towards outer']);
    expect(away(flows, 'inner').counts.car?.n).toBe(1);
  });

  it('have one for the wrong direction only when somebody drove it', () => {
    const target = intervals({ lines: [{ ...LINE, lanes }] });
    watch(target, 60);
    target.count(passage(10, { lane: 'outer' }));
    const flows = target.flush();
    expect(places(flows)).toContain('away outer');
    expect(away(flows, 'outer').counts.car?.n).toBe(1);
  });
});

describe('bounds', () => {
  const measured = { found: 190, of: 200, counted: 195 };

  it('are given to every count of a road user whose accuracy was measured', () => {
    const target = intervals({ accuracy: [{ roadUser: 'car', ...measured }] });
    watch(target, 60);
    target.count(passage(10));
    target.count(passage(11, { roadUser: 'bus' }));
    expect(away(target.flush()).counts).toEqual({
      car: { n: 1, low: 0, high: 2, accuracy: measured },
      bus: { n: 1 },
    });
  });

  it('of those that are not named are those of all', () => {
    const target = intervals({ accuracy: [measured, { roadUser: 'car', found: 10, of: 10 }] });
    watch(target, 60);
    target.count(passage(11, { roadUser: 'bus' }));
    const { counts } = away(target.flush());
    expect(counts.bus?.accuracy).toEqual(measured);
    expect(counts.car?.accuracy).toEqual({ found: 10, of: 10 });
  });
});

describe('merging', () => {
  /** One hour of a road: minutes that were observed, and what happened in them. */
  const hour = fc.record({
    observed: fc.uniqueArray(fc.nat({ max: 59 }), { minLength: 1, maxLength: 60 }),
    vehicles: fc.array(
      fc.record({
        minute: fc.nat({ max: 59 }),
        second: fc.integer({ min: 1, max: 58 }),
        roadUser: fc.constantFrom('car' as const, 'bus' as const),
        lane: fc.constantFrom('inner', 'outer'),
        speedKmh: fc.option(
          fc.integer({ min: 10, max: 1200 }).map((tenths) => tenths / 10),
          { nil: undefined },
        ),
        headwayS: fc.option(
          fc.integer({ min: 0, max: 60_000 }).map((ms) => ms / 1000),
          { nil: undefined },
        ),
      }),
      { maxLength: 80 },
    ),
  });

  it.each([5, 15, 60])('minutes gives the same as counting in intervals of %i minutes', (minutes) => {
    fc.assert(
      fc.property(hour, ({ observed, vehicles }) => {
        const lines = [{ ...LINE, lanes: [{ lane: 'inner', direction: 'away' }, { lane: 'outer' }] }];
        const accuracy = [{ found: 95, of: 100 }];
        const run = (intervalMs: number) => {
          const target = intervals({ intervalMs, lines, accuracy });
          for (const minute of observed.toSorted((a, b) => a - b)) {
            for (let second = 0; second < 60; second += 0.5)
              target.observe(frameAt(minute * 60_000 + second * 1000));
            for (const { second, speedKmh, headwayS, ...rest } of vehicles.filter(
              (each) => each.minute === minute,
            )) {
              const at = minute * 60 + second;
              target.count(
                passage(at, {
                  roadUser: rest.roadUser,
                  lane: rest.lane,
                  ...(speedKmh === undefined ? {} : { speedKmh }),
                  ...(headwayS === undefined ? {} : { headwayS, gapS: Math.floor(headwayS * 500) / 1000 }),
                }),
              );
              target.occupy([occupation(at, at + 0.75, { lane: rest.lane })]);
            }
          }
          return target.flush();
        };
        const merged = mergeIntervals(run(60_000), minutes * 60_000);
        expectSameFlows(merged, run(minutes * 60_000));
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same whatever is merged first', () => {
    const minute = fc.record({
      n: fc.nat({ max: 40 }),
      speeds: fc.array(fc.integer({ min: 10, max: 1200 }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(minute, { minLength: 2, maxLength: 15 }), fc.nat(14), (all, cut) => {
        const events = all.map(({ n, speeds }, index) => {
          const target = intervals({ accuracy: [{ found: 95, of: 100, counted: 98 }] });
          const startS = index * 60;
          for (let s = 0; s < 60; s += 0.5) target.observe(frameAt((startS + s) * 1000));
          for (let i = 0; i < n; i++) target.count(passage(startS + 1));
          for (const tenths of speeds) target.count(passage(startS + 2, { speedKmh: tenths / 10 }));
          target.occupy([occupation(startS, startS + speeds.length / 10)]);
          return away(target.flush());
        });
        const quarter = 900_000;
        const parts = [events.slice(0, cut), events.slice(cut)].flatMap((part) =>
          mergeIntervals(part, quarter),
        );
        expectSameFlows(mergeIntervals(parts, quarter), mergeIntervals(events, quarter) as Flow[]);
      }),
      { numRuns: 30 },
    );
  });
});

/** Equal, but for the ends of an interval whose first or last minutes were not observed, and for rounding. */
function expectSameFlows(merged: readonly TrafficEvent[], atOnce: readonly Flow[]): void {
  const [a, b] = [merged.map((event) => flowSchema.parse(event)), atOnce].map((flows) => {
    const order = flows.toSorted((x, y) => keyOf(x).localeCompare(keyOf(y)));
    return takeInverses(order.map(({ fromMs: _, toMs: __, ...flow }) => flow));
  });
  expect(a?.rest).toEqual(b?.rest);
  for (const [index, inverse] of (a?.inverses ?? []).entries()) {
    expect(inverse).toBeCloseTo(b?.inverses[index] ?? Number.NaN, 7);
  }
}

const keyOf = ({ fromMs, direction, lane }: Flow) =>
  `${String(Math.floor(fromMs / 300_000)).padStart(9, '0')} ${direction} ${lane}`;

/** Σ1/v apart, for it is rounded within each minute; the other sums are of thousandths, but for floating point. */
function takeInverses(flows: unknown): { readonly rest: unknown; readonly inverses: readonly number[] } {
  const inverses: number[] = [];
  const rest = JSON.parse(JSON.stringify(flows), (key, value) => {
    if (key === 'sumPerKmh') inverses.push(value);
    const isSum = typeof value === 'number' && /^sum/.test(key);
    return key === 'sumPerKmh' ? undefined : isSum ? Number(value.toFixed(6)) : value;
  });
  return { rest, inverses };
}
