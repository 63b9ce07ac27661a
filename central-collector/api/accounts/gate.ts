// Lets requests in or not: who it is, by cookie or token, whether the page that asks is ours, and whether the role
// allows it. Every route below /api/ goes through here, or the server does not start.

import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { ProblemError, sendProblem } from '../problem.ts';
import { digestOf } from './account-state.ts';
import type { Accounts } from './accounts.ts';
import { actorOf, type Principal } from './actor.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { Permission } from './roles.ts';
import { csrfTokenOf } from './sessions.ts';

/** A permission; `signed-in`: everybody with a session or token; `anyone`: the route is public, on purpose. */
export type Access = Permission | 'signed-in' | 'anyone';

export type AccessHook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

export type GateOptions = {
  readonly accounts: Accounts;
  /** Whether browsers come by https: to this server or to a proxy before it. */
  readonly secure: boolean;
  /** Other addresses of our pages, as a proxy shows them: `https://traffic.example.org`. */
  readonly origins?: readonly string[];
};

export const CSRF_HEADER = 'x-csrf-token';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export class Gate {
  readonly accounts: Accounts;
  /** `__Host-` makes browsers insist on https, this host and no other path (RFC 6265bis 4.1.3.2). */
  readonly cookieName: string;
  readonly secure: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #principals = new WeakMap<FastifyRequest, Principal>();
  readonly #accessOf = new WeakMap<object, Access>();

  constructor({ accounts, secure, origins = [] }: GateOptions) {
    this.accounts = accounts;
    this.secure = secure;
    this.cookieName = secure ? '__Host-ngatu' : 'ngatu-session';
    this.#origins = new Set(origins.map((origin) => new URL(origin).origin));
  }

  /** A hook for `onRequest` (better: nothing of the body is read before) or `preHandler`. */
  requires(access: Access): AccessHook {
    const hook: AccessHook = async (request, reply) => {
      try {
        this.#admit(request, access);
        return undefined;
      } catch (error) {
        if (error instanceof ProblemError) return sendProblem(reply, error);
        throw error;
      }
    };
    this.#accessOf.set(hook, access);
    return hook;
  }

  /** Who asks; undefined on routes for anyone. */
  principalOf(request: FastifyRequest): Principal | undefined {
    return this.#principals.get(request);
  }

  /** Resolves when the entry is on disk: do afterwards what it tells of. Throws AccountsError when it can't be. */
  async audit(
    request: FastifyRequest,
    entry: Pick<AuditEntry, 'action' | 'target' | 'detail'>,
  ): Promise<void> {
    await this.accounts.auditLog.append({ ...actorOf(this.principalOf(request), request.ip), ...entry });
  }

  /** The access that a route asks for; undefined when it forgot to. */
  accessOf({ onRequest, preHandler }: Pick<RouteOptions, 'onRequest' | 'preHandler'>): Access | undefined {
    return [onRequest, preHandler]
      .flat()
      .map((hook) => (hook === undefined ? undefined : this.#accessOf.get(hook)))
      .find((access) => access !== undefined);
  }

  /** The session identifier that the browser sends; undefined without one. */
  identifierOf(request: FastifyRequest): string | undefined {
    return request.cookies[this.cookieName];
  }

  #admit(request: FastifyRequest, access: Access): void {
    const bearer = request.headers.authorization;
    if (bearer === undefined) this.#refuseForeignPages(request);
    if (access === 'anyone') return;
    const principal = bearer === undefined ? this.#bySession(request) : this.#byToken(bearer);
    this.#principals.set(request, principal);
    if (access === 'signed-in') return;
    if (principal.passwordChangeRequired) {
      throw new ProblemError(
        'password-change-required',
        'change the one-time password first: POST /api/v1/session/password',
      );
    }
    if (principal.permissions.has(access)) return;
    const whose = principal.kind === 'token' ? 'this API token' : `the role ${principal.role}`;
    throw new ProblemError('not-allowed', `${whose} does not have the permission "${access}"`);
  }

  #bySession(request: FastifyRequest): Principal {
    const identifier = this.identifierOf(request);
    const principal = identifier === undefined ? undefined : this.accounts.bySession(identifier);
    if (identifier === undefined || principal === undefined) {
      throw new ProblemError(
        'not-signed-in',
        'there is no session, or it has ended; sign in or send an API token',
      );
    }
    if (
      !SAFE_METHODS.has(request.method) &&
      !sameText(request.headers[CSRF_HEADER], csrfTokenOf(identifier))
    ) {
      throw new ProblemError(
        'foreign-page',
        `expected the csrfToken of GET /api/v1/session in the header ${CSRF_HEADER}`,
      );
    }
    return principal;
  }

  #byToken(authorization: string): Principal {
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const principal = secret === undefined ? undefined : this.accounts.byToken(secret);
    if (principal !== undefined) return principal;
    throw new ProblemError(
      'not-signed-in',
      'expected "authorization: Bearer ngatu_…" with a token that has not ended',
    );
  }

  /**
   * Browsers say which page asks. SameSite does not tell apart two ports of a host, and WebSockets know no same-origin
   * rule: so what changes something, and what opens a stream, must come from our own pages.
   */
  #refuseForeignPages({ method, headers, protocol, host }: FastifyRequest): void {
    if (SAFE_METHODS.has(method) && headers.upgrade === undefined) return;
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    const own = origin !== undefined && this.#isOwn(origin, protocol, host);
    // A proxy that changes the Host header makes our own page look foreign to the comparison, not to the browser.
    const foreign = site === undefined ? origin !== undefined && !own : site !== 'same-origin' && !own;
    if (!foreign) return;
    throw new ProblemError(
      'foreign-page',
      `the page at ${JSON.stringify(origin ?? site)} is not one of this server; if it is, name it in the setting for origins`,
    );
  }

  #isOwn(origin: string, protocol: string, host: string): boolean {
    return this.#origins.has(origin) || origin === `${this.secure ? 'https' : protocol}://${host}`;
  }
}

/** In a time that does not tell how much of it fits. */
function sameText(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(expected)));
}
