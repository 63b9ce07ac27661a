// A set of sequence numbers that is mostly made of runs.

export class SeqRanges {
  /** Inclusive, ascending, not touching. */
  #ranges: [number, number][] = [];

  add(first: number, last: number): void {
    const newest = this.#ranges.at(-1);
    // Numbers mostly come in order.
    if (newest && first === newest[1] + 1) {
      newest[1] = last;
      return;
    }
    let from = first;
    let to = last;
    const apart: [number, number][] = [];
    for (const range of this.#ranges) {
      if (range[1] + 1 < from || to + 1 < range[0]) {
        apart.push(range);
      } else {
        from = Math.min(from, range[0]);
        to = Math.max(to, range[1]);
      }
    }
    apart.push([from, to]);
    this.#ranges = apart.sort((a, b) => a[0] - b[0]);
  }

  has(seq: number): boolean {
    return this.#ranges.some(([first, last]) => first <= seq && seq <= last);
  }

  /** How many runs there are. */
  get size(): number {
    return this.#ranges.length;
  }

  /** Gives all runs and becomes empty. */
  take(): [number, number][] {
    const ranges = this.#ranges;
    this.#ranges = [];
    return ranges;
  }

  /** Fills the lowest gaps until at most `most` runs are left: for sets that may hold too much, not too little. */
  coarsen(most: number): void {
    while (this.#ranges.length > most) {
      const [[first], [, last]] = this.#ranges.splice(0, 2) as [[number, number], [number, number]];
      this.#ranges.unshift([first, last]);
    }
  }
}
