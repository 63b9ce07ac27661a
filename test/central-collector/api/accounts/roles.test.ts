import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ROUTES } from '../../../../central-collector/api/accounts/account-routes.ts';
import {
  PERMISSION_TABLE,
  PERMISSIONS,
  permissionsOfRole,
  ROLES,
  type Role,
  SCOPES,
} from '../../../../central-collector/api/accounts/roles.ts';
import { type Browser, closeRigs, GOOD_PASSWORD, openRig } from './rig.ts';

afterEach(closeRigs);

/** Written out a second time, so that a slip in the table of the product shows. */
const MAY: Readonly<Record<Role, readonly string[]>> = {
  viewer: ['read', 'stream'],
  operator: ['read', 'stream', 'verdict'],
  engineer: ['read', 'stream', 'verdict', 'configure', 'quarantine'],
  administrator: ['read', 'stream', 'verdict', 'configure', 'quarantine', 'users', 'tokens', 'audit'],
};

describe('roles', () => {
  it.each(ROLES)('lets a %s do exactly what the role allows, on routes of any permission', async (role) => {
    expect(permissionsOfRole(role)).toEqual(MAY[role]);
    const browser = await (await openRig()).as(role);
    for (const method of ['GET', 'POST'] as const) {
      for (const permission of PERMISSIONS) {
        const { statusCode } = await browser.ask(method, `/api/v1/try/${permission}`);
        expect([permission, statusCode]).toEqual([permission, MAY[role].includes(permission) ? 200 : 403]);
      }
    }
  });

  it.each(ROLES)('lets a %s use exactly the account routes that the role allows', async (role) => {
    const browser = await (await openRig()).as(role);
    for (const [name, route] of Object.entries(ACCOUNT_ROUTES)) {
      // The route before may have ended the session.
      if (browser.cookie === undefined) await browser.signIn(role, GOOD_PASSWORD);
      const { statusCode } = await askAnyhow(browser, route);
      const { access } = route;
      const allowed = access === 'anyone' || access === 'signed-in' || MAY[role].includes(access);
      // Allowed: the body is looked at, found empty and refused with 400, or there is nothing to refuse.
      expect([name, statusCode === 403]).toEqual([name, !allowed]);
      expect([name, statusCode === 401]).toEqual([name, false]);
    }
  });

  it('lets nobody in without a session or token', async () => {
    const rig = await openRig();
    for (const [name, route] of Object.entries(ACCOUNT_ROUTES)) {
      const response = await askAnyhow(rig.browser(), route);
      expect([name, response.statusCode]).toEqual([name, route.access === 'anyone' ? 400 : 401]);
      if (route.access !== 'anyone') expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    for (const permission of PERMISSIONS) {
      expect((await rig.browser().ask('GET', `/api/v1/try/${permission}`)).statusCode).toBe(401);
      expect((await rig.browser().ask('POST', `/api/v1/try/${permission}`)).statusCode).toBe(401);
    }
  });

  it('has a scope for each permission and a permission for each scope', () => {
    const used = PERMISSIONS.map((permission) => PERMISSION_TABLE[permission].scope);
    expect([...new Set(used)].sort()).toEqual([...SCOPES].sort());
  });

  it('does not start with a route that does not say who may use it', async () => {
    const { server } = await openRig();
    expect(() => server.get('/api/v1/forgotten', async () => 'all')).toThrow(
      /GET \/api\/v1\/forgotten does not say who may use it/,
    );
    expect(() => server.get('/healthz', async () => 'ok')).not.toThrow();
  });
});

function askAnyhow(browser: Browser, route: (typeof ACCOUNT_ROUTES)[keyof typeof ACCOUNT_ROUTES]) {
  const url = `/api/v1${route.path.replace(':name', 'nobody-at-all').replace(':id', '0123456789ab')}`;
  return browser.ask(route.method, url, 'body' in route ? {} : undefined);
}
