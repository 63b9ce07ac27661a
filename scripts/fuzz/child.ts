// One target in a process of its own: what it breaks — memory, stack, the process — breaks nothing else, and shows.

import { openSync, writeSync } from 'node:fs';
import { type FuzzOptions, type FuzzReport, fuzzTarget } from './fuzz-target.ts';
import { TARGETS } from './targets.ts';

export type ChildOptions = Pick<FuzzOptions, 'inputs' | 'seed' | 'folder' | 'seconds'> & {
  readonly target: string;
  /** Gets the number of the input that is being run, in text of a fixed length. */
  readonly markFile: string;
};

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const target = TARGETS.find(({ name }) => name === options.target);
if (!target || !process.send) throw new Error('started by main.ts only');
const mark = openSync(options.markFile, 'w');
const report: FuzzReport = await fuzzTarget(target, {
  ...options,
  onInput: (index) => writeSync(mark, String(index).padEnd(12), 0),
});
process.send({
  ...report,
  failures: report.failures.map((failure) => ({
    ...failure,
    input: Buffer.from(failure.input).toString('base64'),
  })),
});
process.disconnect();
