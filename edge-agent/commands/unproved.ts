// Before the agent reads its configuration: changes of the centre that a crash or a power cut left in the middle. One that
// was written gets one more start to show that it runs; after that, the files are as they were.

import { readFile } from 'node:fs/promises';
import { replaceFile } from '../durable-file.ts';
import type { CameraVersions, LastChange } from './camera-versions.ts';

/** A change of which nobody knows yet whether the camera runs with it. */
export type Unproved = LastChange & { readonly undo: NonNullable<LastChange['undo']> };

/** Those to be tried, once more; all others are taken back. Rejects with errors of the file system. */
export async function settleUnproved(versions: CameraVersions): Promise<Unproved[]> {
  const open: Unproved[] = [];
  for (const change of await versions.trials()) {
    const { undo } = change;
    if (undo === undefined) continue;
    const now = await readFile(undo.file, 'utf8').catch(() => undefined);
    if (now === undo.before)
      await finishBack(versions, change, 'the box stopped before the change was written');
    else if (now !== undo.after) await finishBack(versions, change, 'the file was changed by hand meanwhile');
    else if (undo.starts >= 1)
      await takeBack(versions, { ...change, undo }, 'the agent did not stay up with it');
    else {
      const next = { ...change, undo: { ...undo, starts: undo.starts + 1 } };
      await versions.put(next);
      open.push(next);
    }
  }
  return open;
}

/** Puts the file back as it was before, unless somebody has changed it since, and says so. */
export async function takeBack(versions: CameraVersions, change: Unproved, why: string): Promise<LastChange> {
  const { file, before, after } = change.undo;
  // The record goes last: until then the next start takes it back again.
  if ((await readFile(file, 'utf8').catch(() => undefined)) === after) await replaceFile(file, before);
  return finishBack(versions, change, why);
}

async function finishBack(versions: CameraVersions, change: LastChange, why: string): Promise<LastChange> {
  const { undo: _, ...rest } = change;
  const problems = [{ path: '', message: why }];
  const finished: LastChange = { ...rest, state: 'rolled-back', live: false, problems };
  await versions.put(finished);
  return finished;
}
