// The versions of the cameras' configurations, in the folder of the centre: who changed what and when, and what became of it.
// One small file a version, replaced as a whole.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { commandProblemSchema } from '../../contract/index.ts';
import { VERSION_STATES } from '../api/schemas/setup.ts';
import { makePrivateFolder, replaceFile } from '../durable-file.ts';

export const versionSchema = z.object({
  v: z.literal(1),
  revision: z.int().min(1),
  atMs: z.number(),
  by: z.string().nullable(),
  note: z.string().nullable(),
  state: z.enum(VERSION_STATES),
  problems: z.array(commandProblemSchema),
  /** Secrets are hidden in it. */
  yaml: z.string(),
  /** As the box names this text; null while it has not had it. */
  hash: z.string().nullable(),
});
export type Version = z.infer<typeof versionSchema>;

/** Of one camera; the oldest that does not run goes first. */
const KEPT = 200;
const FILE = /^(\d{6,})\.json$/;

export class VersionBook {
  readonly #directory: string;
  /** By `site/agent/camera`, oldest first. */
  readonly #known = new Map<string, Promise<Version[]>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Oldest first. Rejects with errors of the file system. */
  async list(camera: string): Promise<readonly Version[]> {
    return this.#of(camera);
  }

  /** The version that the camera runs with as far as is known; undefined while nothing is. */
  async running(camera: string): Promise<Version | undefined> {
    return (await this.#of(camera)).findLast(({ state }) => state === 'applied' || state === 'found');
  }

  /** Versions that the box may be trying. */
  async open(camera: string): Promise<readonly Version[]> {
    return (await this.#of(camera)).filter(({ state }) => state === 'sent' || state === 'unanswered');
  }

  /** Adds a version, or puts a changed one in its place. Resolves when it is on disk. */
  async put(camera: string, version: Version): Promise<void> {
    const versions = await this.#of(camera);
    const folder = join(this.#directory, camera);
    await makePrivateFolder(folder);
    await replaceFile(join(folder, nameOf(version.revision)), `${JSON.stringify(version, undefined, 2)}\n`);
    const at = versions.findIndex(({ revision }) => revision === version.revision);
    if (at >= 0) versions[at] = version;
    else versions.push(version);
    versions.sort((a, b) => a.revision - b.revision);
    const running = await this.running(camera);
    while (versions.length > KEPT) {
      const oldest = versions.findIndex((each) => each !== running);
      const [gone] = versions.splice(oldest, 1);
      if (gone !== undefined) await rm(join(folder, nameOf(gone.revision)), { force: true });
    }
  }

  #of(camera: string): Promise<Version[]> {
    const known = this.#known.get(camera) ?? this.#read(camera);
    this.#known.set(camera, known);
    // A disk that fails is asked again.
    known.catch(() => this.#known.delete(camera));
    return known;
  }

  async #read(camera: string): Promise<Version[]> {
    const folder = join(this.#directory, camera);
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const versions: Version[] = [];
    for (const name of names.filter((each) => FILE.test(each))) {
      const version = parsed(await readFile(join(folder, name), 'utf8'));
      // Nobody waits for its answer any more.
      if (version) versions.push(version.state === 'sent' ? { ...version, state: 'unanswered' } : version);
    }
    return versions.sort((a, b) => a.revision - b.revision);
  }
}

function nameOf(revision: number): string {
  return `${String(revision).padStart(6, '0')}.json`;
}

function parsed(text: string): Version | undefined {
  try {
    return versionSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
