// What traffic engineers read out of the sums of intervals. Computed where it is shown, never stored: sums merge
// exactly to 5, 15 and 60 minutes, rates, means and percentiles do not.
//
// Every function gives undefined where there is nothing to divide by: nothing observed is not zero.

import { SPEED_BIN_KMH, type SpanSums, type SpeedSums } from './flow.ts';

const MS_PER_H = 3_600_000;

/** Share of an interval that was observed, 0..1. */
export function coverage(interval: { fromMs: number; toMs: number; observedMs: number }): number | undefined {
  return ratio(interval.observedMs, interval.toMs - interval.fromMs);
}

/** q = n / T in vehicles an hour, T the time that was observed: what was not seen is left out, not filled in. */
export function flowRatePerH(n: number, observedMs: number): number | undefined {
  return ratio(n * MS_PER_H, observedMs);
}

/** Of two sets of vehicles together, exactly. */
export function addSpeeds(a: SpeedSums, b: SpeedSums): SpeedSums {
  const bins = Math.max(a.histogram.length, b.histogram.length);
  return {
    n: a.n + b.n,
    sumKmh: a.sumKmh + b.sumKmh,
    sumPerKmh: a.sumPerKmh + b.sumPerKmh,
    histogram: Array.from({ length: bins }, (_, bin) => (a.histogram[bin] ?? 0) + (b.histogram[bin] ?? 0)),
  };
}

/** Arithmetic mean of the speeds at the line, km/h (Edie 1963; HCM 7th ed., ch. 4): what drivers drive. */
export function timeMeanSpeedKmh({ n, sumKmh }: SpeedSums): number | undefined {
  return ratio(sumKmh, n);
}

/** Harmonic mean of the speeds at the line, km/h (Wardrop 1952): the one that goes with density and travel times. */
export function spaceMeanSpeedKmh({ n, sumPerKmh }: SpeedSums): number | undefined {
  return ratio(n, sumPerKmh);
}

/**
 * The speed that a share of the vehicles do not exceed, km/h: 0.85 for v85. Linear within a bin of 5 km/h, as in
 * grouped data by hand (FHWA Manual of Traffic Signal Studies; ITE Manual of Transportation Engineering Studies).
 */
export function percentileSpeedKmh({ n, histogram }: SpeedSums, share: number): number | undefined {
  let below = 0;
  for (const [bin, count] of histogram.entries()) {
    if (count > 0 && below + count >= share * n) {
      return SPEED_BIN_KMH * (bin + Math.max(0, share * n - below) / count);
    }
    below += count;
  }
  return undefined;
}

/** k = q / v, v the space-mean speed, in vehicles a kilometre; for one lane or one direction. */
export function densityPerKm(n: number, observedMs: number, speed: SpeedSums): number | undefined {
  const rate = flowRatePerH(n, observedMs);
  const speedKmh = spaceMeanSpeedKmh(speed);
  return rate === undefined || speedKmh === undefined ? undefined : ratio(rate, speedKmh);
}

/** Share of the observed time for which a vehicle was on the line, 0..1. */
export function timeOccupancy(occupiedMs: number, observedMs: number): number | undefined {
  const share = ratio(occupiedMs, observedMs);
  return share === undefined ? undefined : Math.min(1, share);
}

/** Mean of headways or gaps, s. */
export function meanSpanS({ n, sumS }: SpanSums): number | undefined {
  return ratio(sumS, n);
}

/** Sample standard deviation of headways or gaps, s; needs two of them. */
export function spanDeviationS({ n, sumS, sumSqS2 }: SpanSums): number | undefined {
  const variance = ratio(sumSqS2 - (sumS * sumS) / n, n - 1);
  return variance === undefined ? undefined : Math.sqrt(Math.max(0, variance));
}

export type PeakHour = {
  /** Index of the first of its four quarter hours. */
  readonly first: number;
  readonly volume: number;
  /** PHF = V / (4 V15), 0.25 to 1; undefined in an hour without vehicles. */
  readonly factor: number | undefined;
};

/**
 * The four quarter hours in a row with the most vehicles, and their peak hour factor (HCM 7th ed., ch. 4). The first of
 * equal ones.
 *
 * @param quarters vehicles in quarter hours in order; undefined for one that was not observed: no hour with it counts
 * @returns undefined when there is no whole hour
 */
export function peakHour(quarters: readonly (number | undefined)[]): PeakHour | undefined {
  let peak: PeakHour | undefined;
  for (let first = 0; first + 4 <= quarters.length; first++) {
    const hour = quarters.slice(first, first + 4).filter((n) => n !== undefined);
    const volume = hour.reduce((sum, n) => sum + n, 0);
    if (hour.length === 4 && (peak === undefined || volume > peak.volume)) {
      peak = { first, volume, factor: ratio(volume, 4 * Math.max(...hour)) };
    }
  }
  return peak;
}

function ratio(value: number, by: number): number | undefined {
  return by > 0 ? value / by : undefined;
}
