// Files that were fetched from boxes, by their hash, in the folder of the centre: bounded, the one that was not wanted for the
// longest time goes first.

import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { makePrivateFolder, replaceFile } from '../durable-file.ts';

const NAME = /^[0-9a-f]{64}$/;

export class PictureCache {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #log: Logger;
  /** Bytes by hash; the one that was used last stands last. */
  readonly #files = new Map<string, number>();
  #bytes = 0;

  constructor(directory: string, maxBytes: number, log: Logger) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Looks what is there. Rejects with errors of the file system. */
  async open(): Promise<void> {
    await makePrivateFolder(this.#directory);
    const names = await readdir(this.#directory);
    const found: { name: string; bytes: number; usedMs: number }[] = [];
    for (const name of names) {
      const path = join(this.#directory, name);
      if (!NAME.test(name)) await rm(path, { force: true, recursive: true });
      else {
        const { size, mtimeMs } = await stat(path);
        found.push({ name, bytes: size, usedMs: mtimeMs });
      }
    }
    for (const { name, bytes } of found.sort((a, b) => a.usedMs - b.usedMs)) this.#add(name, bytes);
    await this.#evict();
  }

  /** Undefined when it is not there; one that was damaged is not. */
  async get(sha256: string): Promise<Buffer | undefined> {
    const bytes = this.#files.get(sha256);
    if (bytes === undefined) return undefined;
    const path = join(this.#directory, sha256);
    const data = await readFile(path).catch(() => undefined);
    this.#files.delete(sha256);
    this.#bytes -= bytes;
    if (data === undefined || hashOf(data) !== sha256) {
      await rm(path, { force: true });
      return undefined;
    }
    this.#add(sha256, data.length);
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return data;
  }

  /** Keeps it if it can; a full disk is no reason not to show a picture. */
  async put(sha256: string, data: Buffer): Promise<void> {
    if (data.length > this.#maxBytes || this.#files.has(sha256)) return;
    try {
      await replaceFile(join(this.#directory, sha256), data);
      this.#add(sha256, data.length);
      await this.#evict();
    } catch (error) {
      this.#log.warn(
        { err: error },
        'a picture of a box cannot be kept; it is fetched again when it is wanted',
      );
    }
  }

  #add(sha256: string, bytes: number): void {
    this.#files.set(sha256, bytes);
    this.#bytes += bytes;
  }

  async #evict(): Promise<void> {
    for (const [sha256, bytes] of this.#files) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#files.delete(sha256);
      this.#bytes -= bytes;
      await rm(join(this.#directory, sha256), { force: true });
    }
  }
}

export function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
