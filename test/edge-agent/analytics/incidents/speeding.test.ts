import { describe, expect, it } from 'vitest';
import { drives, kinds, told } from './road.ts';

const LIMIT = { speedLimitKmh: 50 };
const hops = [
  [0, 1.75, 20],
  [1, 1.75, 30],
  [1.05, 1.75, 40],
  [2, 1.75, 50],
] as const;

describe('a vehicle that is faster than the limit', () => {
  it('is told with its speed, and is nothing within the tolerance', () => {
    const [first] = told({ roadUsers: [{ id: 1, ground: drives(80) }] }, LIMIT);
    expect(first).toMatchObject({ kind: 'speeding', measures: { limitKmh: 50 } });
    expect(first?.measures.speedKmh).toBeCloseTo(80, -1);
    expect(kinds(told({ roadUsers: [{ id: 1, ground: drives(57) }] }, LIMIT))).toEqual([]);
  });

  it('is nothing when it was hidden on the way: it may be another one afterwards', () => {
    const seenAgain = (untilS: number) => [
      { id: 1, ground: drives(80, { fromY: 16, toY: 42 }), hidden: [[0.6, untilS]] as const },
    ];
    expect(kinds(told({ roadUsers: seenAgain(0.75) }, LIMIT))).toEqual(['speeding']);
    expect(kinds(told({ roadUsers: seenAgain(1) }, LIMIT))).toEqual([]);
    expect(
      kinds(told({ roadUsers: [{ id: 1, ground: hops, hidden: [[0.8, 1.3]] as const }] }, LIMIT)),
    ).toEqual([]);
  });
});
