// A server with accounts in a temporary folder, a clock that tests move, and browsers that keep their cookie.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { Accounts, type FirstPassword } from '../../../../central-collector/api/accounts/accounts.ts';
import { CSRF_HEADER, Gate, type GateOptions } from '../../../../central-collector/api/accounts/gate.ts';
import { accountsPlugin } from '../../../../central-collector/api/accounts/plugin.ts';
import { PERMISSIONS, type Role } from '../../../../central-collector/api/accounts/roles.ts';

export const GOOD_PASSWORD = 'bridge lantern seven';
/** The real function with little work. */
export const CHEAP = { logN: 4, r: 8, p: 1 };

export type RigOptions = Partial<Omit<GateOptions, 'accounts'>> & {
  readonly directory?: string;
  readonly auditFileBytes?: number;
};

export class Rig {
  readonly directory: string;
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly server: FastifyInstance;
  readonly first: FirstPassword | undefined;
  readonly clock: { nowMs: number };

  constructor(parts: Pick<Rig, 'directory' | 'accounts' | 'gate' | 'server' | 'first' | 'clock'>) {
    this.directory = parts.directory;
    this.accounts = parts.accounts;
    this.gate = parts.gate;
    this.server = parts.server;
    this.first = parts.first;
    this.clock = parts.clock;
  }

  /** A browser of its own, without a cookie. */
  browser(address = '192.0.2.1'): Browser {
    return new Browser(this, address);
  }

  /** Signed in as the first administrator, with a password of its own: `GOOD_PASSWORD`. */
  async administrator(): Promise<Browser> {
    const browser = this.browser();
    if (this.first === undefined) await browser.signIn('admin', GOOD_PASSWORD);
    else await browser.enter(this.first.name, this.first.oneTimePassword);
    return browser;
  }

  /** Adds a user of the role and signs in as it; its name is the role's unless told otherwise. */
  async as(role: Role, name: string = role): Promise<Browser> {
    const { oneTimePassword } = await this.accounts.users.add({ by: 'system' }, { name, role });
    const browser = this.browser();
    await browser.enter(name, oneTimePassword);
    return browser;
  }

  file(name: string): Promise<string> {
    return readFile(join(this.directory, name), 'utf8');
  }

  /** A collector that starts anew on the same folder. */
  async restart(options: RigOptions = {}): Promise<Rig> {
    await this.close();
    return openRig({ directory: this.directory, ...options }, this.clock);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.accounts.close();
  }
}

export class Browser {
  readonly #rig: Rig;
  readonly address: string;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(rig: Rig, address: string) {
    this.#rig = rig;
    this.address = address;
  }

  /** As a page of ours would ask; `headers` add to that, undefined takes away. */
  async ask(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ): Promise<LightMyRequestResponse> {
    const all = {
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...(this.csrf !== undefined && { [CSRF_HEADER]: this.csrf }),
      ...(method !== 'GET' && { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' }),
      ...headers,
    };
    const response = await this.#rig.server.inject({
      method,
      url,
      remoteAddress: this.address,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
      ...(body !== undefined && { payload: body as object }),
    });
    for (const { name, value } of response.cookies)
      this.cookie = value === '' ? undefined : `${name}=${value}`;
    return response;
  }

  async signIn(name: string, password: string): Promise<LightMyRequestResponse> {
    const response = await this.ask('POST', '/api/v1/session', { name, password });
    if (response.statusCode === 200) this.csrf = response.json().csrfToken;
    return response;
  }

  async changePassword(currentPassword: string, newPassword: string): Promise<LightMyRequestResponse> {
    const response = await this.ask('POST', '/api/v1/session/password', { currentPassword, newPassword });
    if (response.statusCode === 200) this.csrf = response.json().csrfToken;
    return response;
  }

  /** Signs in with a one-time password and replaces it by `GOOD_PASSWORD`. */
  async enter(name: string, oneTimePassword: string): Promise<void> {
    await this.signIn(name, oneTimePassword);
    const { statusCode, body } = await this.changePassword(oneTimePassword, GOOD_PASSWORD);
    if (statusCode !== 200) throw new Error(`${name} could not enter: ${body}`);
  }
}

const open = new Set<Rig>();
const folders = new Set<string>();

/** With a route for each permission beside the account routes: GET and POST /api/v1/try/PERMISSION. */
export async function openRig(
  { directory: given, auditFileBytes, ...options }: RigOptions = {},
  clock = { nowMs: Date.parse('2026-03-02T08:00:00+07:00') },
): Promise<Rig> {
  const directory = given ?? join(await mkdtemp(join(tmpdir(), 'ngatu-accounts-')), 'centre');
  folders.add(directory);
  const log = pino({ level: 'silent' });
  const accounts = new Accounts({
    directory,
    log,
    now: () => clock.nowMs,
    hashCost: CHEAP,
    ...(auditFileBytes !== undefined && { auditFileBytes }),
  });
  const first = await accounts.open();
  const gate = new Gate({ accounts, secure: false, ...options });
  const server = Fastify({ logger: false });
  await server.register(accountsPlugin, { gate, log });
  for (const permission of PERMISSIONS) {
    const route = { url: `/api/v1/try/${permission}`, onRequest: gate.requires(permission) };
    server.route({ ...route, method: 'GET', handler: async () => ({ permission }) });
    server.route({ ...route, method: 'POST', handler: async () => ({ permission }) });
  }
  const rig = new Rig({ directory, accounts, gate, server, first, clock });
  open.add(rig);
  return rig;
}

/** For `afterEach`. */
export async function closeRigs(): Promise<void> {
  for (const rig of open) await rig.close();
  open.clear();
  for (const directory of folders) await rm(join(directory, '..'), { recursive: true, force: true });
  folders.clear();
}
