// An agent that is killed at any moment of a change has one whole version in its file after the next start, and its record
// says which.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const CHILD = join(import.meta.dirname, 'commands-child.mjs');
const KILLS = 25;

type Told = {
  settled?: true;
  done?: number;
  text?: string;
  last?: { revision: number; state: string };
};

it('the file of a camera is whole after a kill at any moment, and is what the record says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-killed-'));
  const file = join(folder, 'north.yaml');
  await writeFile(file, 'text 0\nend 0\n');
  const found = { applied: 0, 'rolled-back': 0 };
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      let settled: Told | undefined;
      // Some changes later, at a moment that differs each time by a part of a millisecond.
      const doneUntil = 1 + (kill % 3);
      let done = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        const told = JSON.parse(line) as Told;
        if (told.settled) settled = told;
        else done += 1;
        if (done === doneUntil) setTimeout(() => child.kill('SIGKILL'), (kill * 37) % 23);
      }
      await ended;
      if (settled?.last === undefined) continue;
      const { revision, state } = settled.last;
      const number = Number(/^text (\d+)\n[\s\S]*end \1\n$/.exec(settled.text ?? '')?.[1]);
      expect(number, 'a text that is whole').not.toBeNaN();
      if (state === 'applied') expect(number).toBe(revision);
      else expect(number).toBeLessThan(revision);
      expect(['applied', 'rolled-back']).toContain(state);
      found[state as keyof typeof found] += 1;
      // No version that the camera was not live with stays.
      expect(number % 3).not.toBe(2);
      expect(await readFile(file, 'utf8')).toMatch(/end \d+\n$/);
    }
    expect(found.applied).toBeGreaterThan(0);
    expect(found['rolled-back']).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
