import { afterEach, describe, expect, it } from 'vitest';
import { PERMISSION_TABLE, PERMISSIONS, SCOPES } from '../../../../central-collector/api/accounts/roles.ts';
import {
  newTokenAnswer,
  sessionAnswer,
  tokensAnswer,
} from '../../../../central-collector/api/accounts/schemas.ts';
import { closeRigs, openRig, type Rig } from './rig.ts';

afterEach(closeRigs);

async function makeToken(rig: Rig, body: object): Promise<string> {
  const admin = await rig
    .administrator()
    .catch(() => rig.as('administrator', `admin${Math.random()}`.replace('.', '')));
  const made = await admin.ask('POST', '/api/v1/tokens', { name: 'a program', ...body });
  expect(made.statusCode).toBe(201);
  return newTokenAnswer.parse(made.json()).token;
}

function use(rig: Rig, token: string, url: string, method: 'GET' | 'POST' | 'DELETE' = 'GET') {
  const bare = { origin: undefined, 'sec-fetch-site': undefined };
  return rig.browser().ask(method, url, undefined, { ...bare, authorization: `Bearer ${token}` });
}

describe('an API token', () => {
  it.each(SCOPES)(
    'with the scope "%s" opens what belongs to it and nothing else, without a CSRF token',
    async (scope) => {
      const rig = await openRig();
      const token = await makeToken(rig, { scopes: [scope] });
      expect(token).toMatch(/^ngatu_[\w-]{43}$/);
      for (const permission of PERMISSIONS) {
        const { statusCode } = await use(rig, token, `/api/v1/try/${permission}`, 'POST');
        expect([permission, statusCode]).toEqual([
          permission,
          PERMISSION_TABLE[permission].scope === scope ? 200 : 403,
        ]);
      }
    },
  );

  it('holds no more than the role of its owner, also after that changed', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    await rig.as('engineer', 'lan');
    const made = await admin.ask('POST', '/api/v1/tokens', { name: 't', owner: 'lan', scopes: [...SCOPES] });
    const { token } = newTokenAnswer.parse(made.json());
    expect((await use(rig, token, '/api/v1/try/configure')).statusCode).toBe(200);
    expect((await use(rig, token, '/api/v1/users')).statusCode).toBe(403);
    await admin.ask('PATCH', '/api/v1/users/lan', { role: 'viewer' });
    expect((await use(rig, token, '/api/v1/try/configure')).statusCode).toBe(403);
    expect((await use(rig, token, '/api/v1/try/read')).statusCode).toBe(200);
    await admin.ask('PATCH', '/api/v1/users/lan', { disabled: true });
    expect((await use(rig, token, '/api/v1/try/read')).statusCode).toBe(401);
  });

  it('ends in time, or when an administrator ends it', async () => {
    const rig = await openRig();
    const token = await makeToken(rig, { scopes: ['read'], lifetimeDays: 2 });
    rig.clock.nowMs += 2 * 86_400_000 - 1000;
    expect((await use(rig, token, '/api/v1/try/read')).statusCode).toBe(200);
    rig.clock.nowMs += 1000;
    expect((await use(rig, token, '/api/v1/try/read')).statusCode).toBe(401);
    const other = await makeToken(rig, { scopes: ['read'] });
    const [, second] = rig.accounts.tokens.list;
    const admin = await rig.as('administrator', 'third');
    expect((await admin.ask('DELETE', `/api/v1/tokens/${second?.id}`)).statusCode).toBe(204);
    expect((await use(rig, other, '/api/v1/try/read')).statusCode).toBe(401);
    expect((await admin.ask('DELETE', `/api/v1/tokens/${second?.id}`)).statusCode).toBe(404);
  });

  it('is shown once; the list tells when it was used', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    const made = await admin.ask('POST', '/api/v1/tokens', { name: 'Grafana', scopes: ['read', 'read'] });
    const { token } = newTokenAnswer.parse(made.json());
    await use(rig, token, '/api/v1/try/read');
    await rig.accounts.close();
    const list = await admin.ask('GET', '/api/v1/tokens');
    expect(list.body).not.toContain(token);
    expect(tokensAnswer.parse(list.json()).tokens).toMatchObject([
      { name: 'Grafana', owner: 'admin', scopes: ['read'], lastUsedAt: '2026-03-02T01:00:00.000Z' },
    ]);
  });

  it('knows who it is, and has no session to end and no password to change', async () => {
    const rig = await openRig();
    const token = await makeToken(rig, { scopes: ['read'] });
    const who = sessionAnswer.parse((await use(rig, token, '/api/v1/session')).json());
    expect(who).toMatchObject({ kind: 'token', user: 'admin', permissions: ['read'], csrfToken: null });
    expect((await use(rig, token, '/api/v1/session', 'DELETE')).statusCode).toBe(403);
  });

  it('that is wrong is not helped by a cookie that is right', async () => {
    const rig = await openRig();
    const admin = await rig.administrator();
    for (const authorization of [
      'Bearer ngatu_wrong',
      'Bearer',
      'Basic YWRtaW46YWRtaW4=',
      `Bearer ${'x'.repeat(5000)}`,
    ]) {
      const { statusCode } = await admin.ask('GET', '/api/v1/try/read', undefined, { authorization });
      expect(statusCode).toBe(401);
    }
  });

  it.each([
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['everything'] }],
    ['no end', { scopes: ['read'], lifetimeDays: 100_000 }],
    ['an end in the past', { scopes: ['read'], lifetimeDays: -1 }],
    ['a name with a line break', { scopes: ['read'], name: 'a\nb' }],
  ])('is not made with %s', async (_what, body) => {
    const rig = await openRig();
    const admin = await rig.administrator();
    expect((await admin.ask('POST', '/api/v1/tokens', { name: 't', ...body })).statusCode).toBe(400);
  });

  it('is not made for nobody', async () => {
    const admin = await (await openRig()).administrator();
    const body = { name: 't', owner: 'nobody', scopes: ['read'] };
    expect((await admin.ask('POST', '/api/v1/tokens', body)).statusCode).toBe(409);
  });
});
