import { describe, expect, it } from 'vitest';
import {
  type DayChunk,
  decodeChunk,
  emptyChunk,
  encodeChunk,
  withoutSlots,
  withSlots,
} from '../../../../central-collector/store/queries/day-chunk.ts';

const rows = (sums: Record<string, Record<string, Record<number, number>>>) =>
  new Map(
    Object.entries(sums).map(([series, columns]) => [
      series,
      new Map(
        Object.entries(columns).map(([column, cells]) => [
          column,
          new Map(Object.entries(cells).map(([slot, value]) => [Number(slot), value])),
        ]),
      ),
    ]),
  );

function valueAt({ series, columns, slots, values }: DayChunk, one: string, column: string, slot: number) {
  return values[(series.indexOf(one) * columns.length + columns.indexOf(column)) * slots + slot];
}

describe('the days of a month', () => {
  const first = withSlots(emptyChunk(30), [0, 1, 2], rows({ a: { n: { 0: 5, 2: 7 } } }));

  it('know which of them were summed up, also when there was nothing in them', () => {
    expect([...first.filled.slice(0, 4)]).toEqual([1, 1, 1, 0]);
    expect([0, 1, 2].map((slot) => valueAt(first, 'a', 'n', slot))).toEqual([5, Number.NaN, 7]);
  });

  it('take in new days with new series and columns, and keep the others', () => {
    const more = withSlots(first, [2, 3], rows({ b: { n: { 3: 1 }, m: { 3: 2 } } }));
    expect([0, 2].map((slot) => valueAt(more, 'a', 'n', slot))).toEqual([5, Number.NaN]);
    expect([valueAt(more, 'b', 'n', 3), valueAt(more, 'b', 'm', 3), valueAt(more, 'a', 'm', 0)]).toEqual([
      1,
      2,
      Number.NaN,
    ]);
    expect([...more.filled.slice(0, 5)]).toEqual([1, 1, 1, 1, 0]);
  });

  it('forget a day without touching the others', () => {
    expect([...withoutSlots(first, [1]).filled.slice(0, 3)]).toEqual([1, 0, 1]);
  });

  it('come back from bytes as they were, wherever those lie in memory', () => {
    const bytes = encodeChunk(first);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeChunk(shifted.subarray(3))).toEqual(first);
    expect(() => decodeChunk(bytes.subarray(0, -8))).toThrow();
  });
});
