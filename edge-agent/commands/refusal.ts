// Why a command is not done, thrown where it is found out and answered to the centre.

import type { CommandProblem, Refusal } from '../../contract/index.ts';

export class RefusedCommand extends Error {
  override readonly name = 'RefusedCommand';
  /** The centre may ask again; what to do first is in the message. */
  readonly retryable: boolean;
  readonly code: Refusal;
  readonly problems: readonly CommandProblem[];

  constructor(code: Refusal, problems: string | readonly CommandProblem[], options?: ErrorOptions) {
    const told = typeof problems === 'string' ? [{ path: '', message: problems }] : problems;
    super(told[0]?.message ?? code, options);
    this.code = code;
    this.problems = told;
    this.retryable = code === 'busy' || code === 'not-available';
  }
}
