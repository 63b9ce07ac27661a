// What keeps the demo from doing its work, in one sentence for the person who started it.

export class DemoError extends Error {
  override readonly name = 'DemoError';
  /** Starting it again changes nothing before the named thing is done. */
  readonly retryable = false;
  /** 1: failed while running, 2: bad usage. */
  readonly exitCode: 1 | 2;

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
