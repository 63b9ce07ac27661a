import { describe, expect, it } from 'vitest';
import { CellBounds } from '../../../../central-collector/store/queries/cell-bounds.ts';
import { countInterval } from '../../../../contract/index.ts';

const NAMES = [
  ...['n', 'intervals', 'bounded_intervals', 'n_low', 'n_high', 'accuracy_of', 'accuracy_of_min'],
  ...['accuracy_found', 'accuracy_found_min', 'accuracy_counted', 'accuracy_counted_min'],
];
const COLUMNS = NAMES.map((name) => ({ name, role: 'sum' as const }));
const ACCURACY = { of: 200, found: 190, counted: 195 };

function boundsOf(...rows: readonly Record<string, number>[]) {
  const bounds = new CellBounds();
  for (const row of rows) {
    bounds.series(COLUMNS)(
      0,
      Float64Array.from(NAMES, (name) => row[name] ?? Number.NaN),
    );
  }
  return bounds.at(0);
}

const measured = (n: number, { of, found, counted } = ACCURACY) => ({
  ...{ n, intervals: 60, bounded_intervals: 60, n_low: n - 20, n_high: n + 30 },
  ...{ accuracy_of: of, accuracy_of_min: of, accuracy_found: found, accuracy_found_min: found },
  ...{ accuracy_counted: counted, accuracy_counted_min: counted },
});

describe('the 95 % interval of a sum', () => {
  it('is that of the summed count where one accuracy holds for all of it', () => {
    expect(boundsOf(measured(40), measured(60))).toEqual(countInterval(100, ACCURACY));
  });

  it('adds up the intervals of parts with an accuracy each', () => {
    const other = { of: 100, found: 80, counted: 90 };
    const [a, b] = [countInterval(40, ACCURACY), countInterval(60, other)];
    expect(boundsOf(measured(40), measured(60, other))).toEqual({
      low: a.low + b.low,
      high: a.high + b.high,
    });
  });

  it('adds up the ends where the accuracy changed within the sum', () => {
    expect(boundsOf({ ...measured(40), accuracy_found_min: 120 })).toEqual({ low: 20, high: 70 });
  });

  it('is not known where a part has none', () => {
    expect(boundsOf(measured(40), { n: 3, intervals: 60 })).toBeUndefined();
    expect(boundsOf({ ...measured(40), bounded_intervals: 59 })).toBeUndefined();
  });

  it('of many is in proportion to that of a thousand, and no narrower than its own', () => {
    const { low = 0, high = 0 } = boundsOf(measured(4000)) ?? {};
    const exact = countInterval(4000, ACCURACY);
    expect(low).toBeLessThanOrEqual(exact.low);
    expect(high).toBeGreaterThanOrEqual(exact.high);
    expect((high - low) / (exact.high - exact.low)).toBeLessThan(1.2);
  });
});
