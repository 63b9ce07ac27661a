// What went wrong where evidence was to be had.

export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  /** Whether the same may succeed a little later: a full disk may be cleared, a missing picture stays missing. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = false, cause }: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.retryable = retryable;
  }
}
