// Who is signed in, and what they may do.

import { signal } from '@preact/signals';
import { ApiProblem, credentials, get, send } from './client.ts';

export type Role = 'viewer' | 'operator' | 'engineer' | 'administrator';
export type Permission =
  | 'read'
  | 'stream'
  | 'verdict'
  | 'configure'
  | 'quarantine'
  | 'users'
  | 'tokens'
  | 'audit';

/** GET /session */
export type Session = {
  readonly user: string;
  readonly displayName: string | null;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly passwordChangeRequired: boolean;
  readonly csrfToken: string | null;
  readonly expiresAt: string;
};

/** Undefined: not known yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);

/** What keeps the page from knowing who is signed in: usually that the centre does not answer. */
export const sessionProblem = signal<ApiProblem | null>(null);

const RETRY_MS = 3000;

credentials.onSignedOut = () => enter(null);

export function may(permission: Permission): boolean {
  return session.value?.permissions.includes(permission) === true;
}

/** Asks until the centre has said who it is. */
export async function loadSession(): Promise<void> {
  try {
    enter(await get<Session>('/session'));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return;
    sessionProblem.value = error instanceof ApiProblem ? error : new ApiProblem(0, {}, null, error);
    setTimeout(() => void loadSession(), RETRY_MS);
  }
}

/** Throws ApiProblem: `sign-in-failed`, `too-many-attempts`. */
export async function signIn(name: string, password: string): Promise<Session> {
  return enter(await send<Session>('POST', '/session', { name, password }));
}

export async function signOut(): Promise<void> {
  await send('DELETE', '/session');
  enter(null);
}

/** Throws ApiProblem: `weak-password`. A new session follows. */
export async function changePassword(currentPassword: string, newPassword: string): Promise<Session> {
  return enter(await send<Session>('POST', '/session/password', { currentPassword, newPassword }));
}

function enter<T extends Session | null>(next: T): T {
  credentials.csrfToken = next?.csrfToken ?? null;
  sessionProblem.value = null;
  session.value = next;
  return next;
}
