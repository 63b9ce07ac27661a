// Why a question about the past has no answer.

export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  /** `invalid-request`: ask differently, the message says how; `unavailable`: ask again later. */
  readonly code: 'invalid-request' | 'unavailable';
  readonly retryAfterS: number | undefined;

  constructor(
    code: HistoryError['code'],
    message: string,
    { retryAfterS, cause }: { retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.retryAfterS = retryAfterS;
  }

  get retryable(): boolean {
    return this.code === 'unavailable';
  }
}
