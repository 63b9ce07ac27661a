// Where sites and cameras are and what sites are called, as people set it in the page: a small file of the centre.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { slugSchema } from '../contract/index.ts';
import { cameraIdSchema } from './api/schemas/common.ts';
import { type Position, positionSchema, type SiteBody } from './api/schemas/places.ts';
import { makePrivateFolder, replaceFile } from './durable-file.ts';

/** The file cannot be read or written. */
export class PlaceBookError extends Error {
  override readonly name = 'PlaceBookError';
  /** True for a full disk or missing rights; false for a file that a person must look at. */
  readonly retryable: boolean;

  constructor(message: string, { retryable, cause }: { retryable: boolean; cause?: unknown }) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

const MAX_SITES = 10_000;
const MAX_CAMERAS = 100_000;

const siteEntry = z.strictObject({
  name: z.string().exactOptional(),
  position: positionSchema.exactOptional(),
});
export type SiteEntry = z.infer<typeof siteEntry>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  sites: z.record(slugSchema, siteEntry),
  cameras: z.record(cameraIdSchema, positionSchema),
});

export class PlaceBook {
  readonly #directory: string;
  readonly #path: string;
  #sites = new Map<string, SiteEntry>();
  #cameras = new Map<string, Position>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, 'places.json');
  }

  /** Reads the file, if there is one. Throws PlaceBookError. */
  async open(): Promise<void> {
    let text: string;
    try {
      await makePrivateFolder(this.#directory);
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw this.#unusable('read', cause);
    }
    const { sites, cameras } = this.#parse(text);
    this.#sites = new Map(Object.entries(sites));
    this.#cameras = new Map(Object.entries(cameras));
  }

  site(site: string): SiteEntry | undefined {
    return this.#sites.get(site);
  }

  /** Sites that were named or placed, also those without cameras. */
  get sites(): readonly string[] {
    return [...this.#sites.keys()];
  }

  /** Of a camera `site/agent/camera`. */
  position(camera: string): Position | undefined {
    return this.#cameras.get(camera);
  }

  /** Resolves when it is on disk. A position of null takes it away. Throws PlaceBookError. */
  setSite(site: string, { name, position }: SiteBody): Promise<void> {
    return this.#change(() => {
      const before = this.#sites.get(site) ?? {};
      const kept = position === undefined ? before.position : (position ?? undefined);
      const entry: SiteEntry = {
        ...(before.name !== undefined && { name: before.name }),
        ...(name !== undefined && { name }),
        ...(kept && { position: kept }),
      };
      return {
        sites: bounded(new Map(this.#sites).set(site, entry), MAX_SITES, 'sites'),
        cameras: this.#cameras,
      };
    });
  }

  /** The same of a camera. */
  setCamera(camera: string, position: Position | null): Promise<void> {
    return this.#change(() => {
      const cameras = new Map(this.#cameras);
      if (position === null) cameras.delete(camera);
      else cameras.set(camera, position);
      return { sites: this.#sites, cameras: bounded(cameras, MAX_CAMERAS, 'cameras') };
    });
  }

  /** One after another, each on what the one before left. Seen by others only when it is on disk. */
  #change(
    plan: () => { readonly sites: Map<string, SiteEntry>; readonly cameras: Map<string, Position> },
  ): Promise<void> {
    const done = this.#last.then(async () => {
      const { sites, cameras } = plan();
      const file: z.infer<typeof fileSchema> = {
        version: 1,
        sites: Object.fromEntries(sites),
        cameras: Object.fromEntries(cameras),
      };
      try {
        await replaceFile(this.#path, `${JSON.stringify(file, undefined, 1)}\n`);
      } catch (cause) {
        throw this.#unusable('write', cause);
      }
      this.#sites = sites;
      this.#cameras = cameras;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  #parse(text: string): z.infer<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      throw new PlaceBookError(
        `${this.#path} is damaged or of a newer version: ${why}; put a copy from a backup there, or move it away to place everything anew`,
        { retryable: false, cause },
      );
    }
  }

  #unusable(verb: string, cause: unknown): PlaceBookError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new PlaceBookError(`cannot ${verb} ${this.#path}: ${why}; make room or rights there`, {
      retryable: true,
      cause,
    });
  }
}

function bounded<T>(entries: Map<string, T>, most: number, what: string): Map<string, T> {
  if (entries.size <= most) return entries;
  throw new PlaceBookError(`expected at most ${most} ${what} with a place`, { retryable: false });
}
