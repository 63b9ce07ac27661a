// Somebody who is signed in at a centre: asks as our page does.

import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { CSRF_HEADER } from '../../central-collector/api/accounts/gate.ts';
import type { Role } from '../../central-collector/api/accounts/roles.ts';
import type { CentreRig } from './centre-rig.ts';

export const PASSWORD = 'bridge lantern seven';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'OPTIONS';

/** Headers that our page sends with what changes something. */
const OURS = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' };

export class CentreUser {
  readonly #server: FastifyInstance;
  #cookie = '';
  #csrf = '';

  private constructor(server: FastifyInstance) {
    this.#server = server;
  }

  /** The first administrator, with a password of its own. */
  static async administrator({ server, centre }: CentreRig): Promise<CentreUser> {
    const user = new CentreUser(server);
    await user.#enter('admin', centre.firstPassword?.oneTimePassword ?? '');
    return user;
  }

  /** A new user of the role, whose name is the role's. */
  async add(role: Role, name: string = role): Promise<CentreUser> {
    const added = await this.ask('POST', '/api/v1/users', { name, role });
    const user = new CentreUser(this.#server);
    await user.#enter(name, added.json().oneTimePassword);
    return user;
  }

  /** An API token of this user. */
  async token(scopes: readonly string[]): Promise<string> {
    const answer = await this.ask('POST', '/api/v1/tokens', {
      name: scopes.join('-'),
      scopes,
      lifetimeDays: 1,
    });
    return answer.json().token;
  }

  async ask(
    method: Method,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return this.#server.inject({
      method,
      url,
      headers: { cookie: this.#cookie, [CSRF_HEADER]: this.#csrf, ...(method !== 'GET' && OURS), ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
  }

  async #enter(name: string, oneTime: string): Promise<void> {
    await this.#session('/api/v1/session', { name, password: oneTime });
    await this.#session('/api/v1/session/password', { currentPassword: oneTime, newPassword: PASSWORD });
  }

  async #session(url: string, body: unknown): Promise<void> {
    const response = await this.ask('POST', url, body);
    if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${response.body}`);
    const [cookie] = response.cookies;
    this.#cookie = `${cookie?.name}=${cookie?.value}`;
    this.#csrf = response.json().csrfToken;
  }
}
