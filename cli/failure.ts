// What a failed command says and with which code it ends: 1 failed while running, 2 bad usage or configuration.

import { CommanderError } from 'commander';

/** Errors of the product's own boundaries tell whether a retry can help; their message is meant for people. */
type KnownError = Error & { readonly retryable: boolean };

/** The message alone for a failure that we know, with its causes; the whole stack for one that we do not. */
export function describeFailure(error: unknown): string {
  if (isKnown(error)) {
    return [error.message, ...causesOf(error)].join('\n  because: ');
  }
  const report = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This should not have happened; please report it with these lines.\n${report}`;
}

export function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) {
    // Help that was asked for and --version end with 0; help because nothing was asked is bad usage.
    return error.exitCode === 0 ? 0 : 2;
  }
  return error instanceof Error && 'exitCode' in error && error.exitCode === 2 ? 2 : 1;
}

function isKnown(error: unknown): error is KnownError {
  return error instanceof Error && 'retryable' in error && typeof error.retryable === 'boolean';
}

/** Messages of the causes that the message above them does not already tell. */
function causesOf(error: Error): string[] {
  const messages: string[] = [];
  const told = [error.message];
  let cause = error.cause;
  // Bounded, so that a ring of causes ends.
  for (let depth = 0; cause instanceof Error && depth < 5; depth++) {
    const { message } = cause;
    if (message !== '' && !told.some((earlier) => earlier.includes(message))) messages.push(message);
    told.push(message);
    cause = cause.cause;
  }
  return messages;
}
