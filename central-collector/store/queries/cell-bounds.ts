// The 95 % interval of sums of counts, as docs/influxdb.md has it: of all that was counted with one accuracy it is
// computed for the sum; of several accuracies the ends are added up, which is right and too wide; with anything that
// has no bounds there are none.

import { type Accuracy, type CountInterval, countInterval } from '../../../contract/index.ts';
import type { Column } from './kinds.ts';

type Cell = { bounded: boolean; low: number; high: number; readonly counts: Map<string, number> };

/**
 * From here on the ends are those of so many, in proportion: what is not known of the accuracy grows with the count, and
 * chance less than it, so that this is a little too wide. countInterval takes time with the square of the count.
 */
const EXACT_UP_TO = 1000;
/** Computed once for each count and accuracy. */
const MAX_KNOWN = 50_000;
const known = new Map<string, CountInterval>();

export class CellBounds {
  readonly #cells = new Map<number, Cell>();

  static reads(columns: readonly Column[]): boolean {
    return columns.some(({ name }) => name === 'bounded_intervals');
  }

  /** What takes the values of a series. */
  series(columns: readonly Column[]): (interval: number, values: Float64Array) => void {
    const at = (wanted: string) => columns.findIndex(({ name }) => name === wanted);
    const [n, intervals, bounded, low, high] = [
      at('n'),
      at('intervals'),
      at('bounded_intervals'),
      at('n_low'),
      at('n_high'),
    ];
    const parts = ['of', 'found', 'counted'].map((part) => [
      at(`accuracy_${part}`),
      at(`accuracy_${part}_min`),
    ]);
    return (interval, values) => {
      const value = (position: number | undefined) => values[position ?? -1] ?? Number.NaN;
      if (!(value(intervals) > 0)) return;
      const cell = this.#cellOf(interval);
      if (value(bounded) !== value(intervals)) cell.bounded = false;
      if (!cell.bounded) return;
      const accuracy = parts.map(([most, least]) => {
        const same = value(most) === value(least) || Number.isNaN(value(most));
        return same ? value(most) : undefined;
      });
      const [of, found, counted] = accuracy;
      if (of === undefined || found === undefined || counted === undefined || !(of > 0)) {
        cell.low += value(low) || 0;
        cell.high += value(high) || 0;
        return;
      }
      const key = [of, found, counted].join(' ');
      cell.counts.set(key, (cell.counts.get(key) ?? 0) + (value(n) || 0));
    };
  }

  at(interval: number): CountInterval | undefined {
    const cell = this.#cells.get(interval);
    if (cell === undefined || !cell.bounded) return undefined;
    let { low, high } = cell;
    for (const [key, n] of cell.counts) {
      const part = intervalOf(n, key);
      low += part.low;
      high += part.high;
    }
    return { low, high };
  }

  #cellOf(interval: number): Cell {
    let cell = this.#cells.get(interval);
    if (cell === undefined) {
      cell = { bounded: true, low: 0, high: 0, counts: new Map() };
      this.#cells.set(interval, cell);
    }
    return cell;
  }
}

function intervalOf(n: number, accuracyKey: string): CountInterval {
  const exact = Math.min(n, EXACT_UP_TO);
  const key = `${exact} ${accuracyKey}`;
  let interval = known.get(key);
  if (interval === undefined) {
    const [of = 0, found = 0, counted = Number.NaN] = accuracyKey.split(' ').map(Number);
    const accuracy: Accuracy = { of, found, ...(!Number.isNaN(counted) && { counted }) };
    interval = countInterval(exact, accuracy);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, interval);
  }
  if (n === exact) return interval;
  const times = n / exact;
  return { low: Math.floor(interval.low * times), high: Math.ceil(interval.high * times) };
}
