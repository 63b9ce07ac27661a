// The audit log on disk: lines are added, never changed. Each is on disk before what it tells of happens.

import { open, readFile, rename, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, PRIVATE_FILE, syncFolder } from '../../durable-file.ts';
import { AccountsError, whyOf } from './accounts-error.ts';
import {
  type AuditVerdict,
  auditFiles,
  type ChainMemory,
  CURRENT_FILE,
  HEAD_FILE,
  rotatedName,
  verifyChain,
} from './audit-chain.ts';
import {
  type AuditEntry,
  type AuditLine,
  auditLineSchema,
  CHAIN_START,
  formatLine,
  hashOfLine,
} from './audit-entry.ts';

export type AuditLogOptions = {
  readonly directory: string;
  readonly now: () => number;
  /** A file that is larger is full. Default 4 MiB: some ten thousand entries, read in a moment. */
  readonly maxFileBytes?: number;
  /** Full files kept, the oldest go first. Default 64. */
  readonly maxFiles?: number;
};

export type AuditQuery = {
  /** Inclusive. */
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
  readonly who?: string | undefined;
  readonly action?: string | undefined;
  /** Only entries with a lower number: the next page. */
  readonly before?: number | undefined;
  readonly limit: number;
};

/** Entries that wait for the disk; more are refused, and so is what they tell of. */
const MAX_WAITING = 500;

export class AuditLog {
  readonly #options: Required<AuditLogOptions>;
  readonly #memory: ChainMemory = new Map();
  #link = CHAIN_START;
  /** Bytes of the current file when this log last wrote; another size means that another program wrote too. */
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #verdict: AuditVerdict = { intact: true, entries: 0, firstSeq: null, lastSeq: null, fault: null };

  constructor(options: AuditLogOptions) {
    this.#options = { maxFileBytes: 4 * 1024 * 1024, maxFiles: 64, ...options };
  }

  /** Checks the whole chain. A broken one is told in `verdict`, not thrown: the log goes on. Throws AccountsError. */
  async open(): Promise<void> {
    await this.#inTurn(async () => {
      await makePrivateFolder(this.#options.directory);
      const removedBytes = await this.#removeTornLine();
      await this.#catchUp();
      const system = { by: 'system' } as const;
      if (removedBytes > 0)
        await this.#write({ ...system, action: 'audit-torn-line-removed', detail: { removedBytes } });
      const { fault } = this.#verdict;
      if (fault !== null)
        await this.#write({ ...system, action: 'audit-chain-broken', detail: { ...fault } });
    });
  }

  /** What the last check found: at the start, and with each `verify`. */
  get verdict(): AuditVerdict {
    return this.#verdict;
  }

  /** Resolves when the entry is on disk. Throws AccountsError: then what it tells of must not happen. */
  append(entry: AuditEntry): Promise<void> {
    return this.#inTurn(async () => {
      if ((await this.#sizeOnDisk()) !== this.#bytes) await this.#catchUp();
      await this.#write(entry);
    });
  }

  /** Checks the chain again; full files that have not changed since are not read again. */
  verify(): Promise<AuditVerdict> {
    return this.#inTurn(async () => {
      this.#verdict = (await verifyChain(this.#options.directory, this.#memory)).verdict;
      return this.#verdict;
    });
  }

  /** The newest first. Lines that can't be read are left out; the verdict tells of them. */
  async read(query: AuditQuery): Promise<readonly AuditLine[]> {
    const found: AuditLine[] = [];
    const files = [...(await auditFiles(this.#options.directory))].reverse();
    for (const file of files) {
      const text = await readFile(join(this.#options.directory, file), 'utf8').catch((error) => {
        // Rotated or removed since the list was made.
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      for (const line of text.split('\n').reverse()) {
        if (found.length >= query.limit) return found;
        const entry = parseLine(line);
        if (entry !== undefined && fits(entry, query)) found.push(entry);
      }
    }
    return found;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const fail = (cause: unknown) =>
      new AccountsError(
        `cannot use the audit log in ${this.#options.directory}: ${whyOf(cause)}; make room or rights there`,
        { retryable: true, cause },
      );
    if (this.#waiting >= MAX_WAITING)
      return Promise.reject(fail(new Error('too many entries wait for the disk')));
    this.#waiting += 1;
    const done = this.#last
      .then(work)
      .catch((cause) => {
        throw fail(cause);
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #catchUp(): Promise<void> {
    const { verdict, link } = await verifyChain(this.#options.directory, this.#memory);
    this.#verdict = verdict;
    this.#link = link;
    this.#bytes = await this.#sizeOnDisk();
  }

  async #write(entry: AuditEntry): Promise<void> {
    const { directory, now, maxFileBytes } = this.#options;
    if (this.#bytes >= maxFileBytes) await this.#rotate();
    const line = formatLine(entry, now(), this.#link);
    const isNew = this.#bytes === 0;
    const file = await open(join(directory, CURRENT_FILE), 'a', PRIVATE_FILE);
    try {
      await file.writeFile(`${line}\n`);
      await file.sync();
    } catch (error) {
      // A full disk may have taken half of it: the next line must not be glued to that.
      await file.truncate(this.#bytes).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    if (isNew) await syncFolder(directory);
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#link = { seq: this.#link.seq + 1, hash: hashOfLine(line) };
    // Without room for it the older head is still right; the entry itself is on disk and counts.
    await this.#writeHead().catch(() => undefined);
  }

  /** Never ahead of the log, so it needs no sync: after a power cut an older head is right too. */
  async #writeHead(): Promise<void> {
    const path = join(this.#options.directory, HEAD_FILE);
    await writeFile(`${path}.part`, JSON.stringify(this.#link), { mode: PRIVATE_FILE });
    await rename(`${path}.part`, path);
  }

  async #rotate(): Promise<void> {
    const { directory, maxFiles } = this.#options;
    const current = join(directory, CURRENT_FILE);
    const [first = ''] = (await readFile(current, 'utf8')).split('\n', 1);
    const firstSeq = parseLine(first)?.seq ?? this.#link.seq;
    await rename(current, join(directory, rotatedName(firstSeq)));
    await syncFolder(directory);
    this.#bytes = 0;
    const rotated = (await auditFiles(directory)).filter((file) => file !== CURRENT_FILE);
    for (const file of rotated.slice(0, Math.max(0, rotated.length - maxFiles))) {
      await unlink(join(directory, file));
      this.#memory.delete(file);
    }
  }

  /** A crash in the middle of a line: it was never confirmed, so nothing that it tells of has happened. */
  async #removeTornLine(): Promise<number> {
    const path = join(this.#options.directory, CURRENT_FILE);
    if ((await this.#sizeOnDisk()) === 0) return 0;
    const bytes = await readFile(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) await truncate(path, whole);
    return bytes.length - whole;
  }

  async #sizeOnDisk(): Promise<number> {
    try {
      return (await stat(join(this.#options.directory, CURRENT_FILE))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  }
}

function parseLine(line: string): AuditLine | undefined {
  if (line === '') return undefined;
  try {
    return auditLineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function fits(entry: AuditLine, { fromMs, toMs, who, action, before }: AuditQuery): boolean {
  const atMs = Date.parse(entry.at);
  return (
    (fromMs === undefined || atMs >= fromMs) &&
    (toMs === undefined || atMs < toMs) &&
    (who === undefined || entry.who === who) &&
    (action === undefined || entry.action === action) &&
    (before === undefined || entry.seq < before)
  );
}
