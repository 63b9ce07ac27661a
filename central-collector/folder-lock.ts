// A folder that one process at a time may use. The lock is the operating system's, through LevelDB: it ends with the
// process, however that ends, and no number of a process can be mistaken for another's.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';

export class FolderLockError extends Error {
  override readonly name = 'FolderLockError';
  /** A process that is just ending gives the folder free; a service manager may try again. */
  readonly retryable = true;
}

export type FolderLock = { /** Idempotent. */ release(): Promise<void> };

/** A collector that was told to stop is gone by then. */
const PATIENCE_MS = 6000;
const PAUSE_MS = 200;

/** Waits a few seconds for another process to end. Throws FolderLockError. */
export async function lockFolder(directory: string, patienceMs = PATIENCE_MS): Promise<FolderLock> {
  const endMs = Date.now() + patienceMs;
  for (;;) {
    const database = new ClassicLevel(join(directory, 'lock'));
    try {
      await database.open();
      return { release: () => database.close() };
    } catch (cause) {
      if (!isLocked(cause)) throw cause;
      if (Date.now() >= endMs) {
        throw new FolderLockError(
          `another collector uses ${directory}: stop that one, give this one a centre.directory of its own, or set centre.enabled: false where it is only to store`,
          { cause },
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}

function isLocked(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === 'LEVEL_LOCKED') return true;
  }
  return false;
}
