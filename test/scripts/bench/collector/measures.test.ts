import { describe, expect, it } from 'vitest';
import { addTallies, LatencyTally, percentileOf } from '../../../../scripts/bench/collector/latency-tally.ts';
import { slopeOf } from '../../../../scripts/bench/collector/print-city.ts';
import { publishPacket } from '../../../../scripts/bench/collector/raw-session.ts';

describe('what the collector benchmark reckons with', () => {
  it('gives percentiles that are at most 5 % too high', () => {
    const tally = new LatencyTally();
    for (let ms = 1; ms <= 1000; ms += 1) tally.add(ms);
    const both = addTallies(addTallies(undefined, tally.counts), tally.counts);
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = share * 1000;
      expect(percentileOf(both, share)).toBeGreaterThanOrEqual(exact - 1);
      expect(percentileOf(both, share)).toBeLessThanOrEqual(exact * 1.051);
    }
  });

  it('finds a slope and how sure it is', () => {
    const line = Array.from({ length: 100 }, (_, x): [number, number] => [x, 3 + 0.5 * x + (x % 2 ? 1 : -1)]);
    const { perS, error } = slopeOf(line);
    expect(Math.abs(perS - 0.5)).toBeLessThan(3 * error);
    expect(error).toBeLessThan(0.01);
  });

  it('encodes messages of any length, with room for their number', () => {
    for (const length of [1, 120, 130, 20_000]) {
      const { bytes, idAt } = publishPacket('a/b', 'x'.repeat(length), 1);
      expect(bytes.subarray(-length).toString()).toBe('x'.repeat(length));
      expect(bytes.subarray(idAt - 3, idAt).toString()).toBe('a/b');
      expect(bytes[idAt + 2]).toBe(0);
    }
    expect(publishPacket('a/b', 'x', 0).idAt).toBe(-1);
  });
});
