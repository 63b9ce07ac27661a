// Every run of the demo has a folder of its own for configuration, logs and data; the last few are kept.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const RUNS_FOLDER = '.ngatu/demo';
const KEPT_RUNS = 5;

/** Makes the folder, named by time and process, and removes those of old runs that have ended. */
export async function makeRunFolder(now: Date): Promise<string> {
  const runs = resolve(RUNS_FOLDER);
  const name = `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${process.pid}`;
  await mkdir(join(runs, name), { recursive: true });
  const earlier = (await readdir(runs)).filter((run) => run !== name && !isRunning(run)).sort();
  for (const run of earlier.slice(0, -KEPT_RUNS)) await rm(join(runs, run), { recursive: true, force: true });
  return join(runs, name);
}

function isRunning(run: string): boolean {
  try {
    return process.kill(Number(run.split('-').at(-1)), 0);
  } catch {
    return false;
  }
}
