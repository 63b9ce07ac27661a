// What a target of the fuzzing is: something that reads text or bytes from outside, inputs for it, and what must hold.

import type { Random } from '../scenes/random.ts';

/** Whether the parser took the input; both are fine, and a target that takes nothing, or everything, tests little. */
export type Outcome = 'accepted' | 'refused';

/** A target that is ready to run. */
export type OpenTarget = {
  /** An input made from nothing but `random`, so that it can be made again. */
  make(random: Random): Uint8Array;
  /** Throws Violation when something does not hold that must; any other error is one that the parser let out. */
  run(input: Uint8Array): Outcome | Promise<Outcome>;
  close?(): Promise<void>;
};

export type FuzzTarget = {
  readonly name: string;
  /** What is read, in a few words. */
  readonly about: string;
  /** Part of all inputs that this target gets, in relation to the others. */
  readonly weight: number;
  /** `folder` is empty and the target's own; `seed` is that of the samples. */
  open(options: { readonly folder: string; readonly seed: number }): Promise<OpenTarget>;
};

/** Something that must hold for every input did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
