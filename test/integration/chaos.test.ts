// The short version of `npm run chaos`: some forty faults over agents, broker, collectors and database, and nothing is
// lost, nothing is there twice, nothing is changed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../dist/scripts/chaos/main.js');
/** A minute on two idle cores; a machine that does much else may take its time. */
const LIMIT_MS = 420_000;

let directory: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-chaos-test-'));
});

afterEach(async () => {
  // Only when the test has run out of time: the run then ends everything that it started.
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(directory, { recursive: true, force: true });
});

function run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const run = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = run;
    let output = '';
    for (const stream of [run.stdout, run.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    run.once('error', reject);
    run.once('close', (code) => resolve({ code, output }));
  });
}

test.skipIf(!existsSync(PROGRAM))(
  'forty faults over everything lose nothing, count nothing twice and change nothing',
  async () => {
    const size = ['--faults', '40', '--agents', '3', '--collectors', '2', '--minutes', '0.6'];
    const { code, output } = await run([...size, '--seed', '5', '--directory', join(directory, 'run')]);
    expect(output).toMatch(/InfluxDB holds exactly what was published\./);
    expect(output).toMatch(/^lost +0$/m);
    expect(output).toMatch(/^duplicated +0$/m);
    expect(output).toMatch(/^altered +0$/m);
    expect(output).toMatch(/^faults +40, at most 4 at once$/m);
    expect(code).toBe(0);
    // Everything is tidied up when all is right.
    expect(existsSync(join(directory, 'run'))).toBe(false);
  },
  LIMIT_MS,
);
