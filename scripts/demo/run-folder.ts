// Every run of the demo has a folder of its own for configuration, logs and data; the last few are kept.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const RUNS_FOLDER = '.ngatu/demo';
/** In the folder of a run: its last screen before it was ended, with colours. */
export const SCREEN_FILE = 'screen.txt';

/** With the one that begins. */
const KEPT_RUNS = 5;

/** `2026-05-01T06-00-00-4711`: nothing else in the folder is the demo's to remove. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d+$/;

/** Makes the folder, named by time and process, and removes those of old runs that have ended. */
export async function makeRunFolder(now: Date, runs = resolve(RUNS_FOLDER)): Promise<string> {
  const name = `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${process.pid}`;
  await mkdir(join(runs, name), { recursive: true });
  const ended = (run: string) => RUN_NAME.test(run) && run !== name && !isRunning(run);
  const earlier = (await readdir(runs)).filter(ended).sort();
  for (const run of earlier.slice(0, -(KEPT_RUNS - 1)))
    await rm(join(runs, run), { recursive: true, force: true });
  return join(runs, name);
}

function isRunning(run: string): boolean {
  try {
    return process.kill(Number(run.split('-').at(-1)), 0);
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
