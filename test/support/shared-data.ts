// Where the data for tests lies that is not part of the project; tests skip without it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const directory = process.env.NGATU_DATA ?? resolve('../shared/data');

/** Path inside the shared data. */
export function dataPath(...parts: readonly string[]): string {
  return join(directory, ...parts);
}

/** For `describe.skipIf`: true, with a sentence on stderr, when one of the paths is missing. */
export function isDataMissing(...paths: readonly string[]): boolean {
  const missing = paths.filter((path) => !existsSync(dataPath(path)));
  if (missing.length > 0) {
    process.stderr.write(
      `skipped: ${missing.map((path) => dataPath(path)).join(', ')} missing (set NGATU_DATA)\n`,
    );
  }
  return missing.length > 0;
}
