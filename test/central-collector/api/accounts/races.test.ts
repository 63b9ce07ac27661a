import { afterEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../../../central-collector/api/accounts/password-hash.ts';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeRigs();
});

/** Lets something happen while the next password is looked at. */
function whileVerifying(happens: () => Promise<unknown>): void {
  const { verify } = PasswordHasher.prototype;
  vi.spyOn(PasswordHasher.prototype, 'verify').mockImplementationOnce(async function (
    this: PasswordHasher,
    ...args
  ) {
    await happens();
    return verify.apply(this, args);
  });
}

const SYSTEM = { by: 'system' } as const;

describe('while a password is looked at', () => {
  it.each([
    ['disabled', { disabled: true }],
    ['given another role', { role: 'viewer' as const }],
    ['given a new one-time password', { resetPassword: true as const }],
  ])('a user who is %s gets no session', async (_what, change) => {
    const rig = await openRig();
    await rig.as('operator');
    whileVerifying(() => rig.accounts.users.change(SYSTEM, 'operator', change));
    const browser = rig.browser();
    expect((await browser.signIn('operator', GOOD_PASSWORD)).statusCode).toBe(409);
    expect(browser.cookie).toBeUndefined();
    expect(rig.accounts.sessionsOf('operator')).toBe(0);
  });

  it('a user who is removed and added again under the same name gets no session', async () => {
    const rig = await openRig();
    await rig.as('operator');
    whileVerifying(async () => {
      await rig.accounts.users.remove(SYSTEM, 'operator');
      await rig.accounts.users.add(SYSTEM, { name: 'operator', role: 'operator' });
    });
    expect((await rig.browser().signIn('operator', GOOD_PASSWORD)).statusCode).toBe(409);
  });

  it('a one-time password from an administrator wins over the change by the user', async () => {
    const rig = await openRig();
    const operator = await rig.as('operator');
    let oneTimePassword: string | undefined;
    whileVerifying(async () => {
      ({ oneTimePassword } = await rig.accounts.users.change(SYSTEM, 'operator', { resetPassword: true }));
    });
    expect((await operator.changePassword(GOOD_PASSWORD, 'other quiet harbour')).statusCode).toBe(409);
    await rig.browser().enter('operator', oneTimePassword ?? '');
  });

  it('one of two changes to a password counts, and the other is told that it did not', async () => {
    const rig = await openRig();
    const browser = await rig.administrator();
    const [first, second] = ['other quiet harbour', 'some third sentence'];
    const both = await Promise.all([
      browser.changePassword(GOOD_PASSWORD, first),
      browser.changePassword(GOOD_PASSWORD, second),
    ]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const counts = both[0].statusCode === 200 ? first : second;
    expect((await rig.browser().signIn('admin', counts)).statusCode).toBe(200);
  });
});

describe('when too many sign in at once', () => {
  it('who is refused may try again at once, and is not counted as guessing', async () => {
    const rig = await openRig();
    await rig.administrator();
    vi.spyOn(PasswordHasher.prototype, 'verify').mockRejectedValue(
      Object.assign(new Error('busy'), { retryable: true }),
    );
    const elsewhere = rig.browser('198.51.100.7');
    for (let n = 0; n < 30; n += 1)
      expect((await elsewhere.signIn('admin', GOOD_PASSWORD)).statusCode).toBe(503);
    vi.restoreAllMocks();
    expect((await elsewhere.signIn('admin', GOOD_PASSWORD)).statusCode).toBe(200);
  });
});

describe('a password hash with other parameters', () => {
  it('is made anew at the next sign-in, and the password stays', async () => {
    const rig = await openRig();
    await rig.administrator();
    const before = JSON.parse(await rig.file('accounts.json')).users[0].passwordHash;
    vi.spyOn(PasswordHasher.prototype, 'isOutdated').mockReturnValueOnce(true);
    await rig.browser().signIn('admin', GOOD_PASSWORD);
    const after = JSON.parse(await rig.file('accounts.json')).users[0].passwordHash;
    expect(after).not.toBe(before);
    expect((await rig.browser().signIn('admin', GOOD_PASSWORD)).statusCode).toBe(200);
  });
});
