// Bodies, queries and answers of the account routes, as the OpenAPI document shows them.

import { z } from 'zod';
import { labelSchema, userNameSchema } from './account-state.ts';
import { auditVerdictSchema } from './audit-chain.ts';
import { auditLineSchema } from './audit-entry.ts';
import { MAX_PASSWORD_LENGTH } from './password-rules.ts';
import { PERMISSIONS, ROLES, SCOPES } from './roles.ts';

const roleSchema = z.enum(ROLES);
const timeSchema = z.iso.datetime();
const nullableTime = timeSchema.nullable();
/** Any text: what is no password is wrong, not invalid. Four bytes a character are room for every script. */
const typedPassword = z
  .string()
  .min(1)
  .max(4 * MAX_PASSWORD_LENGTH);

export const signInBody = z.strictObject({ name: z.string().min(1).max(64), password: typedPassword });

export const passwordBody = z.strictObject({ currentPassword: typedPassword, newPassword: typedPassword });

export const sessionAnswer = z.strictObject({
  user: userNameSchema,
  displayName: z.string().nullable(),
  role: roleSchema,
  permissions: z.array(z.enum(PERMISSIONS)),
  /** `session` for a cookie, `token` for an API token. */
  kind: z.enum(['session', 'token']),
  /** True while only the password can be changed. */
  passwordChangeRequired: z.boolean(),
  /** For the header `x-csrf-token` of POST, PUT, PATCH and DELETE; null for an API token, which needs none. */
  csrfToken: z.string().nullable(),
  expiresAt: timeSchema,
});

export const signOutQuery = z.strictObject({ everywhere: z.stringbool().default(false) });

export const userAnswer = z.strictObject({
  name: userNameSchema,
  displayName: z.string().nullable(),
  role: roleSchema,
  disabled: z.boolean(),
  /** When the one-time password stops to work; null once the user has chosen one. */
  oneTimePasswordUntil: nullableTime,
  createdAt: timeSchema,
  lastSignInAt: nullableTime,
  /** Open ones. */
  sessions: z.int().min(0),
});

export const userAndPasswordAnswer = userAnswer.extend({
  /** Shown here and never again; null when none was made. */
  oneTimePassword: z.string().nullable(),
});

export const usersAnswer = z.strictObject({ users: z.array(userAnswer) });

export const newUserBody = z.strictObject({
  name: userNameSchema,
  role: roleSchema,
  displayName: labelSchema.exactOptional(),
});

export const userChangeBody = z
  .strictObject({
    role: roleSchema.exactOptional(),
    displayName: labelSchema.nullable().exactOptional(),
    disabled: z.boolean().exactOptional(),
    /** Makes a one-time password. */
    resetPassword: z.literal(true).exactOptional(),
    /** Ends all sessions. */
    signOut: z.literal(true).exactOptional(),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'expected at least one change' });

export const userParams = z.strictObject({ name: userNameSchema });

export const tokenAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  owner: userNameSchema,
  scopes: z.array(z.enum(SCOPES)),
  createdAt: timeSchema,
  expiresAt: timeSchema,
  /** To some minutes. */
  lastUsedAt: nullableTime,
});

export const newTokenAnswer = tokenAnswer.extend({
  /** Shown here and never again. */
  token: z.string(),
});

export const tokensAnswer = z.strictObject({ tokens: z.array(tokenAnswer) });

export const newTokenBody = z.strictObject({
  name: labelSchema,
  /** Default: who makes it. */
  owner: userNameSchema.exactOptional(),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  lifetimeDays: z.int().min(1).max(730).default(90),
});

export const tokenParams = z.strictObject({ id: z.string().regex(/^[0-9a-f]{12}$/) });

export const auditQuery = z.strictObject({
  /** Inclusive, with a zone: 2026-01-31T00:00:00+07:00. */
  from: z.iso.datetime({ offset: true }).exactOptional(),
  /** Exclusive. */
  to: z.iso.datetime({ offset: true }).exactOptional(),
  who: userNameSchema.exactOptional(),
  action: z
    .string()
    .regex(/^[a-z][a-z-]{0,63}$/)
    .exactOptional(),
  /** Entries with a lower number only: `next` of the page before. */
  before: z.coerce.number().int().min(1).exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const auditAnswer = z.strictObject({
  /** The newest first. */
  entries: z.array(auditLineSchema),
  /** `before` of the next page; null on the last. */
  next: z.int().min(1).nullable(),
  chain: auditVerdictSchema,
});
