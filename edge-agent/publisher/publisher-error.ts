// The one error of the publisher stage.

/**
 * - `options`: the options cannot work (broker address, sizes); nothing was started.
 * - `locked`: another process has the outbox open.
 * - `unwritable`: the disk refuses (full, read-only, missing, no permission); events wait in memory meanwhile.
 * - `corrupt`: what the disk gave back is not what was written; the outbox is set aside and begun anew.
 * - `closed`: used after close().
 */
export type PublisherErrorCode = 'options' | 'locked' | 'unwritable' | 'corrupt' | 'closed';

const RETRYABLE: ReadonlySet<PublisherErrorCode> = new Set(['unwritable', 'corrupt']);

export class PublisherError extends Error {
  override readonly name = 'PublisherError';
  readonly code: PublisherErrorCode;
  /** Whether the same may succeed later without anybody changing the configuration. */
  readonly retryable: boolean;

  constructor(code: PublisherErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}
