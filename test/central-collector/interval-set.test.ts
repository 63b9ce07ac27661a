import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntervalSet } from '../../central-collector/interval-set.ts';

describe('the set of sequence numbers', () => {
  it('behaves like a plain set, whatever is added in whatever order', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 40 }), (added) => {
        const intervals = new IntervalSet();
        const model = new Set<number>();
        for (const [first, length] of added) {
          intervals.add(first, first + length);
          for (let n = first; n <= first + length; n += 1) model.add(n);
        }
        expect(intervals.size).toBe(model.size);
        expect(intervals.last).toBe(model.size === 0 ? undefined : Math.max(...model));
        for (let n = 0; n <= 80; n += 1) expect(intervals.has(n)).toBe(model.has(n));
        const missing = intervals
          .gaps()
          .flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, at) => a + at));
        const expected = Array.from({ length: intervals.last ?? 0 }, (_, at) => at + 1).filter(
          (n) => !model.has(n),
        );
        expect(missing).toEqual(expected);
        // Ascending, disjoint and never adjacent: one run of numbers is one range.
        intervals.ranges.forEach(([a, b], at) => {
          expect(a).toBeLessThanOrEqual(b);
          expect(a).toBeGreaterThan((intervals.ranges[at - 1]?.[1] ?? -1) + 1);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('stays bounded: the oldest gap is closed, counted, and never reported as present before it must be', () => {
    const intervals = new IntervalSet(3);
    for (const n of [1, 3, 5, 7]) intervals.add(n);
    expect(intervals.ranges).toEqual([
      [1, 3],
      [5, 5],
      [7, 7],
    ]);
    expect(intervals.forgotten).toBe(1);
    expect(intervals.size).toBe(5);
  });

  it.each([
    [0.5, 1],
    [2, 1],
    [Number.NaN, 1],
  ])('refuses %d to %d', (first, last) => {
    expect(() => new IntervalSet().add(first, last)).toThrow(RangeError);
  });
});
