// When the edge side tries again: the one rule for cameras, broker, disk and unanswered batches.

export type RetryPolicy = {
  /** Longest wait before the first retry, in milliseconds. */
  readonly firstMs: number;
  /** No wait is longer than this, in milliseconds. */
  readonly capMs: number;
};

/**
 * Milliseconds to wait before retry number `attempt` (0 for the first): doubles from `firstMs` up to `capMs`,
 * then a random share between half and all of it, so that a thousand boxes do not come back in one moment.
 *
 * @param random Gives numbers in [0, 1); handed in so that tests are repeatable.
 * @see "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("equal jitter")
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  // Beyond 2^30 the product could leave the safe integers; every sensible cap is reached long before.
  const full = Math.min(policy.capMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (0.5 + 0.5 * random()));
}
