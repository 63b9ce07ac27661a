import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { accountsCommand } from '../../cli/accounts.ts';
import { closeCentreRigs, openCentreRig } from '../central-collector/centre-rig.ts';
import { CentreUser, PASSWORD } from '../central-collector/centre-user.ts';

afterEach(closeCentreRigs);

/** What the command printed. */
async function run(...words: string[]): Promise<string> {
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => printed.push(line));
  onTestFinished(() => log.mockRestore());
  await accountsCommand().exitOverride().parseAsync(words, { from: 'user' });
  return printed.join('\n');
}

async function withAdministrator() {
  const rig = await openCentreRig();
  await CentreUser.administrator(rig);
  const config = join(rig.directory, 'collector.yaml');
  await writeFile(config, `mqtt: {url: mqtt://127.0.0.1:1883}\ncentre: {directory: ${rig.directory}}\n`);
  return { ...rig, config, stop: () => rig.centre.stop().then(() => rig.centre.close()) };
}

describe('ngatu accounts', () => {
  it('hands out a one-time password when the last administrator forgot his own', async () => {
    const { directory, config, stop } = await withAdministrator();
    await stop();
    expect(await run('list', '--config', config)).toBe('admin  administrator');
    const printed = await run('reset', 'admin', '--config', config);
    const [, oneTime = ''] = /^one-time password for admin: (\S+)$/.exec(printed) ?? [];
    expect(await run('list', '--config', config)).toBe('admin  administrator  with a one-time password');
    expect(await readFile(join(directory, 'audit.ndjson'), 'utf8')).toContain('"resetPassword":true');

    const again = await openCentreRig({ directory });
    const signIn = (password: string) =>
      again.server.inject({ method: 'POST', url: '/api/v1/session', payload: { name: 'admin', password } });
    expect((await signIn(PASSWORD)).statusCode).toBe(401);
    // The start has not replaced it by another.
    expect(again.centre.firstPassword).toBeUndefined();
    expect((await signIn(oneTime)).json()).toMatchObject({ user: 'admin', passwordChangeRequired: true });
  });

  it('says who there is when nobody has the name', async () => {
    const { config, stop } = await withAdministrator();
    await stop();
    await expect(run('reset', 'lan', '--config', config)).rejects.toThrow(/"lan"; there are: admin$/);
  });

  it('wants the collector to be stopped', async () => {
    const { config } = await withAdministrator();
    await expect(run('reset', 'admin', '--config', config)).rejects.toThrow(/a collector uses .*: stop it/);
  });
});
