// What went wrong where slit scans are kept or read.

export class SlitScanError extends Error {
  override readonly name = 'SlitScanError';
  /** Whether the same may succeed a little later: a full disk may be cleared, a damaged picture stays damaged. */
  readonly retryable: boolean;

  constructor(message: string, { retryable = false, cause }: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.retryable = retryable;
  }
}
