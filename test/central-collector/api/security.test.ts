// What strangers, and people with too few rights, get from a control centre. Every route is tried, from the descriptions
// that the routes themselves are made from.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  PERMISSION_TABLE,
  ROLES,
  type Role,
  SCOPES,
  type Scope,
} from '../../../central-collector/api/accounts/roles.ts';
import { ROUTE_GROUPS } from '../../../central-collector/api/openapi/routes.ts';
import { problemSchema } from '../../../central-collector/api/problem.ts';
import type { RouteDescription } from '../../../central-collector/api/route.ts';
import { type CentreRig, closeCentreRigs, openCentreRig } from '../centre-rig.ts';
import { CentreUser } from '../centre-user.ts';

/** Streams that are let in do not end. */
const ROUTES = ROUTE_GROUPS.flatMap(({ routes }) => Object.values(routes)).filter(
  ({ path, method }) => !path.startsWith('/events') && !(path === '/session' && method === 'DELETE'),
);

const TITLES = ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);

/** Addresses of things that are not there, whose names are right: what is refused is refused for the rights. */
function urlOf({ path }: RouteDescription): string {
  const [site, agent, camera] = ['hai-phong', 'box-1', 'nga-tu-1'];
  const values: Record<string, string> = { site, agent, camera, name: 'nobody', id: '0123456789ab' };
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? 'a.b.c');
  return `/api/v1${filled}`;
}

const REFUSALS = ['not-signed-in', 'not-allowed', 'foreign-page', 'password-change-required'];

/** Whether access was the reason. Everything behind it may fail: nothing is there, and bodies are empty. */
function isRefused({ statusCode, body }: { readonly statusCode: number; readonly body: string }): boolean {
  if (statusCode !== 401 && statusCode !== 403) return false;
  return REFUSALS.includes((JSON.parse(body) as { code?: string }).code ?? '');
}

let rig: CentreRig;
let users: Readonly<Record<Role, CentreUser>>;
let tokens: Readonly<Record<Scope, string>>;

beforeAll(async () => {
  rig = await openCentreRig();
  const administrator = await CentreUser.administrator(rig);
  users = {
    administrator,
    engineer: await administrator.add('engineer'),
    operator: await administrator.add('operator'),
    viewer: await administrator.add('viewer'),
  };
  const made: [Scope, string][] = [];
  for (const scope of SCOPES) made.push([scope, await administrator.token([scope])]);
  tokens = Object.fromEntries(made) as Record<Scope, string>;
});
afterAll(closeCentreRigs);

const bodyFor = ({ method }: RouteDescription) => (['GET', 'DELETE'].includes(method) ? undefined : {});

describe.each(TITLES)('%s', (_title, route) => {
  it('is for whom its description says', async () => {
    const { access, method } = route;
    const url = urlOf(route);
    const payload = bodyFor(route);
    const stranger = await rig.server.inject({ method, url, ...(payload && { payload }) });
    expect(isRefused(stranger), 'a stranger').toBe(access !== 'anyone');

    // Changing one's own password ends all sessions: nobody is asked to here.
    if (route.path === '/session/password') return;
    for (const role of ROLES) {
      const allowed =
        access === 'anyone' || access === 'signed-in' || PERMISSION_TABLE[access].roles.includes(role);
      const answer = await users[role].ask(method, url, payload);
      expect(isRefused(answer), `${role}: ${answer.statusCode} ${answer.body.slice(0, 200)}`).toBe(!allowed);
    }
    for (const scope of SCOPES) {
      const allowed =
        access === 'anyone' || access === 'signed-in' || PERMISSION_TABLE[access].scope === scope;
      const headers = { authorization: `Bearer ${tokens[scope]}` };
      const answer = await rig.server.inject({ method, url, headers, ...(payload && { payload }) });
      expect(isRefused(answer), `token ${scope}: ${answer.statusCode}`).toBe(!allowed);
    }
  });

  it('tells no cache to keep what is not for everybody, and a browser what it may not do', async () => {
    const { method } = route;
    const answer = await users.administrator.ask(method, urlOf(route), bodyFor(route));
    expect(answer.headers['cache-control']).toMatch(/no-store|private, no-cache/);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });
});

describe('what changes something', () => {
  const changing = TITLES.filter(([, { method, access }]) => method !== 'GET' && access !== 'anyone');

  it.each(changing)(
    '%s: not from a page of another site, and not without the CSRF token',
    async (_title, route) => {
      const ask = (headers: Record<string, string>) =>
        users.administrator.ask(route.method, urlOf(route), bodyFor(route), headers);
      const others: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        { 'sec-fetch-site': 'same-site', origin: 'http://localhost:8080' },
        { 'sec-fetch-site': 'cross-site', origin: 'null' },
        { 'x-csrf-token': '' },
        { 'x-csrf-token': 'a'.repeat(43) },
      ];
      for (const headers of others) {
        const { statusCode, body } = await ask(headers);
        expect([statusCode, JSON.parse(body).code], JSON.stringify(headers)).toEqual([403, 'foreign-page']);
      }
    },
  );

  it.each(changing.filter(([, { body }]) => body !== undefined))(
    '%s: takes JSON and nothing that a form can send',
    async (_title, route) => {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const answer = await users.administrator.ask(route.method, urlOf(route), undefined, {
          'content-type': type,
        });
        const sent = await rig.server.inject({
          method: route.method,
          url: urlOf(route),
          headers: { authorization: `Bearer ${tokens.admin}`, 'content-type': type },
          payload: '{}',
        });
        expect([400, 403, 415]).toContain(answer.statusCode);
        expect([403, 415]).toContain(sent.statusCode);
      }
    },
  );
});

describe('every refusal', () => {
  it.each([
    ['an address that does not exist', 'GET', '/api/v1/none', 404],
    ['a method that a route does not have', 'DELETE', '/api/v1/cameras', 405],
    ['a method that nobody has', 'OPTIONS', '/api/v1/cameras', 405],
    ['no session', 'GET', '/api/v1/cameras', 401],
    ['a file that is not there', 'GET', '/assets/none.js', 404],
    ['a broken escape', 'GET', '/api/v1/%zz', 400],
  ] as const)('is a problem document with all headers: %s', async (_what, method, url, status) => {
    const answer = await rig.server.inject({ method, url });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(problemSchema.parse(answer.json()).status).toBe(status);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    if (status === 405) expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('tells nothing of what went wrong inside', async () => {
    const answer = await users.viewer.ask('GET', '/api/v1/flows?from=2026-01-01&to=2026-01-02');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toMatch(/127\.0\.0\.1|node_modules|\.ts:/);
  });

  it('is not talked out of by headers that change the method or the host', async () => {
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const answer = await users.viewer.ask('POST', '/api/v1/cameras', {}, { [name]: 'GET' });
      expect(answer.statusCode, name).toBe(405);
    }
    for (const headers of [
      { 'x-original-url': '/api/v1/centre' },
      { 'x-rewrite-url': '/api/v1/centre' },
      { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
      { host: 'evil.example' },
    ]) {
      const answer = await rig.server.inject({ url: '/api/v1/cameras', headers });
      expect(answer.statusCode).toBe(401);
      expect(JSON.stringify(answer.headers) + answer.body).not.toContain('evil.example');
    }
  });
});

describe('what is too large', () => {
  it('is refused before anybody looks at it: bodies', async () => {
    const withBodies = ROUTES.filter(({ body }) => body !== undefined);
    for (const route of withBodies) {
      if (route.path === '/session/password') continue;
      const large = { yaml: 'a'.repeat((route.bodyLimit ?? 16 * 1024) + 1) };
      const answer = await users.administrator.ask(route.method, urlOf(route), large);
      expect([answer.statusCode, answer.json().code], `${route.method} ${route.path}`).toEqual([
        413,
        'too-large',
      ]);
      expect(route.bodyLimit ?? 0, route.path).toBeLessThanOrEqual(1024 * 1024);
    }
  });

  it('and bodies that say another length or nest without end', async () => {
    const deep = `{"name":${'['.repeat(7000)}${']'.repeat(7000)}}`;
    for (const payload of [
      deep,
      '{"__proto__":{"role":"administrator"},"name":"eve"}',
      '{"name":',
      '[]',
      'null',
      '1',
    ]) {
      const answer = await rig.server.inject({
        method: 'POST',
        url: '/api/v1/users',
        headers: { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' },
        payload,
      });
      expect([400, 403, 413], payload.slice(0, 30)).toContain(answer.statusCode);
    }
  });

  it('names in paths', async () => {
    const answer = await users.viewer.ask('GET', `/api/v1/cameras/${'a'.repeat(400)}/b/c`);
    expect([400, 404, 414]).toContain(answer.statusCode);
  });
});

describe('who asks too often', () => {
  it('is told when to ask again, and others are not slowed down', async () => {
    const slow = await openCentreRig({ rateLimits: { signedIn: 5, anyone: 3 } });
    const administrator = await CentreUser.administrator(slow);
    const token = await administrator.token(['read']);
    const asked = () =>
      slow.server.inject({ url: '/api/v1/sites', headers: { authorization: `Bearer ${token}` } });
    for (let n = 0; n < 5; n += 1) expect((await asked()).statusCode).toBe(200);
    const refused = await asked();
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await administrator.ask('GET', '/api/v1/sites')).statusCode).toBe(200);
    for (let n = 0; n < 10; n += 1) expect((await slow.server.inject({ url: '/' })).statusCode).toBe(503);
  });
});
