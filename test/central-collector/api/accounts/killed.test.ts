import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Accounts } from '../../../../central-collector/api/accounts/accounts.ts';
import { CHEAP } from './rig.ts';

const CHILD = join(import.meta.dirname, 'accounts-child.mjs');

/** Kills a child after it confirmed so many users; gives their names. */
async function confirmedUntilKilled(
  directory: string,
  prefix: string,
  count: number,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, directory, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const names: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    names.push(line);
    if (names.length === count) child.kill('SIGKILL');
  }
  await exited;
  expect(child.signalCode).toBe('SIGKILL');
  return names;
}

it('keeps every user that was confirmed before the collector was killed, and one whole audit log', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-accounts-killed-'));
  try {
    const confirmed: string[] = [];
    for (const [round, count] of [1, 7, 19].entries()) {
      confirmed.push(...(await confirmedUntilKilled(directory, `round${round}`, count)));
      const accounts = new Accounts({ directory, log: pino({ level: 'silent' }), hashCost: CHEAP });
      await accounts.open();
      const names = accounts.users.list.map(({ name }) => name).filter((name) => name !== 'admin');
      expect(names).toEqual(expect.arrayContaining(confirmed));
      // What was on its way when it was killed may be there, once a round.
      expect(names.length - confirmed.length).toBeLessThanOrEqual(round + 1);
      expect(accounts.auditLog.verdict).toMatchObject({ intact: true });
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
