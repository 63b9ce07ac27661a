// Finished days on disk, so that a collector that starts does not have to sum up years again. What is here can be made
// again from InfluxDB: a folder that is damaged, or of another version, is emptied.

import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { type DayChunk, decodeChunk, encodeChunk } from './day-chunk.ts';

/** Rises with every change of what chunks mean. */
const VERSION = '1';
const VERSION_KEY = 'version';
const META = '!';

/** Empty, and keeping nothing, while it is not open. */
export class DayStore {
  readonly #directory: string;
  #level: ClassicLevel<string, Uint8Array> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Throws when the folder cannot be used even when it is empty. */
  async open(): Promise<void> {
    await mkdir(dirname(this.#directory), { recursive: true });
    try {
      this.#level = await openLevel(this.#directory);
    } catch (error) {
      // Another process has it: emptying would take it from under its feet.
      if (isLocked(error)) throw error;
      await rm(this.#directory, { recursive: true, force: true });
      this.#level = await openLevel(this.#directory);
    }
    if ((await this.meta(VERSION_KEY)) !== VERSION) await this.clear();
  }

  async clear(): Promise<void> {
    await this.#level?.clear();
    await this.setMeta(VERSION_KEY, VERSION);
  }

  async meta(key: string): Promise<string | undefined> {
    const bytes = await this.#level?.get(`${META}${key}`);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  }

  async setMeta(key: string, value: string): Promise<void> {
    await this.#level?.put(`${META}${key}`, Buffer.from(value));
  }

  /** In the order of the keys; undefined for what is not there or cannot be read. */
  async get(keys: readonly string[]): Promise<(DayChunk | undefined)[]> {
    const found = (await this.#level?.getMany([...keys])) ?? keys.map(() => undefined);
    return found.map((bytes) => {
      if (bytes === undefined) return undefined;
      try {
        return decodeChunk(bytes);
      } catch {
        // Made again from InfluxDB.
        return undefined;
      }
    });
  }

  async put(chunks: readonly (readonly [key: string, chunk: DayChunk])[]): Promise<void> {
    await this.#level?.batch(
      chunks.map(([key, chunk]) => ({ type: 'put' as const, key, value: encodeChunk(chunk) })),
    );
  }

  async keysWith(prefix: string): Promise<string[]> {
    return (await this.#level?.keys({ gte: prefix, lt: `${prefix}\uffff` }).all()) ?? [];
  }

  async close(): Promise<void> {
    const level = this.#level;
    this.#level = undefined;
    await level?.close();
  }
}

async function openLevel(directory: string): Promise<ClassicLevel<string, Uint8Array>> {
  const level = new ClassicLevel<string, Uint8Array>(directory, { valueEncoding: 'view' });
  await level.open();
  return level;
}

function isLocked(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code === 'LEVEL_LOCKED' || cause?.code === 'LEVEL_LOCKED';
}
