// Everything that accounts.json holds: users, sessions, API tokens. Secrets only as hashes. Parsed like any outside
// data: somebody may have edited the file.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isPasswordHash } from './password-hash.ts';
import { ROLES, SCOPES } from './roles.ts';

/** Not longer than a line of a screen; no path, no markup, no case: two users never look alike. */
export const userNameSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/, {
  error: 'expected 1 to 32 of a-z, 0-9, "." "_" "-", beginning and ending with a letter or digit',
});

/** Letters of any language; no control characters, no marks that turn the direction of text. */
export const labelSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u, { error: 'expected printable characters only' });

const timeSchema = z.int().min(0).max(8.64e15);
const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);

const userSchema = z.strictObject({
  name: userNameSchema,
  displayName: labelSchema.exactOptional(),
  role: z.enum(ROLES),
  passwordHash: z.string().refine(isPasswordHash, { error: 'expected $scrypt$ln=…,r=…,p=…$…$…' }),
  /** Set while the password is one that somebody else knows: the time when it stops to work. */
  oneTimeUntilMs: timeSchema.exactOptional(),
  disabled: z.boolean(),
  createdAtMs: timeSchema,
  lastSignInAtMs: timeSchema.exactOptional(),
});

const sessionSchema = z.strictObject({
  /** SHA-256 of the identifier in the cookie. */
  digest: digestSchema,
  user: userNameSchema,
  createdAtMs: timeSchema,
  lastUsedAtMs: timeSchema,
});

const tokenSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** SHA-256 of the token. */
  digest: digestSchema,
  name: labelSchema,
  owner: userNameSchema,
  scopes: z.array(z.enum(SCOPES)).min(1),
  createdAtMs: timeSchema,
  expiresAtMs: timeSchema,
  lastUsedAtMs: timeSchema.exactOptional(),
});

export type User = Readonly<z.infer<typeof userSchema>>;
export type Session = Readonly<z.infer<typeof sessionSchema>>;
export type Token = Readonly<z.infer<typeof tokenSchema>>;

export type AccountState = {
  readonly users: readonly User[];
  readonly sessions: readonly Session[];
  readonly tokens: readonly Token[];
};

export const NO_ACCOUNTS: AccountState = { users: [], sessions: [], tokens: [] };

export const accountFileSchema = z
  .strictObject({
    version: z.literal(1),
    users: z.array(userSchema),
    sessions: z.array(sessionSchema),
    tokens: z.array(tokenSchema),
  })
  .refine(({ users }) => new Set(users.map(({ name }) => name)).size === users.length, {
    error: 'two users have the same name',
  });

/** What is stored of a random identifier. It has 256 bits of chance, so a fast hash is enough. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The user with one change; others as they are. */
export function withUser(state: AccountState, name: string, change: (user: User) => User): AccountState {
  return { ...state, users: state.users.map((user) => (user.name === name ? change(user) : user)) };
}

export function withoutSessionsOf(state: AccountState, name: string): AccountState {
  return { ...state, sessions: state.sessions.filter(({ user }) => user !== name) };
}
