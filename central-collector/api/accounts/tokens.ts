// API tokens: what programs show instead of signing in. Shown once, stored as a hash, limited by scopes, owner and time.

import { randomBytes } from 'node:crypto';
import { ProblemError } from '../problem.ts';
import { digestOf, type Token } from './account-state.ts';
import type { AccountStore } from './account-store.ts';
import type { Actor, Principal } from './actor.ts';
import { permissionsOfToken, type Scope } from './roles.ts';

export type TokensOptions = { readonly store: AccountStore; readonly now: () => number };

export type NewToken = {
  /** What it is for. */
  readonly name: string;
  /** Its permissions never exceed those of this user. */
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly lifetimeDays: number;
};

const MAX_TOKENS = 500;
const DAY_MS = 86_400_000;
/** The beginning lets scanners of repositories find a token that got there. */
const TOKEN = /^ngatu_[\w-]{43}$/;

export class Tokens {
  readonly #store: AccountStore;
  readonly #now: () => number;

  constructor({ store, now }: TokensOptions) {
    this.#store = store;
    this.#now = now;
  }

  get list(): readonly Token[] {
    return this.#store.state.tokens;
  }

  /** `secret` is told once, here. */
  async add(
    actor: Actor,
    { name, owner, scopes, lifetimeDays }: NewToken,
  ): Promise<{ readonly token: Token; readonly secret: string }> {
    const secret = `ngatu_${randomBytes(32).toString('base64url')}`;
    return this.#store.change((state) => {
      if (!state.users.some((user) => user.name === owner)) {
        throw new ProblemError('conflict', `nobody is called ${JSON.stringify(owner)}`);
      }
      const nowMs = this.#now();
      // Those that have ended stay a while in the list, until the room is needed.
      const kept =
        state.tokens.length < MAX_TOKENS
          ? state.tokens
          : state.tokens.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
      if (kept.length >= MAX_TOKENS)
        throw new ProblemError('conflict', `expected at most ${MAX_TOKENS} tokens`);
      const token: Token = {
        id: randomBytes(6).toString('hex'),
        digest: digestOf(secret),
        name,
        owner,
        scopes: [...new Set(scopes)],
        createdAtMs: nowMs,
        expiresAtMs: nowMs + lifetimeDays * DAY_MS,
      };
      return {
        state: { ...state, tokens: [...kept, token] },
        result: { token, secret },
        audit: [
          {
            ...actor,
            action: 'token-added',
            target: token.id,
            detail: { name, owner, scopes, lifetimeDays },
          },
        ],
      };
    });
  }

  async remove(actor: Actor, id: string): Promise<void> {
    await this.#store.change((state) => {
      const token = state.tokens.find((each) => each.id === id);
      if (token === undefined)
        throw new ProblemError('not-found', `no token has the id ${JSON.stringify(id)}`);
      const { name, owner } = token;
      return {
        state: { ...state, tokens: state.tokens.filter((each) => each.id !== id) },
        result: undefined,
        audit: [{ ...actor, action: 'token-removed', target: id, detail: { name, owner } }],
      };
    });
  }
}

/** What a token may do now; undefined for one that is unknown, has ended, or whose owner may not sign in. */
export function findToken(store: AccountStore, secret: string, nowMs: number): Principal | undefined {
  return TOKEN.test(secret) ? tokenPrincipal(store, digestOf(secret), nowMs) : undefined;
}

export function tokenPrincipal(store: AccountStore, digest: string, nowMs: number): Principal | undefined {
  const token = store.token(digest);
  const owner = token && store.user(token.owner);
  if (token === undefined || owner === undefined || owner.disabled || token.expiresAtMs <= nowMs)
    return undefined;
  return {
    kind: 'token',
    user: owner.name,
    displayName: owner.displayName,
    role: owner.role,
    permissions: new Set(permissionsOfToken(owner.role, token.scopes)),
    // A program has no use for a page that asks for a password; its owner is asked at the own sign-in.
    passwordChangeRequired: false,
    digest,
    token: token.id,
    expiresAtMs: token.expiresAtMs,
  };
}
