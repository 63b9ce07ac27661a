import { describe, expect, it } from 'vitest';
import {
  coverage,
  densityPerKm,
  flowRatePerH,
  meanSpanS,
  peakHour,
  percentileSpeedKmh,
  spaceMeanSpeedKmh,
  spanDeviationS,
  timeMeanSpeedKmh,
  timeOccupancy,
} from '../../contract/index.ts';

/** Sums of speeds, as an interval has them. */
function sums(...speedsKmh: number[]) {
  const histogram: number[] = [];
  for (const speed of speedsKmh) {
    while (histogram.length <= speed / 5) histogram.push(0);
    const bin = Math.floor(speed / 5);
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  return {
    n: speedsKmh.length,
    sumKmh: speedsKmh.reduce((sum, v) => sum + v, 0),
    sumPerKmh: speedsKmh.reduce((sum, v) => sum + 1 / v, 0),
    histogram,
  };
}

const NOTHING = { n: 0, sumKmh: 0, sumPerKmh: 0, histogram: [] };

describe('rates', () => {
  it('are of the time that was observed, not of the interval', () => {
    expect(flowRatePerH(10, 60_000)).toBe(600);
    expect(flowRatePerH(5, 30_000)).toBe(600);
    expect(coverage({ fromMs: 0, toMs: 60_000, observedMs: 30_000 })).toBe(0.5);
  });

  it('of no observed time are unknown, not zero', () => {
    expect(flowRatePerH(0, 0)).toBeUndefined();
    expect(timeOccupancy(0, 0)).toBeUndefined();
  });

  it('have an occupancy of 1 at most, whatever rounding did', () => {
    expect(timeOccupancy(60_001, 60_000)).toBe(1);
    expect(timeOccupancy(15_000, 60_000)).toBe(0.25);
  });
});

describe('mean speeds', () => {
  // The example of NPTEL's lectures: 10 and 20 m/s in equal numbers.
  const example = sums(36, 72);

  it('over time is the arithmetic one, over space the harmonic one', () => {
    expect(timeMeanSpeedKmh(example)).toBeCloseTo(15 * 3.6);
    expect(spaceMeanSpeedKmh(example)).toBeCloseTo(13.333 * 3.6, 2);
  });

  it('give the density with the one over space', () => {
    // 480 vehicles an hour at 48 km/h are 10 on a kilometre.
    expect(densityPerKm(8, 60_000, example)).toBeCloseTo(10);
    expect(densityPerKm(8, 60_000, NOTHING)).toBeUndefined();
    expect(densityPerKm(0, 60_000, example)).toBe(0);
  });

  it('of nobody are unknown', () => {
    expect(timeMeanSpeedKmh(NOTHING)).toBeUndefined();
    expect(spaceMeanSpeedKmh(NOTHING)).toBeUndefined();
    expect(percentileSpeedKmh(NOTHING, 0.85)).toBeUndefined();
  });
});

describe('a percentile of the speeds', () => {
  it.each([
    ['lies in the bin that reaches its share', sums(...Array(17).fill(41), 51, 51, 51), 0.85, 45],
    ['is interpolated within a bin', sums(...Array(10).fill(40)), 0.85, 44.25],
    ['of one vehicle lies in its bin', sums(62), 0.5, 62.5],
    ['of all is the end of the last bin', sums(12, 33), 1, 35],
    ['of none is the beginning of the first one', sums(12, 33), 0, 10],
  ])('%s', (_, speed, share, kmh) => {
    expect(percentileSpeedKmh(speed, share)).toBeCloseTo(kmh);
  });

  it('is off by less than a bin', () => {
    const speeds = Array.from({ length: 200 }, (_, i) => 20 + ((i * 37) % 200) / 4);
    const exact = speeds.toSorted((a, b) => a - b)[169] as number;
    expect(Math.abs((percentileSpeedKmh(sums(...speeds), 0.85) ?? 0) - exact)).toBeLessThan(5);
  });
});

describe('headways', () => {
  it('have a mean and a standard deviation of their sums', () => {
    const spans = { n: 4, sumS: 10, sumSqS2: 1 + 4 + 9 + 16 };
    expect(meanSpanS(spans)).toBe(2.5);
    expect(spanDeviationS(spans)).toBeCloseTo(Math.sqrt(5 / 3));
    expect(spanDeviationS({ n: 1, sumS: 2, sumSqS2: 4 })).toBeUndefined();
    expect(meanSpanS({ n: 0, sumS: 0, sumSqS2: 0 })).toBeUndefined();
  });
});

describe('the peak hour', () => {
  it('has the factor of the textbook example', () => {
    expect(peakHour([900, 1000, 1200, 850])).toEqual({
      first: 0,
      volume: 3950,
      factor: 3950 / 4800,
    });
  });

  it('is the largest four quarters in a row, wherever they begin', () => {
    expect(peakHour([1, 10, 10, 10, 10, 1])).toEqual({ first: 1, volume: 40, factor: 1 });
  });

  it('has no quarter that was not observed', () => {
    expect(peakHour([1, 1, 1, 1, undefined, 50, 50, 50])).toMatchObject({ first: 0, volume: 4 });
    expect(peakHour([1, 1, undefined, 1])).toBeUndefined();
  });

  it('of nobody has no factor', () => {
    expect(peakHour([0, 0, 0, 0])).toEqual({ first: 0, volume: 0, factor: undefined });
  });
});
