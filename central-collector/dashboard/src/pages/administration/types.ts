// Answers of the account routes, as this page reads them.

import type { Role } from '../../api/session.ts';
import type { Scope } from './words.ts';

export type User = {
  readonly name: string;
  readonly displayName: string | null;
  readonly role: Role;
  readonly disabled: boolean;
  readonly oneTimePasswordUntil: string | null;
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
  readonly sessions: number;
};

export type UserAndPassword = User & { readonly oneTimePassword: string | null };

export type Token = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
};

export type NewToken = Token & { readonly token: string };

export type AuditLine = {
  readonly seq: number;
  readonly at: string;
  readonly by: 'session' | 'token' | 'system' | 'nobody';
  readonly who?: string;
  readonly token?: string;
  readonly address?: string;
  readonly action: string;
  readonly target?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

export type AuditAnswer = {
  readonly entries: readonly AuditLine[];
  readonly next: number | null;
  readonly chain: {
    readonly intact: boolean;
    readonly entries: number;
    readonly firstSeq: number | null;
    readonly lastSeq: number | null;
    readonly fault: { readonly file: string; readonly line: number; readonly why: string } | null;
  };
};

export const ROLES = ['viewer', 'operator', 'engineer', 'administrator'] as const satisfies readonly Role[];
export const SCOPES = ['read', 'stream', 'verdict', 'configure', 'admin'] as const satisfies readonly Scope[];
