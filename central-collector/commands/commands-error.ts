// Why a box was not asked, did not answer, or refused.

import type { CommandProblem, Refusal } from '../../contract/index.ts';

export type CommandsErrorCode = 'not-found' | 'conflict' | 'not-allowed' | 'unavailable';

export class CommandsError extends Error {
  override readonly name = 'CommandsError';
  /** What it is to a client of the API. */
  readonly code: CommandsErrorCode;
  /** What the box said, where it did. */
  readonly refusal: Refusal | undefined;
  readonly problems: readonly CommandProblem[];
  /** Whether the command may have reached the box all the same. */
  readonly unanswered: boolean;

  constructor(
    code: CommandsErrorCode,
    message: string,
    {
      refusal,
      problems = [],
      unanswered = false,
      cause,
    }: {
      refusal?: Refusal | undefined;
      problems?: readonly CommandProblem[];
      unanswered?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.refusal = refusal;
    this.problems = problems;
    this.unanswered = unanswered;
  }

  get retryable(): boolean {
    return this.code === 'unavailable';
  }
}

const CODES: Readonly<Record<Refusal, CommandsErrorCode>> = {
  invalid: 'unavailable',
  'unknown-command': 'unavailable',
  'unknown-camera': 'not-found',
  expired: 'unavailable',
  busy: 'unavailable',
  'not-allowed': 'not-allowed',
  'not-available': 'unavailable',
  outdated: 'conflict',
  'base-differs': 'conflict',
  'not-valid': 'conflict',
  'rolled-back': 'conflict',
  failed: 'unavailable',
};

/** What a box answered instead of doing it. */
export function refusedBy(box: string, refusal: Refusal, problems: readonly CommandProblem[]): CommandsError {
  const told = problems[0]?.message ?? refusal;
  return new CommandsError(CODES[refusal], `${box}: ${told}`, { refusal, problems });
}
