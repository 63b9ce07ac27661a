// Who asks, as far as the accounts and the audit log need to know.

import type { User } from './account-state.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { Permission, Role } from './roles.ts';

/** Somebody who is signed in by a cookie, or a program with a token. */
export type Principal = {
  readonly kind: 'session' | 'token';
  /** Name of the user; of a token, of its owner. */
  readonly user: string;
  readonly displayName: string | undefined;
  readonly role: Role;
  /** Empty while a one-time password must be replaced. */
  readonly permissions: ReadonlySet<Permission>;
  readonly passwordChangeRequired: boolean;
  /** SHA-256 of the session's identifier or of the token: identifies, opens nothing. */
  readonly digest: string;
  /** Identifier of the token. */
  readonly token: string | undefined;
  /** When it ends at the latest. */
  readonly expiresAtMs: number;
};

/** Whoever is told in the audit log. */
export type Actor = Pick<AuditEntry, 'by' | 'who' | 'token' | 'address'>;

export const SYSTEM: Actor = { by: 'system' };

export function actorOf(principal: Principal | undefined, address: string | undefined): Actor {
  if (principal === undefined) return { by: 'nobody', address };
  return { by: principal.kind, who: principal.user, token: principal.token, address };
}

export function mustChangePassword(user: User): boolean {
  return user.oneTimeUntilMs !== undefined;
}
