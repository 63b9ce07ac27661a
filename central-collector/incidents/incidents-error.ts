// Why something with an incident could not be done.

export type IncidentsErrorCode =
  /** No such incident, or none that is kept. */
  | 'not-found'
  /** The caller's key was used for something else. */
  | 'conflict'
  /** Disk or database are away or too slow. */
  | 'unavailable'
  /** The folder cannot be used: of another process, damaged. */
  | 'unusable';

export class IncidentsError extends Error {
  override readonly name = 'IncidentsError';
  readonly code: IncidentsErrorCode;
  readonly retryable: boolean;

  constructor(code: IncidentsErrorCode, message: string, { cause }: { cause?: unknown } = {}) {
    super(message, { cause });
    this.code = code;
    this.retryable = code === 'unavailable';
  }
}
