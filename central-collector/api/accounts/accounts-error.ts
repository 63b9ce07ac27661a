// The folder of the accounts can't be used: told to who starts the collector, or a request fails for the moment.

export class AccountsError extends Error {
  override readonly name = 'AccountsError';
  /** True for a full disk or missing rights; false for a file that a person must look at. */
  readonly retryable: boolean;
  /** What the command ends with: the folder is no valid one. */
  readonly exitCode = 2;

  constructor(message: string, { retryable, cause }: { retryable: boolean; cause?: unknown }) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

export function whyOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
