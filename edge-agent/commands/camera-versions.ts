// What the centre changed in the cameras' files, on the disk of the box: the last change of each camera and what became of it,
// and the texts before. Every file in here is either whole or not there, whenever the box loses its power.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { commandProblemSchema, slugSchema } from '../../contract/index.ts';
import { replaceFile } from '../durable-file.ts';

/** The last change of a camera. While it is tried, `undo` tells how to take it back. */
export const lastChangeSchema = z.object({
  v: z.literal(1),
  camera: slugSchema,
  revision: z.int().min(1),
  /** Of the command that brought it: the same one again gets the same answer. */
  command: z.string(),
  state: z.enum(['trying', 'applied', 'rolled-back']),
  atMs: z.number(),
  /** Of the text that it brought, secrets hidden. */
  hash: z.string(),
  /** Whether pictures came again. */
  live: z.boolean(),
  problems: z.array(commandProblemSchema),
  undo: z
    .object({
      /** The file that was written, and what it held before and after. */
      file: z.string(),
      before: z.string(),
      after: z.string(),
      /** Pictures came before the change, so that they have to come after it. */
      wasLive: z.boolean(),
      /** Starts of the agent that did not get to the end of the trial. */
      starts: z.int(),
    })
    .optional(),
});
export type LastChange = z.infer<typeof lastChangeSchema>;

/** Earlier texts of a camera that are kept. */
const KEPT_VERSIONS = 20;

const KEY_FILE = 'marks.key';
const LAST_FILE = 'last.json';
const VERSION_FILE = /^(\d{6})\.yaml$/;

export class CameraVersions {
  readonly #directory: string;
  #key: Buffer | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The last change of a camera; undefined when there was none, or its record cannot be read. */
  async last(camera: string): Promise<LastChange | undefined> {
    return recordIn(join(this.#directory, camera, LAST_FILE));
  }

  /** Resolves when it is on disk. */
  async put(change: LastChange): Promise<void> {
    const folder = await this.#folderOf(change.camera);
    await replaceFile(join(folder, LAST_FILE), `${JSON.stringify(change, undefined, 2)}\n`);
  }

  /** Changes that nobody knows the end of. */
  async trials(): Promise<LastChange[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const changes = await Promise.all(names.map((camera) => this.last(camera)));
    return changes.filter(
      (change) => change?.state === 'trying' && change.undo !== undefined,
    ) as LastChange[];
  }

  /** Keeps a text; the newest twenty stay. */
  async keep(camera: string, text: string): Promise<void> {
    const folder = await this.#folderOf(camera);
    const names = (await readdir(folder)).filter((name) => VERSION_FILE.test(name)).sort();
    const newest = names.at(-1);
    if (newest !== undefined && (await readFile(join(folder, newest), 'utf8')) === text) return;
    const next = Number(VERSION_FILE.exec(newest ?? '')?.[1] ?? 0) + 1;
    await replaceFile(join(folder, `${String(next).padStart(6, '0')}.yaml`), text);
    for (const name of names.slice(0, Math.max(0, names.length + 1 - KEPT_VERSIONS))) {
      await rm(join(folder, name), { force: true });
    }
  }

  /** The texts that are kept, oldest first. */
  async kept(camera: string): Promise<string[]> {
    const folder = join(this.#directory, camera);
    const names = (await readdir(folder).catch(() => [])).filter((name) => VERSION_FILE.test(name)).sort();
    return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  }

  /** What stands for a secret where others read; without this box's key nobody finds the secret by trying. */
  async marks(): Promise<(secret: string) => string> {
    this.#key ??= await this.#readKey();
    const key = this.#key;
    return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 16);
  }

  async #folderOf(camera: string): Promise<string> {
    const folder = join(this.#directory, camera);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #readKey(): Promise<Buffer> {
    const path = join(this.#directory, KEY_FILE);
    const found = await readFile(path, 'utf8').catch(() => '');
    if (/^[0-9a-f]{64}\n$/.test(found)) return Buffer.from(found.trim(), 'hex');
    const key = randomBytes(32);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await replaceFile(path, `${key.toString('hex')}\n`);
    } catch {
      // A folder that cannot be written is told when something is to be changed; until the next start the key does.
    }
    return key;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function recordIn(path: string): Promise<LastChange | undefined> {
  try {
    return lastChangeSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
