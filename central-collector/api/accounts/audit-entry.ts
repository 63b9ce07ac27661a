// One line of the audit log: who did what to what, from where, and the hash of the line before.

import { createHash } from 'node:crypto';
import { z } from 'zod';

/** `nobody`: not signed in, such as a failed sign-in; `system`: the collector itself. */
export const AUDIT_ACTORS = ['session', 'token', 'system', 'nobody'] as const;

export type AuditEntry = {
  readonly by: (typeof AUDIT_ACTORS)[number];
  /** Name of the user; of a token, its owner. */
  readonly who?: string | undefined;
  /** Identifier of the token. */
  readonly token?: string | undefined;
  readonly address?: string | undefined;
  /** Kebab case, such as `incident-confirmed`. */
  readonly action: string;
  /** What it was done to: a user, an incident, a camera. */
  readonly target?: string | undefined;
  /** Facts as JSON: old and new values, never secrets. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
};

export const auditLineSchema = z.strictObject({
  /** From 1, without a gap. */
  seq: z.int().min(1),
  at: z.iso.datetime(),
  by: z.enum(AUDIT_ACTORS),
  who: z.string().exactOptional(),
  token: z.string().exactOptional(),
  address: z.string().exactOptional(),
  action: z.string(),
  target: z.string().exactOptional(),
  detail: z.record(z.string(), z.unknown()).exactOptional(),
  /** SHA-256 of the line before, without its line feed; 64 zeros before the first. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditLine = z.infer<typeof auditLineSchema>;

/** The last line of a chain: the next one names its hash. */
export type Link = { readonly seq: number; readonly hash: string };

export const CHAIN_START: Link = { seq: 0, hash: '0'.repeat(64) };

/** A line holds at most so much detail; a configuration belongs into a file of its own, with its hash here. */
const MAX_DETAIL_BYTES = 16 * 1024;
const MAX_TEXT = 256;

/** The line that follows a link, without its line feed. */
export function formatLine(entry: AuditEntry, atMs: number, { seq, hash }: Link): string {
  const line: AuditLine = {
    seq: seq + 1,
    at: new Date(atMs).toISOString(),
    by: entry.by,
    ...(entry.who !== undefined && { who: entry.who.slice(0, MAX_TEXT) }),
    ...(entry.token !== undefined && { token: entry.token }),
    ...(entry.address !== undefined && { address: entry.address.slice(0, MAX_TEXT) }),
    action: entry.action,
    ...(entry.target !== undefined && { target: entry.target.slice(0, MAX_TEXT) }),
    ...(entry.detail !== undefined && { detail: bounded(entry.detail) }),
    previous: hash,
  };
  return JSON.stringify(line);
}

export function hashOfLine(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

/** Too much detail is told by its size and hash: whoever keeps it can prove that it is the same. */
function bounded(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json = JSON.stringify(detail);
  const bytes = Buffer.byteLength(json);
  return bytes <= MAX_DETAIL_BYTES ? detail : { tooLarge: true, bytes, sha256: hashOfLine(json) };
}
