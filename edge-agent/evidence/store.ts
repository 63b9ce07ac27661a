// The evidence of a box on its disk: pictures and clips of incidents, each with what it shows in a JSON file beside it.
// Bounded by size and age; the oldest go first; a file is either whole or not there.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Incident, IncidentEvidence } from '../../contract/index.ts';
import { EvidenceError } from './evidence-error.ts';
import { type EvidenceRecord, parseRecord } from './record.ts';

export type EvidenceStoreOptions = {
  /** Made if missing, for its owner only. */
  readonly directory: string;
  readonly maxBytes: number;
  /** Records of incidents that were detected longer ago go, ms. */
  readonly maxAgeMs: number;
  /** Nothing is written when the disk has less free than this: the outbox goes first. */
  readonly minFreeBytes: number;
  readonly logger: Logger;
  /** UTC, ms. */
  readonly now: () => number;
};

type Entry = EvidenceRecord & { readonly bytes: number };
type Snapshot = NonNullable<IncidentEvidence['snapshot']>;
type Clip = NonNullable<IncidentEvidence['clip']>;

/** Calls after one another wait for one another. */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions;
  /** By name, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #drafts = 0;
  #line: Promise<unknown> = Promise.resolve();

  /** Use openEvidenceStore(). */
  constructor(options: EvidenceStoreOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What is kept, oldest first. */
  list(): readonly EvidenceRecord[] {
    return [...this.#entries.values()];
  }

  /** The record of an incident, if anything is kept of it. */
  find(incidentId: string): EvidenceRecord | undefined {
    return this.list().findLast(({ incident }) => incident.id === incidentId);
  }

  /** A file of a record, checked against its hash. Rejects with an EvidenceError when it is gone or damaged. */
  async read(record: EvidenceRecord, part: 'snapshot' | 'clip'): Promise<Buffer> {
    const facts = record.evidence[part];
    if (facts === undefined) throw new EvidenceError(`Incident ${record.incident.id} has no ${part}.`);
    const path = join(this.#options.directory, facts.file);
    const data = await readFile(path).catch((cause: unknown) => {
      throw new EvidenceError(`The ${part} ${facts.file} is not kept any more.`, { cause });
    });
    if (sha256(data) !== facts.sha256) {
      throw new EvidenceError(`The ${part} ${facts.file} was changed since it was stored: its hash differs.`);
    }
    return data;
  }

  /** The record that names this file, if anything is kept of it; `file` as its incident names it. */
  holderOf(
    file: string,
  ): { readonly record: EvidenceRecord; readonly part: 'snapshot' | 'clip' } | undefined {
    for (const record of this.#entries.values()) {
      if (record.evidence.snapshot?.file === file) return { record, part: 'snapshot' };
      if (record.evidence.clip?.file === file) return { record, part: 'clip' };
    }
    return undefined;
  }

  /** A piece of a file that a record names, shorter at its end. Rejects with an EvidenceError when it is gone. */
  async readPiece(file: string, offset: number, length: number): Promise<Buffer> {
    // A name alone would let anybody read any file.
    if (this.holderOf(file) === undefined) throw new EvidenceError(`${file} is not kept, or not any more.`);
    const piece = Buffer.allocUnsafe(length);
    try {
      const handle = await open(join(this.#options.directory, file), 'r');
      try {
        const { bytesRead } = await handle.read(piece, 0, length, offset);
        return piece.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (cause) {
      throw new EvidenceError(`${file} is not kept any more.`, { cause });
    }
  }

  /** Rejects with a retryable EvidenceError while the disk is too full for evidence. */
  async checkRoom(): Promise<void> {
    const { directory, minFreeBytes } = this.#options;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize >= minFreeBytes) return;
      const mib = (bytes: number) => Math.floor(bytes / 1024 / 1024);
      throw new EvidenceError(
        `the disk of ${directory} has ${mib(bavail * bsize)} MiB free, and ${mib(minFreeBytes)} MiB are left to others`,
        { retryable: true },
      );
    } catch (cause) {
      throw notWritten(directory, cause);
    }
  }

  /** A path for a file that is being made; hand it to putClip() or delete it. */
  draft(): string {
    this.#drafts += 1;
    return join(this.#options.directory, `${this.#drafts}${DRAFT}`);
  }

  /** Rejects with an EvidenceError when it cannot be written. */
  putSnapshot(
    incident: Incident,
    jpeg: Buffer,
    facts: Omit<Snapshot, 'file' | 'sha256' | 'bytes'>,
  ): Promise<IncidentEvidence> {
    return this.#inTurn(incident, async (name, before) => {
      await this.checkRoom();
      const file = `${name}.jpg`;
      await this.#write(file, jpeg);
      const snapshot = { file, sha256: sha256(jpeg), bytes: jpeg.length, ...facts };
      return { ...before, snapshot };
    });
  }

  /** Takes over the file `draft`. Rejects with an EvidenceError when it cannot be kept; the draft is gone then. */
  putClip(
    incident: Incident,
    draft: string,
    facts: Omit<Clip, 'file' | 'sha256' | 'bytes'>,
  ): Promise<IncidentEvidence> {
    return this.#inTurn(incident, async (name, before) => {
      const file = `${name}.mp4`;
      try {
        const data = await readFile(draft);
        await synced(draft);
        await this.#moveTo(file, draft);
        return { ...before, clip: { file, sha256: sha256(data), bytes: data.length, ...facts } };
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#line;
  }

  /** Reads what is there and clears away what a power cut left half done. */
  async load(): Promise<void> {
    const { directory, logger } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const files = (await readdir(directory, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
    const known = new Set<string>();
    const entries: [string, Entry][] = [];
    for (const file of files.filter((path) => path.endsWith('.json'))) {
      const record = parseRecord(await readFile(join(directory, file), 'utf8').catch(() => ''));
      if (record === undefined) {
        logger.warn({ file }, 'a record of evidence cannot be read and is deleted with its files');
        continue;
      }
      const { snapshot, clip } = record.evidence;
      for (const path of [file, snapshot?.file, clip?.file]) if (path !== undefined) known.add(path);
      entries.push([file.slice(0, -'.json'.length), { ...record, bytes: bytesOf(record) }]);
    }
    // Files without a record were being written when the box lost its power.
    for (const file of files) {
      if (!known.has(file) && OWN_FILE.test(file)) await rm(join(directory, file), { force: true });
    }
    for (const [name, entry] of entries.sort(([, a], [, b]) => a.madeAtMs - b.madeAtMs))
      this.#entries.set(name, entry);
    await this.#evict();
  }

  #inTurn(
    incident: Incident,
    work: (name: string, before: IncidentEvidence) => Promise<IncidentEvidence>,
  ): Promise<IncidentEvidence> {
    const name = nameOf(incident);
    const done = this.#line.then(async () => {
      try {
        const evidence = await work(name, this.#entries.get(name)?.evidence ?? {});
        const record = { v: 1 as const, incident, evidence, madeAtMs: this.#options.now() };
        await this.#write(`${name}.json`, Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
        this.#entries.set(name, { ...record, bytes: bytesOf(record) });
        await this.#evict();
        return evidence;
      } catch (cause) {
        throw notWritten(this.#options.directory, cause);
      }
    });
    this.#line = done.catch(() => undefined);
    return done;
  }

  async #write(file: string, data: Buffer): Promise<void> {
    await mkdir(dirname(join(this.#options.directory, file)), { recursive: true, mode: 0o700 });
    const draft = this.draft();
    try {
      const handle = await open(draft, 'w', 0o600);
      try {
        await handle.writeFile(data);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, join(this.#options.directory, file));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async #moveTo(file: string, draft: string): Promise<void> {
    const path = join(this.#options.directory, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
  }

  async #evict(): Promise<void> {
    const { directory, maxBytes, maxAgeMs, now } = this.#options;
    let bytes = this.bytes;
    for (const [name, entry] of this.#entries) {
      if (bytes <= maxBytes && entry.madeAtMs >= now() - maxAgeMs) break;
      this.#entries.delete(name);
      bytes -= entry.bytes;
      const { snapshot, clip } = entry.evidence;
      // The record goes last: what is left over after a power cut is found by it.
      for (const file of [snapshot?.file, clip?.file, `${name}.json`]) {
        if (file !== undefined) await rm(join(directory, file), { force: true });
      }
    }
  }
}

/** Rejects with an EvidenceError when the folder cannot be made or read. */
export async function openEvidenceStore(options: EvidenceStoreOptions): Promise<EvidenceStore> {
  const store = new EvidenceStore(options);
  try {
    await store.load();
  } catch (cause) {
    throw notWritten(options.directory, cause);
  }
  return store;
}

const DRAFT = '.part';

/** Nothing else in the folder is touched. */
const OWN_FILE = /\.(?:json|jpg|mp4|part)$/;

/** A folder for each camera; names say which incident and which version of it. */
function nameOf({ camera, id, version }: Incident): string {
  return `${camera}/${id.replaceAll(/[^\w.-]/g, '_')}.v${version}`;
}

function bytesOf(record: EvidenceRecord): number {
  const { snapshot, clip } = record.evidence;
  return (snapshot?.bytes ?? 0) + (clip?.bytes ?? 0) + RECORD_BYTES;
}

/** A record with its file's overhead. */
const RECORD_BYTES = 4096;

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function notWritten(directory: string, cause: unknown): EvidenceError {
  if (cause instanceof EvidenceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EvidenceError(`evidence cannot be written to ${directory}: ${reason}`, {
    retryable: true,
    cause,
  });
}
