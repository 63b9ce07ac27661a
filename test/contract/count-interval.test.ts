import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Accuracy, countInterval } from '../../contract/index.ts';
import { seededRandom } from '../edge-agent/tracker/make-detections.ts';

describe('the interval of a true number', () => {
  it.each([
    // Nearly nothing is missed: what was counted is nearly all there was.
    [10, { found: 980, of: 1000 }, { low: 10, high: 11 }],
    // Half is missed: twice as many, give or take.
    [10, { found: 500, of: 1000 }, { low: 13, high: 32 }],
    // A road nobody was seen on may have had somebody on it when the camera sees half of them.
    [0, { found: 500, of: 1000 }, { low: 0, high: 5 }],
    [0, { found: 980, of: 1000 }, { low: 0, high: 0 }],
    // A fifth of what is counted is not there.
    [100, { found: 800, of: 800, counted: 1000 }, { low: 71, high: 88 }],
    // Little was measured: the same shares say less.
    [100, { found: 49, of: 50 }, { low: 100, high: 111 }],
    [100, { found: 980, of: 1000 }, { low: 100, high: 106 }],
  ])('of %i counted, %j, is %j', (n, accuracy, interval) => {
    expect(countInterval(n, accuracy)).toEqual(interval);
  });

  it('is that of the closed form where there is one: none counted and recall one half known well', () => {
    // P(t = u | 0 counted) = r (1 - r)^u: 1/2, 1/4, 1/8 ...; 0.975 is passed with 1/64 left.
    expect(countInterval(0, { found: 50_000_000, of: 100_000_000 })).toEqual({ low: 0, high: 5 });
  });

  it('grows with the count, and its share of it shrinks', () => {
    const accuracy = { found: 190, of: 200, counted: 195 };
    const widths = [10, 100, 1000].map((n) => {
      const { low, high } = countInterval(n, accuracy);
      return (high - low) / n;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  });

  it('of a sum is no wider than the sum of the intervals', () => {
    const accuracy = { found: 190, of: 200, counted: 195 };
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 15 }), (counts) => {
        const sum = countInterval(
          counts.reduce((a, b) => a + b, 0),
          accuracy,
        );
        const parts = counts.map((n) => countInterval(n, accuracy));
        expect(sum.high - sum.low).toBeLessThanOrEqual(
          parts.reduce((width, { low, high }) => width + high - low, 0) + 1,
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [-1, { found: 1, of: 1 }],
    [1.5, { found: 1, of: 1 }],
    [1, { found: 0, of: 10 }],
    [1, { found: 11, of: 10 }],
    [1, { found: 10, of: 10, counted: 9 }],
  ])('refuses %d with %j', (n, accuracy) => {
    expect(() => countInterval(n, accuracy)).toThrow(RangeError);
  });
});

describe('against chance', () => {
  it.each<[number, Accuracy]>([
    [0, { found: 45, of: 50 }],
    [7, { found: 18, of: 20 }],
    [40, { found: 190, of: 200 }],
    [40, { found: 190, of: 200, counted: 205 }],
    [12, { found: 30, of: 60, counted: 40 }],
  ])('its ends have a fortieth on either side: %i counted, %j', (n, accuracy) => {
    const random = seededRandom(n + accuracy.of);
    const { low, high } = countInterval(n, accuracy);
    const runs = 60_000;
    let below = 0;
    let above = 0;
    for (let run = 0; run < runs; run++) {
      const recall = beta(random, accuracy.found + 0.5, accuracy.of - accuracy.found + 0.5);
      const precision =
        accuracy.counted === undefined
          ? 1
          : beta(random, accuracy.found + 0.5, accuracy.counted - accuracy.found + 0.5);
      const right = binomial(random, n, precision);
      const truth = right + missed(random, right + 1, recall);
      if (truth < low) below++;
      if (truth > high) above++;
    }
    // Counts are whole: the tails are at most 2.5 %, but for the scatter of 60,000 runs.
    expect(below / runs).toBeLessThan(0.0275);
    expect(above / runs).toBeLessThan(0.0275);
  });

  it.each([
    [0.98, 1, 200],
    [0.95, 1, 100],
    [0.95, 0.97, 200],
    [0.9, 0.95, 50],
    [0.7, 1, 100],
    [0.7, 0.9, 400],
  ])(
    'it holds the truth in 95 of 100 cameras: recall %d, precision %d, measured on %i',
    (recall, precision, of) => {
      const random = seededRandom(of);
      let held = 0;
      const cameras = 1500;
      for (let camera = 0; camera < cameras; camera++) {
        const found = Math.max(1, binomial(random, of, recall));
        const wrong = poisson(random, (of * recall * (1 - precision)) / precision);
        const truth = Math.floor(5 + random() * 60);
        const right = binomial(random, truth, recall);
        const n = right + poisson(random, (truth * recall * (1 - precision)) / precision);
        const { low, high } = countInterval(n, { found, of, counted: found + wrong });
        if (low <= truth && truth <= high) held++;
      }
      // 0.95 less three standard deviations of 1500 trials.
      expect(held / cameras).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / cameras));
    },
    30_000,
  );
});

/** As a share of two gamma variates of half-integer shape: sums of squared normals. */
function beta(random: () => number, a: number, b: number): number {
  const x = gamma(random, a);
  return x / (x + gamma(random, b));
}

function gamma(random: () => number, shape: number): number {
  let sum = 0;
  for (let whole = 1; whole <= shape; whole++) sum -= Math.log(1 - random());
  if (shape % 1 !== 0) {
    sum -= Math.log(1 - random()) * Math.cos(2 * Math.PI * random()) ** 2;
  }
  return sum;
}

function binomial(random: () => number, n: number, p: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) if (random() < p) sum++;
  return sum;
}

/** Failures before the `successes`th success. */
function missed(random: () => number, successes: number, p: number): number {
  let failures = 0;
  for (let left = successes; left > 0; ) {
    if (random() < p) left--;
    else failures++;
  }
  return failures;
}

function poisson(random: () => number, mean: number): number {
  let n = 0;
  for (let p = random(); p > Math.exp(-mean); p *= random()) n++;
  return n;
}
