// Slit scans that boxes keep, read for everybody who wants to look: minutes that will not change any more are fetched once.
// Pictures lie on disk with the evidence, by their hash; what is known of them is in memory and asked for again when it is not.

import {
  type AgentAddress,
  MAX_SLIT_SCAN_MS,
  type ResultOf,
  type SlitScanPiece,
} from '../../contract/index.ts';
import type { CommandSender } from './command-sender.ts';
import { CommandsError } from './commands-error.ts';
import { hashOf, type PictureCache } from './picture-cache.ts';

export type ScannedLine = AgentAddress & { readonly camera: string; readonly line: string };

/** A piece whose picture is asked for by its hash. */
export type ScanPiece = Omit<SlitScanPiece, 'jpeg'> & { readonly sha256: string };

export type SlitScan = Pick<
  ResultOf<'slit-scan'>,
  'columns' | 'directions' | 'lanes' | 'oldestMs' | 'newestMs'
> & {
  /** Those with a frame in the time asked for, whole, oldest first. */
  readonly pieces: readonly ScanPiece[];
};

export type SlitScansOptions = {
  readonly sender: Pick<CommandSender, 'ask'>;
  readonly cache: PictureCache;
};

type Line = Omit<SlitScan, 'pieces'>;
type Fetched = { readonly piece: ScanPiece; readonly jpeg: Buffer };

/** Pieces begin and end with minutes of UTC. */
const MINUTE_MS = 60_000;
/** Minutes that are remembered, some 6 kB each; the one that was not wanted for the longest time goes first. */
const MAX_MINUTES = 2000;
/** Hashes of pictures that may be handed out without asking again. */
const MAX_PICTURES = 4000;
const MAX_LINES = 2000;
/** Replies to one question; each has a piece at least, and a piece of a live camera is seldom below a second. */
const MAX_REPLIES = 60;

export class SlitScans {
  readonly #options: SlitScansOptions;
  /** Pieces by line and minute, of minutes that are over; empty where nothing was recorded. */
  readonly #minutes = new Map<string, readonly ScanPiece[]>();
  /** By line and hash. */
  readonly #pictures = new Map<string, true>();
  readonly #lines = new Map<string, Line>();
  readonly #asking = new Map<string, Promise<readonly Fetched[]>>();

  constructor(options: SlitScansOptions) {
    this.#options = options;
  }

  /**
   * @param toMs exclusive, at most MAX_SLIT_SCAN_MS after `fromMs`
   * Rejects with a CommandsError: `not-allowed` when pictures stay on the box, `not-found` when slit scans are off there or the
   * line is not known, `conflict` when the box is too old, `unavailable` when it cannot be asked.
   */
  async read(line: ScannedLine, fromMs: number, toMs: number): Promise<SlitScan> {
    const minutes: (readonly ScanPiece[])[] = [];
    const first = Math.floor(fromMs / MINUTE_MS);
    const end = Math.ceil(toMs / MINUTE_MS);
    for (let minute = first; minute < end; ) {
      const kept = this.#kept(line, minute);
      if (kept !== undefined) {
        minutes.push(kept);
        minute += 1;
        continue;
      }
      let last = minute + 1;
      while (last < end && (last - minute) * MINUTE_MS < MAX_SLIT_SCAN_MS && !this.#has(line, last))
        last += 1;
      minutes.push((await this.#ask(line, minute, last)).map(({ piece }) => piece));
      minute = last;
    }
    const known = this.#lines.get(nameOf(line));
    if (known === undefined) throw new Error(`nothing is known of ${nameOf(line)} after it was asked for`);
    const pieces = minutes.flat().filter((piece) => piece.toMs >= fromMs && piece.fromMs < toMs);
    return { ...known, pieces };
  }

  /**
   * The picture of a piece, JPEG. Rejects with a CommandsError: `not-found` also for a piece that has grown since it was told,
   * and for one that the box has deleted.
   */
  async picture(
    line: ScannedLine,
    { fromMs, sha256 }: Pick<ScanPiece, 'fromMs' | 'sha256'>,
  ): Promise<Buffer> {
    const kept = this.#pictures.has(pictureOf(line, sha256))
      ? await this.#options.cache.get(sha256)
      : undefined;
    if (kept !== undefined) return kept;
    const minute = Math.floor(fromMs / MINUTE_MS);
    const found = (await this.#ask(line, minute, minute + 1)).find(({ piece }) => piece.sha256 === sha256);
    if (found !== undefined) return found.jpeg;
    throw new CommandsError(
      'not-found',
      'this piece of the slit scan has grown or is not kept any more: ask for the slit scan again',
    );
  }

  /** Minutes `[first, end)`. Who asks for the same meanwhile waits for the same answer. */
  #ask(line: ScannedLine, first: number, end: number): Promise<readonly Fetched[]> {
    const key = `${nameOf(line)} ${first} ${end}`;
    const asked =
      this.#asking.get(key) ?? this.#fetch(line, first, end).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  async #fetch(line: ScannedLine, first: number, end: number): Promise<readonly Fetched[]> {
    const fetched: Fetched[] = [];
    const toMs = end * MINUTE_MS;
    let fromMs = first * MINUTE_MS;
    for (let reply = 0; reply < MAX_REPLIES; reply += 1) {
      const { pieces, nextMs, ...known } = await this.#reply(line, fromMs, toMs);
      for (const { jpeg, ...piece } of pieces) {
        const data = Buffer.from(jpeg, 'base64');
        const sha256 = hashOf(data);
        fetched.push({ piece: { ...piece, sha256 }, jpeg: data });
        await this.#options.cache.put(sha256, data);
        remember(this.#pictures, pictureOf(line, sha256), true, MAX_PICTURES);
      }
      const { columns, directions, lanes, oldestMs, newestMs } = known;
      remember(this.#lines, nameOf(line), { columns, directions, lanes, oldestMs, newestMs }, MAX_LINES);
      if (nextMs === null || nextMs >= toMs) {
        this.#keep(line, first, end, fetched, newestMs);
        return fetched;
      }
      if (nextMs <= fromMs) break;
      fromMs = nextMs;
    }
    throw new CommandsError('unavailable', `${nameOf(line)}: the box did not come to an end with its answer`);
  }

  async #reply(
    { site, agent, camera, line }: ScannedLine,
    fromMs: number,
    toMs: number,
  ): Promise<ResultOf<'slit-scan'>> {
    try {
      return await this.#options.sender.ask(
        { site, agent },
        { name: 'slit-scan', camera, line, fromMs, toMs },
      );
    } catch (error) {
      throw error instanceof CommandsError ? saidOtherwise(error, `${site}/${agent}`) : error;
    }
  }

  /** Keeps what stays as it is: minutes after which more was recorded, of final pieces alone. */
  #keep(
    line: ScannedLine,
    first: number,
    end: number,
    fetched: readonly Fetched[],
    newestMs: number | null,
  ): void {
    for (let minute = first; minute < end; minute += 1) {
      const endMs = (minute + 1) * MINUTE_MS;
      if (newestMs === null || newestMs < endMs) return;
      const pieces = fetched
        .map(({ piece }) => piece)
        .filter(({ fromMs }) => Math.floor(fromMs / MINUTE_MS) === minute);
      if (pieces.every(({ final }) => final))
        remember(this.#minutes, minuteOf(line, minute), pieces, MAX_MINUTES);
    }
  }

  #kept(line: ScannedLine, minute: number): readonly ScanPiece[] | undefined {
    const key = minuteOf(line, minute);
    const kept = this.#minutes.get(key);
    if (kept === undefined || !this.#lines.has(nameOf(line))) return undefined;
    remember(this.#minutes, key, kept, MAX_MINUTES);
    return kept;
  }

  #has(line: ScannedLine, minute: number): boolean {
    return this.#minutes.has(minuteOf(line, minute));
  }
}

/** The last one that was put stands last; the first goes when there are too many. */
function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

/** Where the same refusal means something else for a slit scan. */
function saidOtherwise(error: CommandsError, box: string): CommandsError {
  const { refusal, problems, message } = error;
  if (refusal === 'unknown-command') {
    const tooOld = `${box}: its software is too old for slit scans; update the agent on this box`;
    return new CommandsError('conflict', tooOld, { refusal, problems, cause: error });
  }
  // It will not be there in a moment either: they are off, or the line is another.
  if (refusal === 'not-available')
    return new CommandsError('not-found', message, { refusal, problems, cause: error });
  return error;
}

function nameOf({ site, agent, camera, line }: ScannedLine): string {
  return `${site}/${agent}/${camera}/${line}`;
}

function minuteOf(line: ScannedLine, minute: number): string {
  return `${nameOf(line)} ${minute}`;
}

function pictureOf(line: ScannedLine, sha256: string): string {
  return `${nameOf(line)} ${sha256}`;
}
