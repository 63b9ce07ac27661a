// `npm run fuzz`: feeds every parser that faces outside with inputs that nobody meant, and says what broke.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { wholeNumberFrom } from '../run-main.ts';
import type { ChildOptions } from './child.ts';
import { type Failure, type FuzzReport, randomOf } from './fuzz-target.ts';
import { head, row, sumRow } from './report.ts';
import type { FuzzTarget } from './target.ts';
import { TARGETS } from './targets.ts';

type Options = {
  readonly inputs: number;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly seconds?: number;
  readonly out: string;
  readonly input?: string;
};

/** An input that is worked on for longer hangs: its process is ended. */
const HANGS_MS = 120_000;

async function main(argv: readonly string[]): Promise<number> {
  const options = new Command('fuzz')
    .description('feed every parser that faces outside with broken, hostile and strange inputs')
    .option('--inputs <n>', 'inputs in all', wholeNumberFrom(1), 1_000_000)
    .option('--seed <n>', 'the same seed makes the same inputs', wholeNumberFrom(1), 1)
    .option('--only <targets...>', `of ${TARGETS.map(({ name }) => name).join(', ')}`)
    .option('--seconds <n>', 'stop after about this long', wholeNumberFrom(1))
    .option('--out <dir>', 'folder for inputs that break something', '.ngatu/fuzz')
    .option('--input <file>', 'run the bytes of one file, with one target')
    .parse([...argv], { from: 'user' })
    .opts<Options>();
  const only = options.only?.flatMap((names) => names.split(','));
  const unknown = only?.find((name) => TARGETS.every((target) => target.name !== name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no target ${unknown}.`);
  const chosen = TARGETS.filter(({ name }) => only?.includes(name) ?? true);
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-fuzz-'));
  try {
    if (options.input !== undefined) return await runOne(chosen, options.input, options.seed, folder);
    return await runAll(chosen, options, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(chosen: readonly FuzzTarget[], options: Options, folder: string): Promise<number> {
  const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
  const failures: Failure[] = [];
  const reports: FuzzReport[] = [];
  console.log(`seed ${options.seed}, node ${process.version}\n\n${head()}`);
  for (const target of chosen) {
    const part = target.weight / total;
    const own = join(folder, target.name);
    await mkdir(own);
    const report = await inProcess(
      {
        target: target.name,
        inputs: Math.ceil(options.inputs * part),
        seed: options.seed,
        folder: own,
        markFile: join(folder, `${target.name}.mark`),
        ...(options.seconds === undefined ? {} : { seconds: options.seconds * part }),
      },
      target,
    );
    reports.push(report);
    failures.push(...report.failures);
    console.log(row(report));
  }
  console.log(sumRow(reports));
  for (const [number, failure] of failures.entries()) await tell(failure, number, options);
  return failures.length === 0 ? 0 : 1;
}

/** What broke, with everything that is needed to see it again. */
async function tell(
  { target, index, what, input }: Failure,
  number: number,
  { out, seed }: Options,
): Promise<void> {
  console.log(`\n${target}, input ${index} of seed ${seed}: ${what.slice(0, 500)}`);
  if (index < 0) return;
  await mkdir(out, { recursive: true });
  const file = join(out, `${target}-${seed}-${index}-${number}.bin`);
  await writeFile(file, input);
  const text = Buffer.from(input).toString('base64');
  console.log(`  ${input.length} bytes: ${text.length > 400 ? `${text.slice(0, 400)}…` : text}`);
  console.log(`  again with: npm run fuzz -- --only ${target} --input ${file}`);
}

function inProcess(options: ChildOptions, target: FuzzTarget): Promise<FuzzReport> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'child.js'), [JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Inputs live for a millisecond: with room for them, a quarter of the time is saved.
      execArgv: ['--max-semi-space-size=32'],
    });
    let report: FuzzReport | undefined;
    let hangs = false;
    let last = { text: '', atMs: performance.now() };
    const watch = setInterval(() => {
      void readFile(options.markFile, 'latin1')
        .catch(() => '')
        .then((text) => {
          if (text === '' || text !== last.text) last = { text, atMs: performance.now() };
          else if (performance.now() - last.atMs > HANGS_MS) {
            hangs = true;
            child.kill('SIGKILL');
          }
        });
    }, 2000);
    child.on('message', (message) => {
      const told = message as Omit<FuzzReport, 'failures'> & {
        failures: (Omit<Failure, 'input'> & { input: string })[];
      };
      const failures = told.failures.map((failure) => ({
        ...failure,
        input: Buffer.from(failure.input, 'base64'),
      }));
      report = { ...told, failures };
    });
    // Not 'exit': it may come before the last message.
    const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    void ended.then(([[code, signal]]) => {
      clearInterval(watch);
      if (report !== undefined && code === 0) resolve(report);
      else
        void died(options, target, hangs ? 'it hangs' : `its process ended with ${signal ?? code}`).then(
          resolve,
        );
    });
  });
}

/** The input that was being run is made again, here, where it is not run. */
async function died(options: ChildOptions, target: FuzzTarget, what: string): Promise<FuzzReport> {
  const index = Number((await readFile(options.markFile, 'latin1').catch(() => '-1')).trim() || -1);
  const opened = await target.open({ folder: options.folder, seed: options.seed });
  const input = index < 0 ? new Uint8Array() : opened.make(randomOf(options.seed, target.name, index));
  await opened.close?.();
  return {
    target: target.name,
    inputs: Math.max(0, index),
    accepted: 0,
    refused: 0,
    seconds: 0,
    slowestMs: 0,
    heapMiB: [0, 0],
    failures: [{ target: target.name, index, what, input }],
  };
}

async function runOne(
  chosen: readonly FuzzTarget[],
  file: string,
  seed: number,
  folder: string,
): Promise<number> {
  const [target] = chosen;
  if (target === undefined || chosen.length !== 1)
    throw new InvalidArgumentError('Name one target: --only TARGET.');
  const opened = await target.open({ folder, seed });
  const beganMs = performance.now();
  try {
    const outcome = await opened.run(await readFile(file));
    console.log(`${outcome} in ${(performance.now() - beganMs).toFixed(1)} ms`);
    return 0;
  } catch (error) {
    console.log(error);
    return 1;
  } finally {
    await opened.close?.();
  }
}

process.exitCode = await main(process.argv.slice(2));
