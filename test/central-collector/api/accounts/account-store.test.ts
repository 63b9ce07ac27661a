import { chmod, mkdir, readFile, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

const SYSTEM = { by: 'system' } as const;

describe('accounts.json', () => {
  it('is for the owner of the folder only', async () => {
    const rig = await openRig();
    expect((await stat(join(rig.directory, 'accounts.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(rig.directory)).mode & 0o777).toBe(0o700);
  });

  it('is as before when a crash left the half of the next one', async () => {
    const rig = await openRig();
    const { cookie } = await rig.administrator();
    const part = join(rig.directory, 'accounts.json.part');
    await writeFile(part, (await rig.file('accounts.json')).slice(0, 100));
    await chmod(part, 0o644);
    const again = await rig.restart();
    const browser = again.browser();
    browser.cookie = cookie;
    expect((await browser.ask('GET', '/api/v1/session')).statusCode).toBe(200);
    await again.accounts.users.add(SYSTEM, { name: 'lan', role: 'viewer' });
    expect((await stat(join(rig.directory, 'accounts.json'))).mode & 0o777).toBe(0o600);
  });

  it('is as before when a crash came between the audit log and the file; the log tells what was asked for', async () => {
    const rig = await openRig();
    await rig.administrator();
    const before = await rig.file('accounts.json');
    await rig.accounts.users.add(SYSTEM, { name: 'lan', role: 'viewer' });
    await rig.close();
    await writeFile(join(rig.directory, 'accounts.json'), before);
    const again = await openRig({ directory: rig.directory });
    expect(again.accounts.users.list.map(({ name }) => name)).toEqual(['admin']);
    expect(again.accounts.auditLog.verdict.intact).toBe(true);
    expect((await again.administrator()).cookie).toBeDefined();
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -20)],
    ['empty', () => ''],
    ['of a newer version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['with an unknown field', (text: string) => text.replace('"version": 1', '"version": 1, "extra": 1')],
    ['with an unknown role', (text: string) => text.replace('"administrator"', '"root"')],
    ['with a password as plain text', (text: string) => text.replace(/"\$scrypt[^"]*"/, '"secret"')],
    ['with a name that is a path', (text: string) => text.replace('"name": "admin"', '"name": "../admin"')],
  ])('that is %s stops the start with a word of advice, and no new administrator', async (_what, damage) => {
    const rig = await openRig();
    await rig.close();
    const path = join(rig.directory, 'accounts.json');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    await expect(openRig({ directory: rig.directory })).rejects.toMatchObject({
      name: 'AccountsError',
      retryable: false,
      message: expect.stringContaining('put a copy from a backup there'),
    });
  });

  it('keeps all of many changes at the same moment', async () => {
    const rig = await openRig();
    const names = Array.from({ length: 40 }, (_, n) => `user${n}`);
    await Promise.all(
      names.slice(0, 20).map((name) => rig.accounts.users.add(SYSTEM, { name, role: 'viewer' })),
    );
    const again = await rig.restart();
    expect(again.accounts.users.list).toHaveLength(21);
    expect(await again.accounts.auditLog.verify()).toMatchObject({ intact: true });
  });

  it('takes over what the command line changed meanwhile: a lost password is replaced while the collector runs', async () => {
    const rig = await openRig();
    await rig.administrator();
    const commandLine = await openRig({ directory: rig.directory });
    const { oneTimePassword } = await commandLine.accounts.users.change(SYSTEM, 'admin', {
      resetPassword: true,
    });
    expect((await rig.browser().signIn('admin', GOOD_PASSWORD)).statusCode).toBe(401);
    await rig.browser().enter('admin', oneTimePassword ?? '');
    expect(await rig.accounts.auditLog.verify()).toMatchObject({ intact: true });
  });

  it('that cannot be written changes nothing: the request fails, the audit log says so, and it works later', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const part = join(rig.directory, 'accounts.json.part');
    // Nobody, not even root, writes to a folder as if it were a file.
    await mkdir(part);
    const refused = await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' });
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    expect(refused.body).not.toContain(rig.directory);
    expect(rig.accounts.users.list).toHaveLength(1);
    expect((await rig.accounts.auditLog.read({ limit: 1 }))[0]).toMatchObject({
      action: 'not-done',
      target: 'lan',
      detail: { action: 'user-added' },
    });
    await rmdir(part);
    expect((await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' })).statusCode).toBe(201);
  });

  it('that is gone, as with a disk that was unmounted, leaves everybody signed in and changes nothing', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const path = join(rig.directory, 'accounts.json');
    await rename(path, `${path}.away`);
    expect((await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' })).statusCode).toBe(503);
    expect((await admin.ask('GET', '/api/v1/users')).statusCode).toBe(200);
    await rename(`${path}.away`, path);
    expect((await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' })).statusCode).toBe(201);
  });

  it('is not changed when the audit log cannot be written', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const before = await rig.file('accounts.json');
    const audit = join(rig.directory, 'audit.ndjson');
    await rename(audit, `${audit}.away`);
    await mkdir(audit);
    expect((await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' })).statusCode).toBe(503);
    expect(await rig.file('accounts.json')).toBe(before);
    await rmdir(audit);
    await rename(`${audit}.away`, audit);
    expect((await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'viewer' })).statusCode).toBe(201);
    expect(await rig.accounts.auditLog.verify()).toMatchObject({ intact: true });
  });
});

describe('the audit log of accounts', () => {
  it('tells of each change: who, from where, what, without secrets, with the verdict on its chain', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    await admin.ask('POST', '/api/v1/users', { name: 'lan', role: 'operator' });
    await admin.ask('PATCH', '/api/v1/users/lan', { role: 'viewer', displayName: 'Lan' });
    const made = await admin.ask('POST', '/api/v1/tokens', { name: 'ci', scopes: ['read'] });
    await admin.ask('DELETE', `/api/v1/tokens/${made.json().id}`);
    await admin.ask('DELETE', '/api/v1/users/lan');
    const { entries, chain, next } = (await admin.ask('GET', '/api/v1/audit?limit=100')).json();
    expect(chain).toMatchObject({ intact: true, fault: null });
    expect(next).toBeNull();
    const facts = entries.map(({ by, who, action, target }: Record<string, string>) => [
      by,
      who,
      action,
      target,
    ]);
    expect(facts.reverse()).toEqual([
      ['system', undefined, 'user-added', 'admin'],
      ['session', 'admin', 'signed-in', undefined],
      ['session', 'admin', 'password-changed', 'admin'],
      ['session', 'admin', 'user-added', 'lan'],
      ['session', 'admin', 'user-changed', 'lan'],
      ['session', 'admin', 'token-added', made.json().id],
      ['session', 'admin', 'token-removed', made.json().id],
      ['session', 'admin', 'user-removed', 'lan'],
    ]);
    expect(entries[3].detail).toEqual({ role: 'viewer', roleBefore: 'operator', displayName: 'Lan' });
    expect(entries[3].address).toBe('192.0.2.1');
  });

  it('is given page by page', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    for (let n = 0; n < 5; n += 1) await rig.accounts.users.add(SYSTEM, { name: `user${n}`, role: 'viewer' });
    const seqs: number[] = [];
    let before = '';
    for (let pages = 0; pages < 10; pages += 1) {
      const page = (await admin.ask('GET', `/api/v1/audit?limit=3${before}`)).json();
      seqs.push(...page.entries.map(({ seq }: { seq: number }) => seq));
      if (page.next === null) break;
      before = `&before=${page.next}`;
    }
    expect(seqs).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('takes the verdicts of other routes: with who and from where', async () => {
    const rig = await openRig();
    rig.server.post(
      '/api/v1/incidents/i7/verdict',
      { onRequest: rig.gate.requires('verdict') },
      async (request) => {
        await rig.gate.audit(request, {
          action: 'incident-confirmed',
          target: 'i7',
          detail: { note: 'lane 2' },
        });
        return { done: true };
      },
    );
    const operator = await rig.as('operator');
    expect((await operator.ask('POST', '/api/v1/incidents/i7/verdict')).statusCode).toBe(200);
    expect((await rig.accounts.auditLog.read({ limit: 1 }))[0]).toMatchObject({
      by: 'session',
      who: 'operator',
      address: '192.0.2.1',
      action: 'incident-confirmed',
      target: 'i7',
      detail: { note: 'lane 2' },
    });
  });

  it('that was tampered with is a problem for the health page', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    expect(rig.accounts.problems).toEqual([]);
    await rig.close();
    const path = join(rig.directory, 'audit.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).replace('signed-in', 'signed-up'));
    const again = await openRig({ directory: rig.directory });
    expect(again.accounts.problems[0]).toMatch(
      /^The audit log was tampered with or damaged: audit.ndjson, line 3/,
    );
    const browser = again.browser();
    [browser.cookie, browser.csrf] = [admin.cookie, admin.csrf];
    expect((await browser.ask('GET', '/api/v1/audit')).json().chain).toMatchObject({ intact: false });
  });
});
