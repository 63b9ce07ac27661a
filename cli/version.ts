// The version that `ngatu --version`, status messages and the log tell: that of package.json.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this build. The same file is two levels up from dist/cli and one from cli. */
export function readVersion(): string {
  for (const up of ['..', join('..', '..')]) {
    const found = versionIn(join(import.meta.dirname, up, 'package.json'));
    if (found !== undefined) return found;
  }
  return 'unknown';
}

function versionIn(path: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown; version?: unknown };
    return name === 'ngatu' && typeof version === 'string' ? version : undefined;
  } catch {
    // No package.json there: the other place has it.
    return undefined;
  }
}
