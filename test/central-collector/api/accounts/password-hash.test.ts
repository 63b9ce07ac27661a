import { describe, expect, it } from 'vitest';
import {
  DEFAULT_COST,
  isPasswordHash,
  PasswordHasher,
} from '../../../../central-collector/api/accounts/password-hash.ts';
import { passwordProblem } from '../../../../central-collector/api/accounts/password-rules.ts';
import { CHEAP } from './rig.ts';

describe('a password hash', () => {
  it('is scrypt with 128 MiB unless told otherwise, and names its parameters', async () => {
    expect(128 * 2 ** DEFAULT_COST.logN * DEFAULT_COST.r).toBe(128 * 2 ** 20);
    const hasher = new PasswordHasher();
    const stored = await hasher.hash('bridge lantern seven');
    expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
    expect(await hasher.verify('bridge lantern seven', stored)).toBe(true);
    expect(await hasher.verify('bridge lantern eight', stored)).toBe(false);
  });

  it('differs for the same password twice', async () => {
    const hasher = new PasswordHasher({ cost: CHEAP });
    expect(await hasher.hash('bridge lantern seven')).not.toBe(await hasher.hash('bridge lantern seven'));
  });

  it('of nobody is never right', async () => {
    expect(await new PasswordHasher({ cost: CHEAP }).verify('anything', undefined)).toBe(false);
  });

  it('is outdated once the parameters were raised, and still right', async () => {
    const stored = await new PasswordHasher({ cost: CHEAP }).hash('bridge lantern seven');
    const stronger = new PasswordHasher({ cost: { ...CHEAP, logN: 5 } });
    expect(stronger.isOutdated(stored)).toBe(true);
    expect(await stronger.verify('bridge lantern seven', stored)).toBe(true);
    expect(stronger.isOutdated(await stronger.hash('bridge lantern seven'))).toBe(false);
  });

  it.each([
    '',
    'bridge lantern seven',
    '$scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=17,r=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=17,r=8,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])('is not %j', (text) => {
    expect(isPasswordHash(text)).toBe(false);
  });

  it('is made for two at once at most; some wait, and more are refused rather than fill the memory', async () => {
    const hasher = new PasswordHasher({ cost: CHEAP, concurrent: 2, waiting: 3 });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => hasher.hash('x')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const [refused] = all.filter((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'unavailable', status: 503, retryAfterS: 5 });
    await expect(hasher.hash('x')).resolves.toMatch(/^\$scrypt/);
  });
});

describe('a password', () => {
  it.each([
    'bridge lantern seven',
    'kẹt xe cầu Sài Gòn 17h',
    'x7Qp-92vL-mmKt',
    '走路回家的第三个路口真堵',
    'N0t in any list, we hope',
    'kkkkk lantern seven',
  ])('may be %j', (password) => {
    expect(passwordProblem(password, 'admin')).toBeUndefined();
  });

  it.each([
    ['elevenchars', 'at least 12'],
    ['a'.repeat(300), 'at most 256'],
    ['aaaaaaaaaaaaaaa', 'different'],
    ['abababababababab', 'different'],
    ['tram7Xtram7Xtram7X', 'repeated'],
    ['123456789012', 'easy to guess'],
    ['qwertyuiop1234', 'easy to guess'],
    ['abcdefghijklmnop', 'easy to guess'],
    ['Password123456', 'easy to guess'],
    ['MatKhau2026!!', 'easy to guess'],
    ['minh.nguyen-2026', 'easy to guess'],
    ['ngatu-admin-2026', 'easy to guess'],
    ['1qaz2wsx3edc4rfv', 'easy to guess'],
  ])('may not be %j', (password, why) => {
    expect(passwordProblem(password, 'minh.nguyen')).toContain(why);
  });
});
