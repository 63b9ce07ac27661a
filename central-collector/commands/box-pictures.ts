// Pictures and clips that boxes let leave: stills of the moment, and evidence of incidents, each fetched once for everybody
// who wants it.

import { type AgentAddress, MAX_PIECE_BYTES } from '../../contract/index.ts';
import type { CommandSender } from './command-sender.ts';
import { CommandsError } from './commands-error.ts';
import { hashOf, type PictureCache } from './picture-cache.ts';

type CityCamera = AgentAddress & { readonly camera: string };

export type BoxFile = AgentAddress & {
  /** As its incident names it. */
  readonly file: string;
  /** Undefined where it is not known. */
  readonly sha256: string | undefined;
};

export type CameraStill = {
  readonly jpeg: Buffer;
  readonly sha256: string;
  /** By the clock of the box. */
  readonly atMs: number;
};

export type BoxPicturesOptions = {
  readonly sender: Pick<CommandSender, 'ask'>;
  readonly cache: PictureCache;
  readonly now?: () => number;
};

/** Nobody gets a still more often, whoever asks: it costs the box a decoded picture, ms. */
const STILL_EVERY_MS = 2000;
/** Cameras whose last still is kept, about 300 kB each. */
const MAX_STILLS = 100;

/** A clip of ten minutes at 4 Mbit/s is 300 MB; those of an incident are a tenth of it. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** Files that are fetched at once, all boxes together: each is in memory until it is whole. */
const MAX_FETCHES = 4;
const MAX_WAITING = 50;

type Kept = { readonly still: Promise<CameraStill>; readonly askedMs: number };

export class BoxPictures {
  readonly #options: BoxPicturesOptions;
  readonly #now: () => number;
  readonly #stills = new Map<string, Kept>();
  readonly #fetches = new Map<string, Promise<Buffer>>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(options: BoxPicturesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The newest picture, at most two seconds older than the box has one. Rejects with a CommandsError. */
  still({ site, agent, camera }: CityCamera): Promise<CameraStill> {
    const name = `${site}/${agent}/${camera}`;
    const kept = this.#stills.get(name);
    if (kept !== undefined && this.#now() - kept.askedMs < STILL_EVERY_MS) return kept.still;
    const still = this.#ask({ site, agent, camera });
    this.#stills.delete(name);
    this.#stills.set(name, { still, askedMs: this.#now() });
    const [oldest] = this.#stills.keys();
    if (this.#stills.size > MAX_STILLS && oldest !== undefined) this.#stills.delete(oldest);
    // A refusal is told again without asking; trouble of the link is not.
    still.catch((error: unknown) => {
      const isRefusal = error instanceof CommandsError && error.code !== 'unavailable';
      if (!isRefusal && this.#stills.get(name)?.still === still) this.#stills.delete(name);
    });
    return still;
  }

  /**
   * A whole file of a box, checked against its hash. Rejects with a CommandsError: `not-allowed` when the box does not let it
   * go, `not-found` when it is not kept any more, `unavailable` when the box cannot be asked. Who stops waiting does not stop
   * others from getting it.
   */
  async evidence(file: BoxFile, signal?: AbortSignal): Promise<Buffer> {
    const kept = file.sha256 === undefined ? undefined : await this.#options.cache.get(file.sha256);
    if (kept !== undefined) return kept;
    const name = `${file.site}/${file.agent}/${file.file}`;
    const fetch = this.#fetches.get(name) ?? this.#fetch(file).finally(() => this.#fetches.delete(name));
    this.#fetches.set(name, fetch);
    if (signal === undefined) return fetch;
    // It goes on for others, or for the next time.
    fetch.catch(() => undefined);
    const left = new Promise<never>((_, reject) => {
      const leave = () => reject(new CommandsError('unavailable', 'nobody waits for it any more'));
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
    return Promise.race([fetch, left]);
  }

  async #ask({ site, agent, camera }: CityCamera): Promise<CameraStill> {
    const { jpeg, atMs } = await this.#options.sender.ask({ site, agent }, { name: 'snapshot', camera });
    const data = Buffer.from(jpeg, 'base64');
    return { jpeg: data, sha256: hashOf(data), atMs };
  }

  async #fetch(file: BoxFile): Promise<Buffer> {
    await this.#turn();
    try {
      return await this.#pieces(file);
    } catch (error) {
      // For a file it means that the box has deleted it.
      if (error instanceof CommandsError && error.refusal === 'not-available') {
        throw new CommandsError('not-found', error.message, { cause: error });
      }
      throw error;
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  async #pieces({ site, agent, file, sha256 }: BoxFile): Promise<Buffer> {
    const { sender, cache } = this.#options;
    const pieces: Buffer[] = [];
    let offset = 0;
    for (;;) {
      const piece = await sender.ask(
        { site, agent },
        { name: 'evidence', file, offset, length: MAX_PIECE_BYTES },
      );
      if (piece.bytes > MAX_FILE_BYTES) {
        throw new CommandsError('unavailable', `${file} is too large to be fetched: ${piece.bytes} bytes`);
      }
      const data = Buffer.from(piece.data, 'base64');
      pieces.push(data);
      offset += data.length;
      if (offset < piece.bytes && data.length > 0) continue;
      const whole = Buffer.concat(pieces);
      if (hashOf(whole) !== (sha256 ?? piece.sha256)) {
        throw new CommandsError('not-found', `${file} was changed on the box since its incident was told`);
      }
      await cache.put(hashOf(whole), whole);
      return whole;
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= MAX_FETCHES) {
      if (this.#queue.length >= MAX_WAITING) {
        throw new CommandsError('unavailable', 'too many pictures are being fetched; try again in a moment');
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running += 1;
  }
}
