import { afterEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../../../central-collector/api/accounts/password-hash.ts';
import { networkOf, Throttle } from '../../../../central-collector/api/accounts/throttle.ts';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeRigs();
});

describe('guessing passwords', () => {
  it('is told to wait after five tries, twice as long after each more, also with the right password', async () => {
    const rig = await openRig();
    await rig.administrator();
    const stranger = rig.browser('198.51.100.7');
    for (let n = 0; n < 5; n += 1)
      expect((await stranger.signIn('admin', `guess ${n}`)).statusCode).toBe(401);
    for (const waitS of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const refused = await stranger.signIn('admin', GOOD_PASSWORD);
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, String(waitS)]);
      rig.clock.nowMs += waitS * 1000;
      expect((await stranger.signIn('admin', 'guess')).statusCode).toBe(401);
    }
  });

  it('gains nothing from many tries at the same moment', async () => {
    const rig = await openRig();
    await rig.administrator();
    const stranger = rig.browser('198.51.100.7');
    const tries = Array.from({ length: 25 }, (_, n) => stranger.signIn('admin', `guess ${n}`));
    const codes = (await Promise.all(tries)).map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 401)).toHaveLength(5);
    expect(codes.filter((code) => code === 429)).toHaveLength(20);
  });

  it('does not lock the user out where that user signed in before', async () => {
    const rig = await openRig();
    const desk = await rig.administrator();
    for (let n = 0; n < 40; n += 1) await rig.browser(`198.51.100.${n}`).signIn('admin', 'guess');
    expect((await rig.browser('203.0.113.1').signIn('admin', GOOD_PASSWORD)).statusCode).toBe(429);
    expect((await desk.signIn('admin', GOOD_PASSWORD)).statusCode).toBe(200);
  });

  it('does not lock the user out whose address somebody else guesses from, as behind one router', async () => {
    const rig = await openRig();
    const desk = await rig.administrator();
    const colleague = rig.browser(desk.address);
    for (let n = 0; n < 40; n += 1) await colleague.signIn(`user${n}`, 'guess');
    expect((await colleague.signIn('user99', 'guess')).statusCode).toBe(429);
    expect((await desk.signIn('admin', GOOD_PASSWORD)).statusCode).toBe(200);
    expect((await colleague.signIn('user99', 'guess')).statusCode).toBe(429);
  });

  it('of a user at that user’s own desk is slowed too', async () => {
    const rig = await openRig();
    const { address } = await rig.administrator();
    for (let n = 0; n < 5; n += 1)
      expect((await rig.browser(address).signIn('admin', 'guess')).statusCode).toBe(401);
    expect((await rig.browser(address).signIn('admin', GOOD_PASSWORD)).statusCode).toBe(429);
  });

  it('of many names from one address is slowed by the address, and a password of its own resets nothing', async () => {
    const rig = await openRig();
    await rig.as('viewer', 'insider');
    const insider = rig.browser('198.51.100.7');
    const codes: number[] = [];
    for (let n = 0; n < 60; n += 1) {
      codes.push((await insider.signIn(`user${n}`, 'guess')).statusCode);
      if (n % 2 === 0) await insider.signIn('insider', GOOD_PASSWORD);
    }
    expect(codes.filter((code) => code === 401)).toHaveLength(20);
  });

  it('answers in the same words and headers for names that nobody has, disabled users and old one-time passwords', async () => {
    const rig = await openRig();
    const administrator = await rig.administrator();
    const late = await administrator.ask('POST', '/api/v1/users', { name: 'late', role: 'viewer' });
    await rig.as('operator');
    await administrator.ask('PATCH', '/api/v1/users/operator', { disabled: true });
    rig.clock.nowMs += 7 * 86_400_000;
    const attempts = [
      ['admin', 'a wrong password'],
      ['nobody', GOOD_PASSWORD],
      ['../../etc/passwd', GOOD_PASSWORD],
      ['__proto__', GOOD_PASSWORD],
      ['operator', GOOD_PASSWORD],
      ['late', late.json().oneTimePassword],
    ] as const;
    const answers = [];
    for (const [name, password] of attempts) {
      const { statusCode, body, headers } = await rig.browser().signIn(name, password);
      answers.push(JSON.stringify({ statusCode, body, headers: { ...headers, date: '' } }));
    }
    expect(new Set(answers)).toEqual(new Set([answers[0]]));
    expect(answers[0]).toContain('"statusCode":401');
  });

  it('costs one password hash of the same size for every name, known or not', async () => {
    const rig = await openRig();
    await rig.administrator();
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify');
    await rig.browser().signIn('admin', 'a wrong password');
    await rig.browser().signIn('nobody', 'a wrong password');
    expect(verify.mock.calls.map(([, stored]) => stored !== undefined)).toEqual([true, false]);
  });

  it('is told to nobody with the name that was typed, which may be a password', async () => {
    const rig = await openRig();
    await rig.browser().signIn('hunter2 in the wrong field', 'x');
    expect(await rig.file('audit.ndjson')).toContain('sign-in-failed');
    expect(await rig.file('audit.ndjson')).not.toContain('hunter2');
  });

  it('fills no disk: three hundred failures of one address are nine lines in the audit log', async () => {
    const rig = await openRig();
    const stranger = rig.browser('198.51.100.7');
    for (let n = 0; n < 300; n += 1) {
      await stranger.signIn(`user${n}`, 'guess');
      rig.clock.nowMs += 15 * 60_000;
    }
    const lines = (await rig.file('audit.ndjson'))
      .split('\n')
      .filter((line) => line.includes('sign-in-failed'));
    // 1, 2, 4 … 256.
    expect(lines).toHaveLength(9);
  });
});

describe('the throttle', () => {
  it('keeps a bounded memory however many names and addresses come', () => {
    const throttle = new Throttle({ now: () => 0, maxEntries: 100 });
    for (let n = 0; n < 5000; n += 1) throttle.attempt(`10.0.${n >> 8}.${n & 255}`, `name${n}`);
    expect(throttle.size).toBeLessThanOrEqual(300);
  });

  it('does not count what was withdrawn', () => {
    const throttle = new Throttle({ now: () => 0 });
    for (let n = 0; n < 50; n += 1) {
      const attempt = throttle.attempt('192.0.2.1', 'admin');
      if ('waitMs' in attempt) throw new Error(`try ${n} was refused`);
      attempt.withdrawn();
    }
  });

  it('forgets failures an hour after the last', () => {
    let nowMs = 0;
    const throttle = new Throttle({ now: () => nowMs });
    for (let n = 0; n < 9; n += 1) {
      throttle.attempt('192.0.2.1', 'admin');
      nowMs += 60_000;
    }
    nowMs += 3_600_000;
    for (let n = 0; n < 5; n += 1)
      expect(throttle.attempt('192.0.2.1', 'admin')).toHaveProperty('failures', n + 1);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['192.0.2.9', '192.0.2.9'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
