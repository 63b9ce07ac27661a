import { afterEach, describe, expect, it } from 'vitest';
import { problemSchema } from '../../../../central-collector/api/problem.ts';
import { closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

const HOSTILE_NAMES = [
  '../../etc/passwd',
  '..',
  '.',
  '-rf',
  'a/b',
  'a\\b',
  'a\0b',
  'a\nb',
  'Admin',
  'аdmin',
  'admin ',
  '__proto__',
  "' OR '1'='1",
  '"; DROP MEASUREMENT flow; --',
  '<script>alert(1)</script>',
  '$\u007bjndi:ldap://x}',
  '%2e%2e%2f',
  'a'.repeat(33),
  '',
  'a\u202eb',
];

describe('a hostile request', () => {
  it.each(HOSTILE_NAMES)('adds no user with the name %j', async (name) => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const response = await admin.ask('POST', '/api/v1/users', { name, role: 'viewer' });
    expect(response.statusCode).toBe(400);
    expect(problemSchema.parse(response.json()).errors?.[0]?.path).toBe('body.name');
    const url = `/api/v1/users/${encodeURIComponent(name)}`;
    for (const method of ['GET', 'DELETE'] as const) {
      expect([400, 404]).toContain((await admin.ask(method, url)).statusCode);
    }
    expect(rig.accounts.users.list).toHaveLength(1);
  });

  it.each([
    ['session', { name: 'admin', password: GOOD_PASSWORD, role: 'administrator' }],
    ['users', { name: 'lan', role: 'viewer', passwordHash: 'x' }],
    ['users', { name: 'lan', role: 'viewer', disabled: false }],
    ['tokens', { name: 't', scopes: ['read'], digest: '0'.repeat(64) }],
  ])('is refused on /%s for fields that it does not know', async (path, body) => {
    const admin = await (await openRig()).administrator();
    const response = await admin.ask('POST', `/api/v1/${path}`, body);
    expect(response.statusCode).toBe(400);
    expect(response.json().detail).toMatch(/unrecognized key/i);
  });

  it.each([
    ['not JSON', '{"name":'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['an empty body', ''],
    ['a prototype', '{"name":"admin","password":"x","__proto__":{"role":"administrator"}}'],
    ['a constructor', '{"name":"admin","password":"x","constructor":{"prototype":{"a":1}}}'],
    ['a list for a password', '{"name":"admin","password":["x"]}'],
    ['an object for a name', '{"name":{"$ne":null},"password":"x"}'],
  ])('is refused as a problem document: %s', async (_what, payload) => {
    const rig = await openRig();
    const response = await rig
      .browser()
      .ask('POST', '/api/v1/session', payload, { 'content-type': 'application/json' });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(problemSchema.parse(response.json()).code).toBe('invalid-request');
  });

  it('is refused when its body is too large, before anything of it is kept', async () => {
    const rig = await openRig();
    const body = { name: 'admin', password: 'x'.repeat(20_000) };
    const response = await rig.browser().ask('POST', '/api/v1/session', body);
    expect(response.statusCode).toBe(413);
    expect(problemSchema.parse(response.json()).code).toBe('too-large');
  });

  it('is refused when its password is longer than any password', async () => {
    const rig = await openRig();
    const body = { name: 'admin', password: 'x'.repeat(5000) };
    expect((await rig.browser().ask('POST', '/api/v1/session', body)).statusCode).toBe(400);
  });

  it.each([
    'limit=0',
    'limit=100000',
    'limit=ten',
    'from=yesterday',
    'from=2026-03-02',
    'who=../admin',
    'unknown=1',
    'before=-1',
    'limit=1&limit=2',
  ])('is refused for the audit log: ?%s', async (query) => {
    const admin = await (await openRig()).administrator();
    expect((await admin.ask('GET', `/api/v1/audit?${query}`)).statusCode).toBe(400);
  });

  it.each([
    'ngatu-session=',
    'ngatu-session=../../accounts.json',
    `ngatu-session=${'A'.repeat(100_00)}`,
    'ngatu-session=%00',
    'ngatu-session=%E0%A4%A',
    '__Host-ngatu=x; ngatu-session=y; ngatu-session=z',
    ';;;===',
  ])('with a broken cookie is only not signed in', async (cookie) => {
    const browser = (await openRig()).browser();
    browser.cookie = cookie;
    expect((await browser.ask('GET', '/api/v1/session')).statusCode).toBe(401);
  });

  it('changes no user by an empty or contradicting change', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    for (const body of [
      {},
      { role: 'root' },
      { disabled: 'yes' },
      { resetPassword: false },
      { displayName: '\u202e' },
    ]) {
      expect((await admin.ask('PATCH', '/api/v1/users/admin', body)).statusCode).toBe(400);
    }
  });

  it('learns nothing of a defect', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    Object.defineProperty(rig.accounts.users, 'list', {
      get: () => {
        throw new Error('secret path /srv/centre');
      },
    });
    const response = await admin.ask('GET', '/api/v1/users');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('/srv');
  });
});
