// The one retry rule of the centre: capped exponential back-off with jitter. What may be retried is said by the
// error itself (`retryable`, `retryAfterMs`), so that no caller keeps a second list.

import { setTimeout as sleepFor } from 'node:timers/promises';

export type RetryPolicy = {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  /** Share of the delay that is random, 0 to 1: many collectors do not come back in step. */
  readonly jitter: number;
};

/** A restarted InfluxDB or broker is back within seconds; half a minute does not hammer one that is ill for hours. */
export const RETRY_POLICY: RetryPolicy = { firstDelayMs: 250, maxDelayMs: 30_000, factor: 2, jitter: 0.5 };

export type RetryOptions = {
  readonly signal: AbortSignal;
  readonly policy?: RetryPolicy;
  /** Called before each wait; for logs and health. */
  readonly onFailure?: (error: unknown, attempt: number, delayMs: number) => void;
  readonly sleep?: ((delayMs: number, signal: AbortSignal) => Promise<void>) | undefined;
};

/**
 * Runs the operation until it succeeds, fails with an error whose `retryable` is false, or the signal aborts
 * (then throws the signal's reason). Errors without a `retryable` field count as defects and are thrown.
 */
export async function retry<T>(
  operation: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal, policy = RETRY_POLICY, onFailure, sleep = wait } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error)) throw error;
      const delayMs = Math.max(retryDelayMs(attempt, policy), error.retryAfterMs ?? 0);
      onFailure?.(error, attempt, delayMs);
      await sleep(delayMs, signal);
    }
  }
}

/** Waits for work, but not longer than the limit; for ends that must come. Failures of the work are thrown. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<'done' | 'late'> {
  const limit = new AbortController();
  const late = wait(limitMs, limit.signal).then(
    () => 'late' as const,
    () => 'late' as const,
  );
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    limit.abort();
  }
}

/** Delay before attempt `attempt + 1`; attempts count from 1. `random` in [0, 1). */
export function retryDelayMs(attempt: number, policy = RETRY_POLICY, random = Math.random()): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (attempt - 1));
  return Math.round(full * (1 - policy.jitter * random));
}

function isRetryable(error: unknown): error is { retryable: true; retryAfterMs?: number } {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleepFor(delayMs, undefined, { signal });
}
