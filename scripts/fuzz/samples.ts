// Valid samples that inputs are made from: messages by the generators of the contract's tests, files of the repository.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { builtInDirectory } from '../../models/library.ts';

/** As many values as asked for, as JSON text: parsed anew for each use, because mutations change what they get. */
export function jsonSamples(arbitrary: fc.Arbitrary<unknown>, seed: number, count: number): string[] {
  return fc.sample(arbitrary, { seed, numRuns: count }).map((value) => JSON.stringify(value));
}

export const repositoryFolder = (): string => dirname(builtInDirectory());

/** Texts of all files of a folder of the repository whose names end so. */
export function fileSamples(folder: string, ending: string): string[] {
  const path = join(repositoryFolder(), folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(path, name), 'utf8'));
}
