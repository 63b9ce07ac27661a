// Users as administrators manage them. Administrators never learn a password that stays: they hand out one-time ones.

import { randomInt } from 'node:crypto';
import { ProblemError } from '../problem.ts';
import { type AccountState, type User, withoutSessionsOf, withUser } from './account-state.ts';
import type { AccountStore, Change } from './account-store.ts';
import type { Actor } from './actor.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { Role } from './roles.ts';

export type UsersOptions = {
  readonly store: AccountStore;
  readonly hasher: PasswordHasher;
  readonly now: () => number;
};

export type NewUser = { readonly name: string; readonly role: Role; readonly displayName?: string };

export type UserChange = {
  readonly role?: Role;
  /** null removes it. */
  readonly displayName?: string | null;
  readonly disabled?: boolean;
  /** A new one-time password; what was before does not open any more. */
  readonly resetPassword?: true;
  /** Ends all sessions. */
  readonly signOut?: true;
};

export type UserAndPassword = { readonly user: User; readonly oneTimePassword?: string };

const MAX_USERS = 1000;
/** As NIST SP 800-63B asks of secrets that are handed over: days, not months. */
const ONE_TIME_MS = 7 * 86_400_000;
/** Without what looks alike on paper: 0 o, 1 l i. 31 characters. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

export class Users {
  readonly #store: AccountStore;
  readonly #hasher: PasswordHasher;
  readonly #now: () => number;

  constructor({ store, hasher, now }: UsersOptions) {
    this.#store = store;
    this.#hasher = hasher;
    this.#now = now;
  }

  get list(): readonly User[] {
    return this.#store.state.users;
  }

  /** Throws ProblemError when nobody has the name. */
  get(name: string): User {
    return found(this.#store.user(name), name);
  }

  /** The password is told once, here. It works for 7 days and must be replaced at the first sign-in. */
  async add(actor: Actor, { name, role, displayName }: NewUser): Promise<Required<UserAndPassword>> {
    const { oneTimePassword, passwordHash, oneTimeUntilMs } = await this.#oneTime();
    return this.#store.change((state) => {
      if (state.users.some((user) => user.name === name))
        throw new ProblemError('conflict', `${name} exists already`);
      if (state.users.length >= MAX_USERS)
        throw new ProblemError('conflict', `expected at most ${MAX_USERS} users`);
      const user: User = {
        name,
        ...(displayName !== undefined && { displayName }),
        role,
        passwordHash,
        oneTimeUntilMs,
        disabled: false,
        createdAtMs: this.#now(),
      };
      return {
        state: { ...state, users: [...state.users, user] },
        result: { user, oneTimePassword },
        audit: [{ ...actor, action: 'user-added', target: name, detail: { role } }],
      };
    });
  }

  /** A change of role, password or being disabled ends all sessions of the user. */
  async change(actor: Actor, name: string, change: UserChange): Promise<UserAndPassword> {
    this.get(name);
    const oneTime = change.resetPassword ? await this.#oneTime() : undefined;
    return this.#store.change((state): Change<UserAndPassword> => {
      const before = found(
        state.users.find((user) => user.name === name),
        name,
      );
      const user = changed(before, change, oneTime);
      let next = withUser(state, name, () => user);
      const ends =
        user.role !== before.role ||
        user.disabled !== before.disabled ||
        oneTime !== undefined ||
        change.signOut;
      if (ends) next = withoutSessionsOf(next, name);
      needAdministrator(next);
      const { resetPassword, signOut, ...facts } = change;
      return {
        state: next,
        result: { user, ...(oneTime && { oneTimePassword: oneTime.oneTimePassword }) },
        audit: [
          {
            ...actor,
            action: 'user-changed',
            target: name,
            detail: {
              ...facts,
              ...(change.role !== undefined && { roleBefore: before.role }),
              ...(resetPassword && { resetPassword }),
              ...(signOut && { signOut }),
            },
          },
        ],
      };
    });
  }

  /** With all sessions and tokens. */
  async remove(actor: Actor, name: string): Promise<void> {
    await this.#store.change((state) => {
      const { role } = found(
        state.users.find((user) => user.name === name),
        name,
      );
      const next = {
        ...withoutSessionsOf(state, name),
        users: state.users.filter((user) => user.name !== name),
        tokens: state.tokens.filter(({ owner }) => owner !== name),
      };
      needAdministrator(next);
      return {
        state: next,
        result: undefined,
        audit: [{ ...actor, action: 'user-removed', target: name, detail: { role } }],
      };
    });
  }

  async #oneTime() {
    const oneTimePassword = makeOneTimePassword();
    const passwordHash = await this.#hasher.hash(oneTimePassword);
    return { oneTimePassword, passwordHash, oneTimeUntilMs: this.#now() + ONE_TIME_MS };
  }
}

/** 20 characters in groups of five, 99 bits. */
function makeOneTimePassword(): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

function changed(
  { displayName: before, ...rest }: User,
  change: UserChange,
  oneTime: { readonly passwordHash: string; readonly oneTimeUntilMs: number } | undefined,
): User {
  const displayName = change.displayName === undefined ? before : (change.displayName ?? undefined);
  return {
    ...rest,
    ...(displayName !== undefined && { displayName }),
    ...(change.role !== undefined && { role: change.role }),
    ...(change.disabled !== undefined && { disabled: change.disabled }),
    ...(oneTime && { passwordHash: oneTime.passwordHash, oneTimeUntilMs: oneTime.oneTimeUntilMs }),
  };
}

/** Somebody must be able to manage users afterwards. */
function needAdministrator({ users }: AccountState): void {
  if (users.some(({ role, disabled }) => role === 'administrator' && !disabled)) return;
  throw new ProblemError('conflict', 'this is the last administrator; make another user one first');
}

function found(user: User | undefined, name: string): User {
  if (user === undefined) throw new ProblemError('not-found', `nobody is called ${JSON.stringify(name)}`);
  return user;
}
