import { afterEach, describe, expect, it } from 'vitest';
import {
  userAndPasswordAnswer,
  userAnswer,
  usersAnswer,
} from '../../../../central-collector/api/accounts/schemas.ts';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

describe('users', () => {
  it('are added with a one-time password that is shown once', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const added = await admin.ask('POST', '/api/v1/users', {
      name: 'lan',
      role: 'operator',
      displayName: 'Nguyễn Thị Lan',
    });
    expect(added.statusCode).toBe(201);
    const { oneTimePassword } = userAndPasswordAnswer.parse(added.json());
    const one = await admin.ask('GET', '/api/v1/users/lan');
    expect(userAnswer.parse(one.json())).toMatchObject({
      displayName: 'Nguyễn Thị Lan',
      lastSignInAt: null,
      sessions: 0,
    });
    expect(one.body).not.toContain(oneTimePassword);
    expect(one.body).not.toContain('scrypt');
    const lan = rig.browser();
    await lan.enter('lan', oneTimePassword ?? '');
    const { users } = usersAnswer.parse((await admin.ask('GET', '/api/v1/users')).json());
    expect(users.map(({ name, sessions }) => [name, sessions])).toEqual([
      ['admin', 1],
      ['lan', 1],
    ]);
  });

  it('get a new one-time password when theirs is lost; the old one and their sessions end', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const operator = await rig.as('operator');
    const reset = await admin.ask('PATCH', '/api/v1/users/operator', { resetPassword: true });
    const { oneTimePassword } = userAndPasswordAnswer.parse(reset.json());
    expect((await operator.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    expect((await rig.browser().signIn('operator', GOOD_PASSWORD)).statusCode).toBe(401);
    await rig.browser().enter('operator', oneTimePassword ?? '');
  });

  it('lose a one-time password after a week', async () => {
    const rig = await openRig();
    const { oneTimePassword } = await rig.accounts.users.add(
      { by: 'system' },
      { name: 'lan', role: 'viewer' },
    );
    rig.clock.nowMs += 7 * 86_400_000;
    expect((await rig.browser().signIn('lan', oneTimePassword)).statusCode).toBe(401);
  });

  it('are removed with their sessions and tokens', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const engineer = await rig.as('engineer');
    const made = await admin.ask('POST', '/api/v1/tokens', {
      name: 'ci',
      owner: 'engineer',
      scopes: ['read'],
    });
    const authorization = `Bearer ${made.json().token}`;
    expect(
      (await rig.browser().ask('GET', '/api/v1/try/read', undefined, { authorization })).statusCode,
    ).toBe(200);
    expect((await admin.ask('DELETE', '/api/v1/users/engineer')).statusCode).toBe(204);
    expect((await engineer.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    expect(
      (await rig.browser().ask('GET', '/api/v1/try/read', undefined, { authorization })).statusCode,
    ).toBe(401);
    expect((await admin.ask('DELETE', '/api/v1/users/engineer')).statusCode).toBe(404);
    // Nor do they come back with somebody of the same name.
    await rig.as('engineer');
    expect(
      (await rig.browser().ask('GET', '/api/v1/try/read', undefined, { authorization })).statusCode,
    ).toBe(401);
    expect((await engineer.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it.each([
    ['removed', 'DELETE', undefined],
    ['demoted', 'PATCH', { role: 'engineer' }],
    ['disabled', 'PATCH', { disabled: true }],
  ] as const)('keep one administrator: the last is not %s', async (_what, method, body) => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const refused = await admin.ask(method, '/api/v1/users/admin', body);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain('last administrator');
    const second = await rig.as('administrator', 'second');
    expect((await second.ask(method, '/api/v1/users/admin', body)).statusCode).toBeLessThan(300);
  });

  it('keep one administrator also when two demote each other at the same moment', async () => {
    const rig = await openRig();
    const [first, second] = [await rig.administrator(), await rig.as('administrator', 'second')];
    await Promise.all([
      first.ask('PATCH', '/api/v1/users/second', { role: 'viewer' }),
      second.ask('PATCH', '/api/v1/users/admin', { role: 'viewer' }),
    ]);
    const left = rig.accounts.users.list.filter(({ role }) => role === 'administrator');
    expect(left).toHaveLength(1);
  });

  it('have names of their own: the second one of two at the same moment is refused', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const body = { name: 'lan', role: 'viewer' };
    const both = await Promise.all([
      admin.ask('POST', '/api/v1/users', body),
      admin.ask('POST', '/api/v1/users', body),
    ]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });

  it('may have names that JavaScript objects have too', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    for (const name of ['constructor', 'tostring', 'hasownproperty']) {
      expect((await admin.ask('GET', `/api/v1/users/${name}`)).statusCode).toBe(404);
      expect((await admin.ask('POST', '/api/v1/users', { name, role: 'viewer' })).statusCode).toBe(201);
      expect((await admin.ask('GET', `/api/v1/users/${name}`)).json()).toMatchObject({ role: 'viewer' });
    }
  });

  it('sign in with their name as they type it', async () => {
    const rig = await openRig();
    await rig.as('operator', 'lan');
    expect((await rig.browser().signIn(' Lan ', GOOD_PASSWORD)).statusCode).toBe(200);
  });
});
