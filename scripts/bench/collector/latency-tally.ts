// Many times in little room, for percentiles: counted in steps that are never more than 5 % apart.

const STEP = 1.05;
const STEPS = 300;

export class LatencyTally {
  readonly counts: number[] = new Array(STEPS).fill(0);

  /** ms; below 1 counts as 1. */
  add(ms: number): void {
    const step = Math.min(STEPS - 1, Math.ceil(Math.log(Math.max(1, ms)) / Math.log(STEP)));
    this.counts[step] = (this.counts[step] as number) + 1;
  }
}

export function addTallies(a: readonly number[] | undefined, b: readonly number[]): number[] {
  return b.map((count, step) => count + (a?.[step] ?? 0));
}

/** The time in ms, rounded up by 5 % at most, that this share did not exceed. */
export function percentileOf(counts: readonly number[], share: number): number {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * share;
  let sum = 0;
  for (const [step, count] of counts.entries()) {
    sum += count;
    if (sum >= wanted) return STEP ** step;
  }
  return Number.POSITIVE_INFINITY;
}
