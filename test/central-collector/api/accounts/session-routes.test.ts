import { afterEach, describe, expect, it } from 'vitest';
import { sessionAnswer } from '../../../../central-collector/api/accounts/schemas.ts';
import { MAX_SESSIONS } from '../../../../central-collector/api/accounts/sessions.ts';
import { problemSchema } from '../../../../central-collector/api/problem.ts';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('the first start', () => {
  it('makes an administrator with a one-time password that opens nothing but the change of password', async () => {
    const rig = await openRig();
    expect(rig.first).toEqual({
      name: 'admin',
      oneTimePassword: expect.stringMatching(/^(\w{5}-){3}\w{5}$/),
    });
    const browser = rig.browser();
    const answer = await browser.signIn('admin', rig.first?.oneTimePassword ?? '');
    expect(sessionAnswer.parse(answer.json())).toMatchObject({
      role: 'administrator',
      permissions: [],
      passwordChangeRequired: true,
    });
    const refused = await browser.ask('GET', '/api/v1/users');
    expect(problemSchema.parse(refused.json())).toMatchObject({
      status: 403,
      code: 'password-change-required',
    });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    const changed = await browser.changePassword(rig.first?.oneTimePassword ?? '', GOOD_PASSWORD);
    expect(changed.json()).toMatchObject({ passwordChangeRequired: false });
    expect((await browser.ask('GET', '/api/v1/users')).statusCode).toBe(200);
    expect((await rig.browser().signIn('admin', rig.first?.oneTimePassword ?? '')).statusCode).toBe(401);
  });

  it('is told again with another password until the first was used, and then never', async () => {
    const rig = await openRig();
    const again = await rig.restart();
    expect(again.first?.name).toBe('admin');
    expect(again.first?.oneTimePassword).not.toBe(rig.first?.oneTimePassword);
    expect((await again.browser().signIn('admin', rig.first?.oneTimePassword ?? '')).statusCode).toBe(401);
    await again.administrator();
    expect((await again.restart()).first).toBeUndefined();
  });

  it('writes no password and nothing that opens a door to disk', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const token = (await browser.ask('POST', '/api/v1/tokens', { name: 't', scopes: ['read'] })).json().token;
    const onDisk = (await rig.file('accounts.json')) + (await rig.file('audit.ndjson'));
    const secrets = [
      rig.first?.oneTimePassword,
      GOOD_PASSWORD,
      token,
      browser.cookie?.split('=')[1],
      browser.csrf,
    ];
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(10);
      expect(onDisk).not.toContain(secret);
    }
  });
});

describe('a session', () => {
  it('is a cookie that scripts and other sites cannot use, and __Host- with https', async () => {
    const plain = await openRig();
    const [cookie] = (await plain.browser().signIn('admin', plain.first?.oneTimePassword ?? '')).cookies;
    expect(cookie).toMatchObject({ name: 'ngatu-session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie).not.toHaveProperty('secure');
    const tls = await openRig({ secure: true, origins: ['http://localhost:80'] });
    const [secure] = (await tls.browser().signIn('admin', tls.first?.oneTimePassword ?? '')).cookies;
    expect(secure).toMatchObject({
      name: '__Host-ngatu',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
      path: '/',
    });
    expect(secure).not.toHaveProperty('domain');
  });

  it('takes over no identifier that the browser brings, and ends the one it had', async () => {
    const rig = await openRig();
    const victim = rig.browser();
    const planted = `ngatu-session=${'A'.repeat(43)}`;
    victim.cookie = planted;
    await victim.signIn('admin', rig.first?.oneTimePassword ?? '');
    expect(victim.cookie).not.toBe(planted);
    const thief = rig.browser();
    thief.cookie = planted;
    expect((await thief.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    const before = victim.cookie;
    await victim.signIn('admin', rig.first?.oneTimePassword ?? '');
    thief.cookie = before;
    expect((await thief.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    expect((await victim.ask('GET', '/api/v1/session')).statusCode).toBe(200);
  });

  it('survives a restart', async () => {
    const rig = await openRig();
    const { cookie } = await rig.administrator();
    const again = await rig.restart();
    const browser = again.browser();
    browser.cookie = cookie;
    expect((await browser.ask('GET', '/api/v1/session')).json()).toMatchObject({ user: 'admin' });
  });

  it('ends half a day after the last request, also when the last requests were before a restart', async () => {
    const rig = await openRig();
    const browser = await rig.as('operator');
    for (let hour = 0; hour < 30; hour += 10) {
      rig.clock.nowMs += 10 * HOUR_MS;
      expect((await browser.ask('GET', '/api/v1/session')).statusCode).toBe(200);
    }
    const again = await rig.restart();
    const after = again.browser();
    after.cookie = browser.cookie;
    rig.clock.nowMs += 11 * HOUR_MS;
    expect((await after.ask('GET', '/api/v1/session')).statusCode).toBe(200);
    rig.clock.nowMs += 12 * HOUR_MS;
    expect((await after.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it('of an administrator ends after a day, of a wall display after a month', async () => {
    const rig = await openRig();
    const administrator = await rig.administrator();
    const wall = await rig.as('viewer');
    for (let hour = 0; hour < 24; hour += 6) {
      expect((await administrator.ask('GET', '/api/v1/session')).statusCode).toBe(200);
      rig.clock.nowMs += 6 * HOUR_MS;
    }
    expect((await administrator.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    rig.clock.nowMs += 28.9 * DAY_MS;
    expect((await wall.ask('GET', '/api/v1/session')).statusCode).toBe(200);
    rig.clock.nowMs += 0.2 * DAY_MS;
    expect((await wall.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it('ends with the sign-out, here or everywhere', async () => {
    const rig = await openRig();
    const desk = await rig.administrator();
    const phone = rig.browser();
    await phone.signIn('admin', GOOD_PASSWORD);
    const { cookie } = phone;
    expect((await phone.ask('DELETE', '/api/v1/session')).statusCode).toBe(204);
    expect(phone.cookie).toBeUndefined();
    phone.cookie = cookie;
    expect((await phone.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    await phone.signIn('admin', GOOD_PASSWORD);
    expect((await desk.ask('DELETE', '/api/v1/session?everywhere=true')).statusCode).toBe(204);
    expect((await phone.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it('ends with a change of password, but for the browser where it was changed', async () => {
    const rig = await openRig();
    const desk = await rig.administrator();
    const phone = rig.browser();
    await phone.signIn('admin', GOOD_PASSWORD);
    const before = desk.cookie;
    expect((await desk.changePassword(GOOD_PASSWORD, 'other quiet harbour')).statusCode).toBe(200);
    expect(desk.cookie).not.toBe(before);
    expect((await desk.ask('GET', '/api/v1/session')).statusCode).toBe(200);
    expect((await phone.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it.each([
    ['role', { role: 'viewer' }],
    ['being disabled', { disabled: true }],
    ['a new one-time password', { resetPassword: true }],
    ['an administrator who signs the user out', { signOut: true }],
  ])('ends with a change: %s', async (_what, change) => {
    const rig = await openRig();
    const administrator = await rig.administrator();
    const operator = await rig.as('operator');
    expect((await administrator.ask('PATCH', '/api/v1/users/operator', change)).statusCode).toBe(200);
    expect((await operator.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it(`is one of at most ${MAX_SESSIONS} of a user: the oldest ends`, async () => {
    const rig = await openRig();
    const oldest = await rig.administrator();
    for (let n = 0; n < MAX_SESSIONS; n += 1) {
      rig.clock.nowMs += 1000;
      await rig.browser().signIn('admin', GOOD_PASSWORD);
    }
    expect((await oldest.ask('GET', '/api/v1/session')).statusCode).toBe(401);
    expect(JSON.parse(await rig.file('accounts.json')).sessions).toHaveLength(MAX_SESSIONS);
  });

  it('of an open stream can be asked for, without counting as a use', async () => {
    const rig = await openRig();
    const browser = await rig.as('operator');
    const principal = rig.accounts.bySession(browser.cookie?.split('=')[1] ?? '');
    if (principal === undefined) throw new Error('expected a session');
    expect(rig.accounts.stillHolds(principal, 'stream')).toBe(true);
    expect(rig.accounts.stillHolds(principal, 'users')).toBe(false);
    rig.clock.nowMs += 11 * HOUR_MS;
    expect(rig.accounts.stillHolds(principal, 'stream')).toBe(true);
    rig.clock.nowMs += 2 * HOUR_MS;
    expect(rig.accounts.stillHolds(principal, 'stream')).toBe(false);
  });
});

describe('a new password', () => {
  it.each([
    ['too short', 'lantern-7'],
    ['a short part repeated', 'abc7abc7abc7abc7'],
    ['the user name', 'adminadmin2026'],
    ['the old one', GOOD_PASSWORD],
  ])('is refused when it is %s', async (_what, password) => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const { statusCode } = await browser.changePassword(GOOD_PASSWORD, password);
    expect(statusCode).toBe(422);
    expect((await rig.browser().signIn('admin', GOOD_PASSWORD)).statusCode).toBe(200);
  });

  it('needs the current one', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    expect((await browser.changePassword('wrong but long enough', 'other quiet harbour')).statusCode).toBe(
      401,
    );
    expect((await browser.ask('GET', '/api/v1/session')).statusCode).toBe(200);
  });

  it('is the same however its letters are composed', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const password = 'đường Điện Biên Phủ số chín';
    await browser.changePassword(GOOD_PASSWORD, password.normalize('NFC'));
    expect((await rig.browser().signIn('admin', password.normalize('NFD'))).statusCode).toBe(200);
  });
});
