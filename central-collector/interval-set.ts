// Which sequence numbers are there, as inclusive ranges: a year of batches without a gap is one range.

export type Range = readonly [first: number, last: number];

/** Ranges one stream may hold: far more gaps than a healthy agent ever has, a few KiB at most. */
export const MAX_RANGES = 1000;

export class IntervalSet {
  readonly #maxRanges: number;
  /** Ascending, disjoint, never adjacent. */
  #ranges: Range[] = [];
  #size = 0;
  /** Numbers that were never added but count as present, because the set was full. */
  forgotten = 0;

  constructor(maxRanges = MAX_RANGES) {
    this.#maxRanges = maxRanges;
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /** How many numbers are in the set. */
  get size(): number {
    return this.#size;
  }

  get last(): number | undefined {
    return this.#ranges.at(-1)?.[1];
  }

  has(value: number): boolean {
    const range = this.#ranges[this.#indexOf(value)];
    return range !== undefined && range[0] <= value;
  }

  /** Adds all whole numbers from `first` to `last`. When too many ranges result, the oldest gap is closed and counted. */
  add(first: number, last = first): void {
    if (!(Number.isSafeInteger(first) && Number.isSafeInteger(last) && first <= last)) {
      throw new RangeError(`expected whole numbers first <= last, got ${first} and ${last}`);
    }
    const from = this.#indexOf(first - 1);
    let to = from;
    let merged: Range = [first, last];
    for (let range = this.#ranges[to]; range && range[0] <= last + 1; range = this.#ranges[to]) {
      merged = [Math.min(merged[0], range[0]), Math.max(merged[1], range[1])];
      this.#size -= range[1] - range[0] + 1;
      to += 1;
    }
    this.#ranges.splice(from, to - from, merged);
    this.#size += merged[1] - merged[0] + 1;
    if (this.#ranges.length > this.#maxRanges) this.#closeOldestGap();
  }

  /** The ranges missing between `first` and the highest number in the set. */
  gaps(first = 1): Range[] {
    const gaps: Range[] = [];
    let next = first;
    for (const [from, to] of this.#ranges) {
      if (from > next) gaps.push([next, from - 1]);
      next = Math.max(next, to + 1);
    }
    return gaps;
  }

  clear(): void {
    this.#ranges = [];
    this.#size = 0;
  }

  #closeOldestGap(): void {
    const [oldest, second] = this.#ranges;
    if (!oldest || !second) return;
    const gap = second[0] - oldest[1] - 1;
    this.#ranges.splice(0, 2, [oldest[0], second[1]]);
    this.#size += gap;
    this.forgotten += gap;
  }

  /** Index of the first range whose end is at or after `value`. */
  #indexOf(value: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as Range)[1] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
