// Messages that could not be stored, kept on disk with the reason and their original bytes, so that a person or
// a newer collector can look at them. Bounded: when full, the oldest go first, and that is counted. The folder belongs to
// others too: `ngatu quarantine replay` takes files away while a collector runs.

import { access, mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  hashOf,
  PART,
  parseName,
  type QuarantinedMessage,
  QuarantineError,
  removeQuarantined,
  unusable,
  writeQuarantined,
} from './quarantine-file.ts';
import type { RejectedEvent, RejectionReason } from './read-message.ts';

export { QuarantineError };

export type QuarantineItem = Omit<QuarantinedMessage, 'reason' | 'events'> & {
  readonly reason: RejectionReason;
  readonly events?: readonly RejectedEvent[];
};

export type QuarantineOptions = {
  readonly directory: string;
  readonly maxBytes: number;
  /** Default 100,000: what a directory and the index in memory bear easily. */
  readonly maxFiles?: number;
};

type Kept = { readonly file: string; readonly bytes: number };

export class Quarantine {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  /** By hash of topic, bytes and refused events, oldest first: a message that is sent again is kept once. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Modification time of the folder when all of it was last looked at; undefined since we changed it ourselves. */
  #lookedAtMs: number | undefined;
  readonly counts = {
    added: 0,
    repeated: 0,
    evicted: 0,
    byReason: {} as Partial<Record<RejectionReason, number>>,
  };

  constructor({ directory, maxBytes, maxFiles = 100_000 }: QuarantineOptions) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
  }

  get files(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Reads what is there already. Throws QuarantineError when the directory cannot be used. */
  async open(): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true });
      for (const file of await readdir(this.#directory)) {
        // Left by a crash before the rename; its message was never acknowledged and comes again.
        if (file.endsWith(PART)) await unlink(join(this.#directory, file));
      }
      await this.#look();
    } catch (cause) {
      throw unusable(this.#directory, cause);
    }
  }

  /** Resolves when the item is safely on disk. Throws QuarantineError. */
  async add(item: QuarantineItem): Promise<void> {
    // One at a time: bad messages are rare, and the bound holds without a race.
    return this.#inTurn(() => this.#add(item));
  }

  /**
   * Notices what others took away or put here. Cheap when nothing changed; never throws, since a folder that cannot be
   * read is told by the next message that has to go there.
   */
  async refresh(): Promise<void> {
    await this.#inTurn(() => this.#lookIfChanged()).catch(() => undefined);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #add(item: QuarantineItem): Promise<void> {
    const directory = this.#directory;
    const { counts } = this;
    const hash = hashOf(item);
    for (const reason of reasonsOf(item)) counts.byReason[reason] = (counts.byReason[reason] ?? 0) + 1;
    const known = this.#kept.get(hash);
    if (known && (await isThere(join(directory, known.file)))) {
      counts.repeated += 1;
      return;
    }
    this.#forget(hash);
    const kept = await writeQuarantined(directory, item);
    this.#lookedAtMs = undefined;
    counts.added += 1;
    this.#keep(hash, kept);
    if (this.#isOver()) await this.#evict();
  }

  #isOver(): boolean {
    // The newest stays even when it alone is over the bound: it was promised to be there.
    return (this.#bytes > this.#maxBytes || this.#kept.size > this.#maxFiles) && this.#kept.size > 1;
  }

  async #evict(): Promise<void> {
    for (const [hash, { file }] of this.#kept) {
      if (!this.#isOver()) return;
      if (await removeQuarantined(this.#directory, file)) this.counts.evicted += 1;
      this.#forget(hash);
    }
  }

  async #lookIfChanged(): Promise<void> {
    const { mtimeMs } = await stat(this.#directory);
    if (mtimeMs !== this.#lookedAtMs) await this.#look();
  }

  async #look(): Promise<void> {
    // Before the look: what changes meanwhile is seen the next time.
    const { mtimeMs } = await stat(this.#directory);
    const files = new Map<string, string>();
    for (const file of (await readdir(this.#directory)).sort()) {
      const hash = parseName(file)?.hash;
      if (hash !== undefined) files.set(hash, file);
    }
    for (const hash of [...this.#kept.keys()]) if (!files.has(hash)) this.#forget(hash);
    for (const [hash, file] of files) {
      if (this.#kept.has(hash)) continue;
      const bytes = await sizeOf(join(this.#directory, file));
      if (bytes !== undefined) this.#keep(hash, { file, bytes });
    }
    this.#lookedAtMs = mtimeMs;
  }

  #keep(hash: string, kept: Kept): void {
    this.#kept.set(hash, kept);
    this.#bytes += kept.bytes;
  }

  #forget(hash: string): void {
    this.#bytes -= this.#kept.get(hash)?.bytes ?? 0;
    this.#kept.delete(hash);
  }
}

/** Each once: events of one batch may be refused for more than one. */
function reasonsOf({ reason, events }: QuarantineItem): Set<RejectionReason> {
  return new Set(events?.map((event) => event.reason) ?? [reason]);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Undefined for a file that went away meanwhile. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
