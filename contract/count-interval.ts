// How many really crossed, given how many were counted and how well the camera counts. Both sides compute it: the
// edge for what it reports, the centre for sums over longer times, because intervals of counts do not add up.

import type { Accuracy } from './accuracy.ts';

/** 95 % interval of a true number, both ends included. */
export type CountInterval = { readonly low: number; readonly high: number };

/** Jeffreys' prior for a share: Beta(1/2, 1/2). */
const PRIOR = 0.5;
/** This much lies outside the interval on either side. */
const TAIL = 0.025;
/** Terms that are smaller than this share of the largest one of their distribution add nothing. */
const NEGLIGIBLE = 1e-12;

/**
 * Equal-tailed 95 % interval of the true number `t` that crossed while `n` were counted.
 *
 * - Recall r has the posterior Beta(found + 1/2, of - found + 1/2). Each of the t is counted with probability r; with no
 *   belief about t beforehand, t - m given m right counts is negative binomial (m + 1, r); over r it becomes
 *   beta-negative-binomial.
 * - Precision has the posterior Beta(found + 1/2, counted - found + 1/2), so that m given n is beta-binomial; without
 *   `counted`, m = n.
 *
 * Both sums are exact up to rounding. It stands on the conditions of the measurement: the recall of a day says
 * nothing about a night. Vehicles are taken to be missed independently given r.
 *
 * @param n whole, >= 0. Where `counted` is given it costs a few ms for 1000, most for a poor recall; else a fraction of that.
 * @throws RangeError for a count or an accuracy that cannot be
 */
export function countInterval(n: number, { found, of, counted }: Accuracy): CountInterval {
  const right = counted ?? found;
  if (!Number.isInteger(n) || n < 0 || !(found >= 1 && found <= of && found <= right)) {
    throw new RangeError(
      `Expected a whole count and 1 <= found <= of, counted; got ${n} with found ${found}, of ${of}, counted ${counted}.`,
    );
  }
  const recall = { a: found + PRIOR, b: of - found + PRIOR };
  const correct =
    counted === undefined ? [{ at: n, p: 1 }] : rightCounts(n, found + PRIOR, counted - found + PRIOR);
  // Tails of an uncertain recall are long: twice as far until both quantiles lie within.
  for (let limit = Math.max(16, 2 * n); ; limit *= 2) {
    const chances = new Float64Array(limit + 1);
    for (const { at, p } of correct) addTrueNumbers(chances, at, p, recall);
    const low = quantile(chances, TAIL);
    const high = quantile(chances, 1 - TAIL);
    if (low !== undefined && high !== undefined) return { low, high };
  }
}

/** Chances of m right counts among n: beta-binomial, negligible ones left out. */
function rightCounts(n: number, a: number, b: number): { readonly at: number; readonly p: number }[] {
  const chance = (m: number) =>
    Math.exp(
      logGamma(n + 1) - logGamma(m + 1) - logGamma(n - m + 1) + logBeta(a + m, b + n - m) - logBeta(a, b),
    );
  const all = Array.from({ length: n + 1 }, (_, at) => ({ at, p: chance(at) }));
  const largest = all.reduce((most, { p }) => Math.max(most, p), 0);
  return all.filter(({ p }) => p > NEGLIGIBLE * largest);
}

/** Adds `p` times the chances of every true number, given m right counts. */
function addTrueNumbers(
  chances: Float64Array,
  m: number,
  p: number,
  { a, b }: { readonly a: number; readonly b: number },
): void {
  const start = a + m + 1;
  // From one number of missed ones to the next; at least 1 before the mode, below 1 from it on.
  const ratio = (missed: number) => ((m + missed + 1) * (b + missed)) / ((missed + 1) * (start + b + missed));
  const mode = Math.max(0, Math.floor((m * (b - 1)) / (a + 1)));
  const most =
    p *
    Math.exp(
      logGamma(m + mode + 1) -
        logGamma(m + 1) -
        logGamma(mode + 1) +
        logBeta(start, b + mode) -
        logBeta(a, b),
    );
  for (let missed = mode, chance = most; m + missed < chances.length; missed++) {
    if (chance < NEGLIGIBLE * most) break;
    chances[m + missed] = (chances[m + missed] as number) + chance;
    chance *= ratio(missed);
  }
  for (let missed = mode - 1, chance = most; missed >= 0; missed--) {
    chance /= ratio(missed);
    if (chance < NEGLIGIBLE * most) break;
    if (m + missed < chances.length) chances[m + missed] = (chances[m + missed] as number) + chance;
  }
}

/** Smallest index up to which at least `share` lies; undefined when that is beyond the end. */
function quantile(chances: Float64Array, share: number): number | undefined {
  let sum = 0;
  for (const [index, chance] of chances.entries()) {
    sum += chance;
    // A hair less: sums of a hundred terms are off by their rounding.
    if (sum >= share - 1e-9) return index;
  }
  return undefined;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series (Abramowitz and Stegun 6.1.41) from 8 on, the recurrence below; exact to 1e-12. x > 0. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 8) {
    shift -= Math.log(z);
    z++;
  }
  const inverse = 1 / (z * z);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
