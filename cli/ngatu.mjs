#!/usr/bin/env node
// The command that is linked and installed: it is there also before the first build, and says then what to do.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/ngatu.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write('ngatu is not built yet. Run: npm run setup\n');
  process.exitCode = 2;
}
