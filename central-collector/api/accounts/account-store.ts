// accounts.json in memory and on disk. Changes run one after another: planned on the newest state, told to the audit log,
// written, and only then seen by anybody.

import { readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, replaceFile } from '../../durable-file.ts';
import { ProblemError } from '../problem.ts';
import {
  type AccountState,
  accountFileSchema,
  NO_ACCOUNTS,
  type Session,
  type Token,
  type User,
} from './account-state.ts';
import { AccountsError, whyOf } from './accounts-error.ts';
import type { AuditEntry } from './audit-entry.ts';

export type AccountStoreOptions = {
  readonly directory: string;
  /** A change that can't be told to the audit log doesn't happen. */
  readonly audit: (entry: AuditEntry) => Promise<void>;
};

export type Change<T> = {
  /** The same object when nothing changes. */
  readonly state: AccountState;
  readonly result: T;
  readonly audit?: readonly AuditEntry[];
};

/** Changes that wait for the disk; more are refused. */
const MAX_WAITING = 200;

export class AccountStore {
  readonly #directory: string;
  readonly #path: string;
  readonly #audit: AccountStoreOptions['audit'];
  #state = NO_ACCOUNTS;
  #users = new Map<string, User>();
  #sessions = new Map<string, Session>();
  #tokens = new Map<string, Token>();
  /** Which file the state was read from or written to. */
  #version = '';
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor({ directory, audit }: AccountStoreOptions) {
    this.#directory = directory;
    this.#path = join(directory, 'accounts.json');
    this.#audit = audit;
  }

  /** Reads the file, if there is one. Throws AccountsError. */
  async open(): Promise<void> {
    try {
      await makePrivateFolder(this.#directory);
      // Left by a crash before its rename: what it was to change was never confirmed to anybody.
      await unlink(`${this.#path}.part`).catch(ignoreMissing);
    } catch (cause) {
      throw this.#unusable('use', cause);
    }
    await this.#refresh();
  }

  get state(): AccountState {
    return this.#state;
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  session(digest: string): Session | undefined {
    return this.#sessions.get(digest);
  }

  token(digest: string): Token | undefined {
    return this.#tokens.get(digest);
  }

  /**
   * Resolves when the change is on disk. `plan` gets the newest state and may refuse by throwing ProblemError: then
   * nothing changes. Throws AccountsError when the disk does not take it: then nothing changes either.
   */
  change<T>(plan: (state: AccountState) => Change<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#refresh();
      const { state, result, audit = [] } = plan(this.#state);
      for (const entry of audit) await this.#audit(entry);
      if (state === this.#state) return result;
      try {
        await replaceFile(this.#path, `${JSON.stringify({ version: 1, ...state }, undefined, 1)}\n`);
        this.#version = await this.#versionOnDisk();
      } catch (cause) {
        await this.#tellUndone(audit);
        throw this.#unusable('write', cause);
      }
      this.#take(state);
      return result;
    });
  }

  /** Takes over what another program, such as the command line, wrote meanwhile. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) {
      const detail = 'too many changes of accounts wait for the disk; try again in a few seconds';
      return Promise.reject(new ProblemError('unavailable', detail, { retryAfterS: 5 }));
    }
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #refresh(): Promise<void> {
    const version = await this.#versionOnDisk();
    if (version === this.#version) return;
    // A disk that was unmounted must not look like a centre without users: what is in memory still holds.
    if (version === '') throw this.#unusable('find', new Error('it was there and is gone'));
    this.#take(await this.#read());
    this.#version = version;
  }

  async #read(): Promise<AccountState> {
    let json: unknown;
    try {
      json = JSON.parse(await readFile(this.#path, 'utf8'));
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw this.#unusable('read', cause);
      throw this.#damaged(`it is not JSON (${cause.message})`, cause);
    }
    const { data, error } = accountFileSchema.safeParse(json);
    if (data === undefined) {
      const [issue] = error.issues;
      throw this.#damaged(`${issue?.path.join('.') || 'the whole'}: ${issue?.message}`, error);
    }
    return { users: data.users, sessions: data.sessions, tokens: data.tokens };
  }

  #take(state: AccountState): void {
    this.#state = state;
    this.#users = new Map(state.users.map((user) => [user.name, user]));
    this.#sessions = new Map(state.sessions.map((session) => [session.digest, session]));
    this.#tokens = new Map(state.tokens.map((token) => [token.digest, token]));
  }

  /** Differs after each write by anybody; '' without a file. */
  async #versionOnDisk(): Promise<string> {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(this.#path, { bigint: true });
      return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw this.#unusable('read', cause);
    }
  }

  /** The log already tells of a change that did not happen. */
  async #tellUndone(audit: readonly AuditEntry[]): Promise<void> {
    for (const entry of audit) {
      await this.#audit({ ...entry, action: 'not-done', detail: { action: entry.action } }).catch(
        // The disk is full: then this can't be written either, and who asked is told that it failed.
        () => undefined,
      );
    }
  }

  #unusable(verb: string, cause: unknown): AccountsError {
    return new AccountsError(
      `cannot ${verb} ${this.#path}: ${whyOf(cause)}; make room or rights there for the user that runs the collector`,
      { retryable: true, cause },
    );
  }

  #damaged(why: string, cause: unknown): AccountsError {
    return new AccountsError(
      `${this.#path} is damaged or of a newer version: ${why}; put a copy from a backup there, or move it away to begin with a new administrator`,
      { retryable: false, cause },
    );
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
