// Who may do what: the one table of roles, permissions and the scopes of API tokens.

/** In rising order: each may do what the one before may. */
export const ROLES = ['viewer', 'operator', 'engineer', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'read',
  'stream',
  'verdict',
  'configure',
  'quarantine',
  'users',
  'tokens',
  'audit',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const SCOPES = ['read', 'stream', 'verdict', 'configure', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const all = ROLES;
const fromOperator = ROLES.slice(1);
const fromEngineer = ROLES.slice(2);
const administrator = ROLES.slice(3);

/** The roles that hold a permission, and the scope that a token needs for it. */
export const PERMISSION_TABLE: Readonly<
  Record<Permission, { readonly what: string; readonly roles: readonly Role[]; readonly scope: Scope }>
> = {
  read: { what: 'flows, incidents, evidence, health, ledger', roles: all, scope: 'read' },
  stream: { what: 'live events', roles: all, scope: 'stream' },
  verdict: { what: 'verdicts and notes on incidents', roles: fromOperator, scope: 'verdict' },
  configure: { what: 'cameras, lines, zones, webhooks', roles: fromEngineer, scope: 'configure' },
  quarantine: { what: 'messages that were set aside', roles: fromEngineer, scope: 'configure' },
  users: { what: 'users and their roles', roles: administrator, scope: 'admin' },
  tokens: { what: 'API tokens', roles: administrator, scope: 'admin' },
  audit: { what: 'the audit log', roles: administrator, scope: 'admin' },
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type SessionLifetime = {
  /** Ends after so long without a request. */
  readonly idleMs: number;
  /** Ends so long after the sign-in, used or not. */
  readonly absoluteMs: number;
};

/**
 * A wall display is a viewer and stays for a month; a shift's desk is idle for half a day between two shifts (12 h is
 * also what NIST SP 800-63B asks of an AAL2 session); who may change users signs in every day.
 */
export const SESSION_LIFETIMES: Readonly<Record<Role, SessionLifetime>> = {
  viewer: { idleMs: 30 * DAY_MS, absoluteMs: 30 * DAY_MS },
  operator: { idleMs: 12 * HOUR_MS, absoluteMs: 30 * DAY_MS },
  engineer: { idleMs: 12 * HOUR_MS, absoluteMs: 30 * DAY_MS },
  administrator: { idleMs: 12 * HOUR_MS, absoluteMs: DAY_MS },
};

export function permissionsOfRole(role: Role): readonly Permission[] {
  return PERMISSIONS.filter((permission) => PERMISSION_TABLE[permission].roles.includes(role));
}

/** A token never holds more than the role of its owner at this moment. */
export function permissionsOfToken(role: Role, scopes: readonly Scope[]): readonly Permission[] {
  return permissionsOfRole(role).filter((permission) => scopes.includes(PERMISSION_TABLE[permission].scope));
}
