// Where passwords are looked at: signing in and changing one's own password.

import { ProblemError } from '../problem.ts';
import { type AccountState, type User, withoutSessionsOf, withUser } from './account-state.ts';
import type { AccountStore } from './account-store.ts';
import type { Actor, Principal } from './actor.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { PasswordHasher } from './password-hash.ts';
import { passwordProblem } from './password-rules.ts';
import { endSession, type NewSession, startSession } from './sessions.ts';
import type { Attempt, Throttle } from './throttle.ts';

export type SignInOptions = {
  readonly store: AccountStore;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  /** For failed attempts, which change nothing else. */
  readonly audit: (entry: AuditEntry) => Promise<void>;
  readonly now: () => number;
};

export type Credentials = { readonly name: string; readonly password: string; readonly address: string };

export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /**
   * A session with an identifier of its own; the one that the browser had before, if any, ends. Throws ProblemError: the
   * same for a wrong password, an unknown or disabled user and a one-time password that is too old.
   */
  async signIn({ name, password, address }: Credentials, previousDigest?: string): Promise<NewSession> {
    const { store, hasher, now } = this.#options;
    await store.refresh();
    const user = store.user(name);
    const attempt = this.#attempt(address, name);
    const right = await this.#isRight(attempt, password, user);
    if (!right || user === undefined || !mayEnter(user, now())) {
      await this.#tellFailure(attempt, address, user);
      throw new ProblemError(
        'sign-in-failed',
        'the name or the password is wrong; an administrator can hand out a new one-time password',
      );
    }
    attempt.succeeded();
    const rehashed = hasher.isOutdated(user.passwordHash) ? await hasher.hash(password) : undefined;
    return store.change((before) => {
      unchanged(before, user);
      const nowMs = now();
      const state = withUser(before, name, (each) => ({
        ...each,
        lastSignInAtMs: nowMs,
        ...(rehashed !== undefined && { passwordHash: rehashed }),
      }));
      const started = startSession(
        previousDigest === undefined ? state : endSession(state, previousDigest),
        user,
        nowMs,
      );
      return {
        state: started.state,
        result: started,
        audit: [{ by: 'session', who: name, address, action: 'signed-in' }],
      };
    });
  }

  /** All sessions of the user end; the answer is a new one. Throws ProblemError. */
  async changePassword(
    { user: name }: Principal,
    actor: Actor & { readonly address: string },
    current: string,
    wanted: string,
  ): Promise<NewSession> {
    const { store, hasher, now } = this.#options;
    const user = store.user(name);
    const attempt = this.#attempt(actor.address, name);
    if (!(await this.#isRight(attempt, current, user)) || user === undefined) {
      await this.#tellFailure(attempt, actor.address, user);
      throw new ProblemError('sign-in-failed', 'the current password is wrong');
    }
    attempt.succeeded();
    const weak =
      wanted.normalize('NFKC') === current.normalize('NFKC')
        ? 'expected another password than the current one'
        : passwordProblem(wanted, name);
    if (weak !== undefined) throw new ProblemError('weak-password', weak);
    const passwordHash = await hasher.hash(wanted);
    return store.change((before) => {
      unchanged(before, user);
      const state = withUser(withoutSessionsOf(before, name), name, ({ oneTimeUntilMs: _, ...each }) => ({
        ...each,
        passwordHash,
      }));
      const started = startSession(state, user, now());
      return {
        state: started.state,
        result: started,
        audit: [{ ...actor, action: 'password-changed', target: name }],
      };
    });
  }

  #attempt(address: string, name: string): Attempt {
    const attempt = this.#options.throttle.attempt(address, name);
    if (!('waitMs' in attempt)) return attempt;
    const waitS = Math.ceil(attempt.waitMs / 1000);
    throw new ProblemError('too-many-attempts', `wait ${waitS} s before the next try`, {
      retryAfterS: waitS,
    });
  }

  async #isRight(attempt: Attempt, password: string, user: User | undefined): Promise<boolean> {
    try {
      return await this.#options.hasher.verify(password, user?.passwordHash);
    } catch (error) {
      attempt.withdrawn();
      throw error;
    }
  }

  /**
   * The first failure of an address and each doubling: guessing for days fills no disk. A name that nobody has is not
   * written down: people type passwords there.
   */
  async #tellFailure({ failures }: Attempt, address: string, user: User | undefined): Promise<void> {
    if (!Number.isInteger(Math.log2(failures))) return;
    const detail = { failuresOfAddress: failures };
    await this.#options.audit({ by: 'nobody', who: user?.name, address, action: 'sign-in-failed', detail });
  }
}

function mayEnter({ disabled, oneTimeUntilMs }: User, nowMs: number): boolean {
  return !disabled && (oneTimeUntilMs === undefined || oneTimeUntilMs > nowMs);
}

/** The password was looked at a moment ago; it counts only for the user as he was then. */
function unchanged(state: AccountState, user: User): void {
  const now = state.users.find(({ name }) => name === user.name);
  if (now?.passwordHash === user.passwordHash && now.role === user.role && !now.disabled) return;
  throw new ProblemError('conflict', 'an administrator changed this user meanwhile; try again');
}
