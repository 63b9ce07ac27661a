// Sessions of people: a random identifier in the cookie, its hash here. They survive a restart and end by themselves.

import { createHmac, randomBytes } from 'node:crypto';
import { type AccountState, digestOf, type Session, type User } from './account-state.ts';
import type { AccountStore } from './account-store.ts';
import { mustChangePassword, type Principal } from './actor.ts';
import { permissionsOfRole, SESSION_LIFETIMES } from './roles.ts';

export type NewSession = {
  /** For the cookie, nowhere else. */
  readonly identifier: string;
  readonly session: Session;
};

/** Of one user; a new one ends the oldest. */
export const MAX_SESSIONS = 20;
const IDENTIFIER_BYTES = 32;
const IDENTIFIER = /^[\w-]{43}$/;

/** A state with one more session, without those that have ended. What the browser sent before is never taken over. */
export function startSession(
  state: AccountState,
  user: User,
  nowMs: number,
): NewSession & { readonly state: AccountState } {
  const identifier = randomBytes(IDENTIFIER_BYTES).toString('base64url');
  const session = { digest: digestOf(identifier), user: user.name, createdAtMs: nowMs, lastUsedAtMs: nowMs };
  const users = new Map(state.users.map((each) => [each.name, each]));
  const open = state.sessions.filter((each) => expiryOf(each, users.get(each.user)) > nowMs);
  const own = open.filter((each) => each.user === user.name);
  const tooMany = new Set(own.slice(0, Math.max(0, own.length + 1 - MAX_SESSIONS)));
  return {
    identifier,
    session,
    state: { ...state, sessions: [...open.filter((each) => !tooMany.has(each)), session] },
  };
}

export function endSession(state: AccountState, digest: string): AccountState {
  return { ...state, sessions: state.sessions.filter((session) => session.digest !== digest) };
}

/** Who holds a session, with what it may do now. */
export function findSession(
  store: AccountStore,
  identifier: string,
  nowMs: number,
  usedAtMs: (digest: string) => number | undefined,
): Principal | undefined {
  if (!IDENTIFIER.test(identifier)) return undefined;
  return sessionPrincipal(store, digestOf(identifier), nowMs, usedAtMs);
}

export function sessionPrincipal(
  store: AccountStore,
  digest: string,
  nowMs: number,
  usedAtMs: (digest: string) => number | undefined,
): Principal | undefined {
  const session = store.session(digest);
  const user = session && store.user(session.user);
  if (session === undefined || user === undefined || user.disabled) return undefined;
  const lastUsedAtMs = Math.max(session.lastUsedAtMs, usedAtMs(digest) ?? 0);
  const expiresAtMs = expiryOf({ ...session, lastUsedAtMs }, user);
  if (expiresAtMs <= nowMs) return undefined;
  const passwordChangeRequired = mustChangePassword(user);
  return {
    kind: 'session',
    user: user.name,
    displayName: user.displayName,
    role: user.role,
    permissions: new Set(passwordChangeRequired ? [] : permissionsOfRole(user.role)),
    passwordChangeRequired,
    digest,
    token: undefined,
    expiresAtMs,
  };
}

/** Known to who has the cookie's text, which scripts and other sites have not; needs no storage. */
export function csrfTokenOf(identifier: string): string {
  return createHmac('sha256', identifier).update('ngatu csrf').digest('base64url');
}

function expiryOf(session: Session, user: User | undefined): number {
  if (user === undefined) return 0;
  const { idleMs, absoluteMs } = SESSION_LIFETIMES[user.role];
  return Math.min(session.lastUsedAtMs + idleMs, session.createdAtMs + absoluteMs);
}
