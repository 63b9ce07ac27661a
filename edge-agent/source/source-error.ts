// The one error of the source stage: a clip that cannot be read, or options that cannot work.

import type { CameraFault } from '../../contract/index.ts';

/** Live sources never throw it while they run: their faults are states, and they try again. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly fault: CameraFault;
  /** The same call cannot succeed before somebody changes the file or the options. */
  readonly retryable = false;

  constructor(fault: CameraFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
