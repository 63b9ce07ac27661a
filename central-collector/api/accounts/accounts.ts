// The accounts of a control centre: opens their folder, makes the first administrator, and tells who is who. Knows
// nothing of HTTP beside what a refusal looks like.

import type { Logger } from 'pino';
import type { User } from './account-state.ts';
import { AccountStore } from './account-store.ts';
import { type Principal, SYSTEM } from './actor.ts';
import type { AuditEntry } from './audit-entry.ts';
import { AuditLog } from './audit-log.ts';
import { type HashCost, PasswordHasher } from './password-hash.ts';
import type { Permission } from './roles.ts';
import { endSession, findSession, sessionPrincipal } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { Throttle } from './throttle.ts';
import { findToken, Tokens, tokenPrincipal } from './tokens.ts';
import { UseTimes } from './use-times.ts';
import { Users } from './users.ts';

export type AccountsOptions = {
  /** `centre.directory`: accounts.json and audit*.ndjson lie here, readable for the collector's user only. */
  readonly directory: string;
  readonly log: Logger;
  /** Milliseconds since 1970. Default Date.now. */
  readonly now?: () => number;
  /** Work of a password hash. Default scrypt with 128 MiB. */
  readonly hashCost?: HashCost;
  /** An audit file that is larger is full. Default 4 MiB. */
  readonly auditFileBytes?: number;
};

/** For the console, once; never for a log. */
export type FirstPassword = { readonly name: string; readonly oneTimePassword: string };

export class Accounts {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly auditLog: AuditLog;
  readonly #store: AccountStore;
  readonly #signIn: SignIn;
  readonly #useTimes: UseTimes;
  readonly #now: () => number;

  constructor({ directory, log, now = Date.now, hashCost, auditFileBytes }: AccountsOptions) {
    this.#now = now;
    this.auditLog = new AuditLog({
      directory,
      now,
      ...(auditFileBytes !== undefined && { maxFileBytes: auditFileBytes }),
    });
    const audit = (entry: AuditEntry) => this.auditLog.append(entry);
    const store = new AccountStore({ directory, audit });
    const hasher = new PasswordHasher(hashCost && { cost: hashCost });
    this.#store = store;
    this.users = new Users({ store, hasher, now });
    this.tokens = new Tokens({ store, now });
    this.#signIn = new SignIn({ store, hasher, throttle: new Throttle({ now }), audit, now });
    this.#useTimes = new UseTimes({
      store,
      onFailure: (error) => log.warn({ err: error }, 'the times of last use of sessions were not stored'),
    });
  }

  /**
   * Reads the folder and checks the audit log. The password of the first administrator is given when nobody can sign in
   * as one yet: at the first start, and again at each start until it was used. Throws AccountsError.
   */
  async open(): Promise<FirstPassword | undefined> {
    await this.openExisting();
    return this.#firstPassword();
  }

  /** The same for what only manages users, such as the command line: nobody is added. Throws AccountsError. */
  async openExisting(): Promise<void> {
    await this.#store.open();
    await this.auditLog.open();
  }

  /** One sentence for each thing that is wrong, for the health page. */
  get problems(): readonly string[] {
    const { fault } = this.auditLog.verdict;
    return fault === null
      ? []
      : [`The audit log was tampered with or damaged: ${fault.file}, line ${fault.line}: ${fault.why}.`];
  }

  /** Signs in, or changes the own password. */
  get passwords(): SignIn {
    return this.#signIn;
  }

  /** Who holds the cookie; counts as a use. */
  bySession(identifier: string): Principal | undefined {
    const nowMs = this.#now();
    return this.#used(
      findSession(this.#store, identifier, nowMs, (digest) => this.#useTimes.of(digest)),
      nowMs,
    );
  }

  /** Who shows the token; counts as a use. */
  byToken(secret: string): Principal | undefined {
    const nowMs = this.#now();
    return this.#used(findToken(this.#store, secret, nowMs), nowMs);
  }

  /**
   * Whether somebody who was let in a while ago still holds a permission: ask now and then on a stream that stays open,
   * and close it when not. Doesn't count as a use: a desk that nobody touches is idle.
   */
  stillHolds({ kind, digest }: Principal, permission: Permission): boolean {
    const nowMs = this.#now();
    const principal =
      kind === 'session'
        ? sessionPrincipal(this.#store, digest, nowMs, (each) => this.#useTimes.of(each))
        : tokenPrincipal(this.#store, digest, nowMs);
    return principal?.permissions.has(permission) ?? false;
  }

  /** Ends the session, or all sessions of its user. */
  async signOut({ user, digest }: Principal, address: string, everywhere = false): Promise<void> {
    await this.#store.change((state) => ({
      state: everywhere
        ? { ...state, sessions: state.sessions.filter((session) => session.user !== user) }
        : endSession(state, digest),
      result: undefined,
      audit: [
        { by: 'session', who: user, address, action: everywhere ? 'signed-out-everywhere' : 'signed-out' },
      ],
    }));
  }

  /** Sessions that are open now, by user, for lists. */
  sessionsOf(name: string): number {
    return this.#store.state.sessions.filter(({ user }) => user === name).length;
  }

  /** Brings the times of last use to disk. Idempotent. */
  async close(): Promise<void> {
    await this.#useTimes.settle();
  }

  #used(principal: Principal | undefined, nowMs: number): Principal | undefined {
    if (principal !== undefined) this.#useTimes.note(principal.digest, nowMs);
    return principal;
  }

  async #firstPassword(): Promise<FirstPassword | undefined> {
    const administrators = this.users.list.filter(
      ({ role, disabled }) => role === 'administrator' && !disabled,
    );
    // Somebody has a password of his own, or was handed one after that; the others can be handed new ones.
    const nowMs = this.#now();
    const holdsOne = ({ oneTimeUntilMs, lastSignInAtMs }: User) =>
      oneTimeUntilMs === undefined || (lastSignInAtMs !== undefined && oneTimeUntilMs > nowMs);
    if (administrators.some(holdsOne)) return undefined;
    const [first] = administrators;
    const { user, oneTimePassword } =
      first === undefined
        ? await this.users.add(SYSTEM, { name: 'admin', role: 'administrator' })
        : await this.users.change(SYSTEM, first.name, { resetPassword: true });
    if (oneTimePassword === undefined) throw new Error('a new one-time password was expected');
    return { name: user.name, oneTimePassword };
  }
}
