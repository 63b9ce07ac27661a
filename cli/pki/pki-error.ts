// The one error of `ngatu pki`.

export class PkiError extends Error {
  override readonly name = 'PkiError';
  /** The same command fails again until something is changed. */
  readonly retryable = false;
  /** 2: what was asked for cannot be; 1: openssl or the disk failed. */
  readonly exitCode: 1 | 2;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: 1 | 2 } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 2;
  }
}
