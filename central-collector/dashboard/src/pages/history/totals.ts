// The few numbers above a plot: how many in all, how much of the time was seen, and when it was busiest.

import type { Measured, Numbers, Series } from './answers.ts';

export type Total = {
  /** Vehicles counted; null: nothing was observed. */
  readonly n: number | null;
  /** Sums of the bounds of all intervals: right, and wider than need be. Null where one of them is not known. */
  readonly low: number | null;
  readonly high: number | null;
  /** Share of the time up to now that was observed. */
  readonly coverage: number;
};

export type Peak = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly n: number;
  /** Peak hour factor: its count over four times that of its busiest quarter hour (HCM); null with coarser intervals. */
  readonly factor: number | null;
};

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;
/** A peak hour with a hole in it may not be the peak. */
const LEAST_COVERAGE = 0.9;

/** Of all series together. */
export function totalOf({ times, toMs, series }: Measured, nowMs: number): Total {
  let n: number | null = null;
  let low: number | null = 0;
  let high: number | null = 0;
  for (const one of series) {
    times.forEach((_, i) => {
      const count = one.n?.[i] ?? null;
      if (count === null) return;
      n = (n ?? 0) + count;
      low = plus(low, one.nLow?.[i] ?? null);
      high = plus(high, one.nHigh?.[i] ?? null);
    });
  }
  return {
    n,
    low: n === null ? null : low,
    high: n === null ? null : high,
    coverage: meanCoverage(times, toMs, series, nowMs),
  };
}

/** Share of the time up to now that was observed, the mean of all series. */
export function meanCoverage(
  times: readonly number[],
  toMs: number,
  series: readonly Series[],
  nowMs: number,
): number {
  let seen = 0;
  let all = 0;
  for (const { coverage } of series) {
    times.forEach((at, i) => {
      const length = Math.max(0, Math.min(times[i + 1] ?? toMs, nowMs) - at);
      seen += length * (coverage[i] ?? 0);
      all += length;
    });
  }
  return all === 0 ? 0 : seen / all;
}

/** Coverage by interval, the mean of all series; null for what lies in the future. */
export function coverageOf({ times, series }: Measured, nowMs: number): Numbers {
  return times.map((at, i) =>
    at >= nowMs || series.length === 0
      ? null
      : series.reduce((sum, { coverage }) => sum + (coverage[i] ?? 0), 0) / series.length,
  );
}

/** The busiest hour of all series together; null when intervals are longer, or no hour was seen well enough. */
export function peakHourOf(measured: Measured): Peak | null {
  const { times, toMs, series } = measured;
  const counts = sumOf(measured);
  const ends = times.map((_, i) => times[i + 1] ?? toMs);
  const seen = times.map((_, i) => series.every(({ coverage }) => (coverage[i] ?? 0) >= LEAST_COVERAGE));
  let best: Peak | null = null;
  for (let first = 0; first < times.length; first++) {
    const fromMs = times[first] ?? 0;
    let n = 0;
    let last = first;
    while (last < times.length && (ends[last] ?? 0) <= fromMs + HOUR_MS && seen[last]) {
      n += counts[last] ?? 0;
      last++;
    }
    if (last === first || ends[last - 1] !== fromMs + HOUR_MS) continue;
    if (best !== null && n <= best.n) continue;
    best = { fromMs, toMs: fromMs + HOUR_MS, n, factor: factorOf(times, ends, counts, first, last, n) };
  }
  return best !== null && best.n > 0 ? best : null;
}

/** Highest value of one series. */
export function highestOf(values: Numbers): { readonly value: number; readonly place: number } | null {
  let best: { value: number; place: number } | null = null;
  values.forEach((value, place) => {
    if (value !== null && (best === null || value > best.value)) best = { value, place };
  });
  return best;
}

/** Mean of the intervals that are known, weighted by vehicles where their number is known. */
export function meanOf({ values, n }: Series): number | null {
  let sum = 0;
  let weights = 0;
  values.forEach((value, i) => {
    const weight = n === undefined ? 1 : (n[i] ?? 0);
    if (value === null || weight === 0) return;
    sum += value * weight;
    weights += weight;
  });
  return weights === 0 ? null : sum / weights;
}

function sumOf({ times, series }: Measured): number[] {
  return times.map((_, i) => series.reduce((sum, { n }) => sum + (n?.[i] ?? 0), 0));
}

function factorOf(
  times: readonly number[],
  ends: readonly number[],
  counts: readonly number[],
  first: number,
  last: number,
  n: number,
): number | null {
  const quarters = [0, 0, 0, 0];
  for (let i = first; i < last; i++) {
    if ((ends[i] ?? 0) - (times[i] ?? 0) > QUARTER_MS) return null;
    const quarter = Math.floor(((times[i] ?? 0) - (times[first] ?? 0)) / QUARTER_MS);
    quarters[quarter] = (quarters[quarter] ?? 0) + (counts[i] ?? 0);
  }
  const most = Math.max(...quarters);
  return most === 0 ? null : n / (4 * most);
}

function plus(sum: number | null, more: number | null): number | null {
  return sum === null || more === null ? null : sum + more;
}
