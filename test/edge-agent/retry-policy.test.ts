import { describe, expect, test } from 'vitest';
import { retryDelayMs } from '../../edge-agent/retry-policy.ts';

describe('waiting before a retry', () => {
  const policy = { firstMs: 1000, capMs: 60_000 };

  test.each([
    [0, 1000],
    [1, 2000],
    [5, 32_000],
    [6, 60_000],
    // Weeks of failing must not overflow.
    [100_000, 60_000],
  ])('attempt %i waits between half and all of %i ms', (attempt, fullMs) => {
    expect(retryDelayMs(policy, attempt, () => 0)).toBe(fullMs / 2);
    expect(retryDelayMs(policy, attempt, () => 1 - Number.EPSILON)).toBe(fullMs);
  });
});
