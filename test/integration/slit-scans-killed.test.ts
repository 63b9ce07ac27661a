// A box that loses its power while it writes slit scans: what was on disk is there, whole, and it goes on behind it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { folder, storeIn } from '../edge-agent/slit-scans/make-scans.ts';

const CHILD = join(import.meta.dirname, 'slit-scans-child.mjs');
const FROM_MS = Date.UTC(2026, 4, 1, 6);

/** Kills the writer after so many more pieces, somewhere in the next; resolves with the number it said. */
async function writeUntilKilled(directory: string, more: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let said = 0;
  let first: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    said = Number(line);
    first ??= said;
    if (said - first >= more) child.kill('SIGKILL');
  }
  await exited;
  return said;
}

it('slit scans that were on disk when the box was killed are whole, and the next ones follow them', async () => {
  const directory = await folder();
  let before = 0;
  for (const more of [1, 5, 2, 9]) {
    const said = await writeUntilKilled(directory, more);
    expect(said).toBeGreaterThan(before);
    before = said;
    const store = storeIn(directory);
    const found = await store.find('north', 'stop', FROM_MS, FROM_MS + 3_600_000);
    const numbers = found.map(({ header }) => (header.piece?.fromMs ?? 0) - FROM_MS);
    expect(numbers.length).toBeGreaterThanOrEqual(said);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i));
    for (const [i, record] of found.slice(0, said).entries()) {
      expect((await store.picture(record))[0]).toBe(i % 256);
    }
  }
}, 60_000);
