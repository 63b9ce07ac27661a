// A file replaced as a whole on the edge side: after a crash there is the old one or the new one, never a half.

import { chmod, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the agent's own user reads it, unless a file is there already: then those who could. */
const PRIVATE_FILE = 0o600;

/**
 * Resolves when the text and its name are on disk; a crash may leave `path` with `.part`. What a link points to is
 * replaced, not the link. Errors of the file system as they are.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => PRIVATE_FILE,
  );
  const part = `${target}.part`;
  try {
    const file = await open(part, 'w', mode);
    try {
      // The mode above counts for new files only, and less what the process masks.
      await chmod(part, mode);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, target);
  } catch (error) {
    // On a full disk the half of it would only take room; why it failed is what counts.
    await unlink(part).catch(() => undefined);
    throw error;
  }
  const folder = await open(dirname(target), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
