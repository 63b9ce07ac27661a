// A small file replaced as a whole: after a crash there is the old one or the new one, never a half.

import { chmod, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the collector's own user reads what lies here. */
export const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export async function makePrivateFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: PRIVATE_FOLDER });
}

/** Resolves when the text and its name are on disk; a crash may leave `path` with `.part`. Errors of the file system as they are. */
export async function replaceFile(path: string, text: string | Buffer, mode = PRIVATE_FILE): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w', mode);
    try {
      // The mode above counts for new files only; a part of an earlier crash may have another.
      await chmod(part, mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    // On a full disk the half of it would only take room; why it failed is what counts.
    await unlink(part).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes new and removed names in a folder survive a power cut. */
export async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
