// Messages that could not be stored, kept on disk with the reason and their original bytes, so that a person or
// a newer collector can look at them. Bounded: when full, the oldest go first, and that is counted.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RejectedEvent, RejectionReason } from './read-message.ts';

export type QuarantineItem = {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAtMs: number;
  readonly reason: RejectionReason;
  /** A sentence for people. */
  readonly detail: string;
  /** The events of the batch that were refused; without it, the whole message was. */
  readonly events?: readonly RejectedEvent[];
};

export type QuarantineOptions = {
  readonly directory: string;
  readonly maxBytes: number;
  /** Default 100,000: what a directory and the index in memory bear easily. */
  readonly maxFiles?: number;
};

export class QuarantineError extends Error {
  override readonly name = 'QuarantineError';
  /** A full or read-only disk gets repaired; until then nothing bad is acknowledged. */
  readonly retryable = true;
}

type Kept = { readonly file: string; readonly bytes: number };

const FILE = /^(\d{15})-([0-9a-f]{32})\.json$/;

export class Quarantine {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  /** By hash of topic, bytes and refused events, oldest first: a message that is sent again is kept once. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;
  #last: Promise<unknown> = Promise.resolve();
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
      for (const file of (await readdir(this.#directory)).sort()) {
        const hash = FILE.exec(file)?.[2];
        if (hash) this.#keep(hash, { file, bytes: (await stat(join(this.#directory, file))).size });
        // Left by a crash before the rename; its message was never acknowledged and comes again.
        else if (file.endsWith('.json.part')) await unlink(join(this.#directory, file));
      }
    } catch (cause) {
      throw unusable(this.#directory, cause);
    }
  }

  /** Resolves when the item is safely on disk. Throws QuarantineError. */
  async add(item: QuarantineItem): Promise<void> {
    // One at a time: bad messages are rare, and the bound holds without a race.
    const turn = this.#last.then(() => this.#add(item));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #add(item: QuarantineItem): Promise<void> {
    const hash = createHash('sha256')
      .update(item.topic)
      .update('\0')
      .update(item.payload)
      .update('\0')
      .update(JSON.stringify(item.events ?? []))
      .digest('hex')
      .slice(0, 32);
    this.counts.byReason[item.reason] = (this.counts.byReason[item.reason] ?? 0) + 1;
    if (this.#kept.has(hash)) {
      this.counts.repeated += 1;
      return;
    }
    const { payload, ...facts } = item;
    const text = `${JSON.stringify({ ...facts, payloadBase64: Buffer.from(payload).toString('base64') })}\n`;
    const file = `${String(item.receivedAtMs).padStart(15, '0')}-${hash}.json`;
    try {
      await writeDurably(this.#directory, file, text);
    } catch (cause) {
      throw unusable(this.#directory, cause);
    }
    this.counts.added += 1;
    this.#keep(hash, { file, bytes: Buffer.byteLength(text) });
    await this.#evict();
  }

  #keep(hash: string, kept: Kept): void {
    this.#kept.set(hash, kept);
    this.#bytes += kept.bytes;
  }

  async #evict(): Promise<void> {
    for (const [hash, { file, bytes }] of this.#kept) {
      const within = this.#bytes <= this.#maxBytes && this.#kept.size <= this.#maxFiles;
      // The newest stays even when it alone is over the bound: it was promised to be there.
      if (within || this.#kept.size === 1) return;
      await unlink(join(this.#directory, file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw unusable(this.#directory, error);
      });
      this.#kept.delete(hash);
      this.#bytes -= bytes;
      this.counts.evicted += 1;
    }
  }
}

/** Reads one file of the quarantine back. */
export async function readQuarantined(file: string): Promise<QuarantineItem> {
  const { payloadBase64, ...facts } = JSON.parse(await readFile(file, 'utf8'));
  return { ...facts, payload: Buffer.from(payloadBase64, 'base64') };
}

async function writeDurably(directory: string, file: string, text: string): Promise<void> {
  const part = join(directory, `${file}.part`);
  const handle = await open(part, 'w', 0o640);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, join(directory, file));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unusable(directory: string, cause: unknown): QuarantineError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new QuarantineError(
    `cannot write to the quarantine directory ${directory}: ${why}; make room or rights there`,
    { cause },
  );
}
