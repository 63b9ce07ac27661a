// What the programs of this folder share: how they end, and how they read numbers of their options.

import { CommanderError, InvalidArgumentError } from 'commander';
import { describeFailure } from '../cli/failure.ts';

/** Runs a program and sets the exit code: what it gives, if it does, 2 for wrong usage, 1 for a failure, which is told. */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    const code = await main();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) process.stderr.write(`${error.message}\n`);
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      process.stderr.write(`${describeFailure(error)}\n`);
      process.exitCode = 1;
    }
  }
}

/** Reads the value of an option; what is no whole number from `least` on is wrong usage. */
export function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
  };
}
