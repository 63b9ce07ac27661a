// The stream's memory: the last events in order, on disk, so that who was away reads on where it stopped. Bounded; the
// oldest go first. Ids are µs since 1970 of the receipt, pushed on where two would be the same: they rise over restarts
// and unclean ends, also when the folder was lost, and a moment finds its place without an index.

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import type { Logger } from 'pino';
import { makePrivateFolder } from '../durable-file.ts';
import { decodeKey, decodePiece, encodePieces, keyOf, PIECE_PREFIX, type Piece } from './log-records.ts';
import type { StreamEntry } from './stream-entry.ts';

export type EventLogOptions = {
  /** `centre.directory/stream` */
  readonly directory: string;
  /** Of events; the disk holds less of them, for LevelDB compresses, and for moments an eighth more. */
  readonly maxBytes: number;
  readonly logger: Logger;
};

/** What else of the live part lies in the same database: `undefined` takes it away. */
export type StateChange = { readonly key: string; readonly value: string | undefined };

/** What was read: entries, or that some between are not there any more. */
export type LogPart =
  | { readonly entries: readonly StreamEntry[] }
  | { readonly gapAfter: number; readonly firstId: number | undefined; readonly why: string };

export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly retryable: boolean;

  constructor(message: string, { cause, retryable = false }: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

type Operation = { type: 'put'; key: string; value: string } | { type: 'del'; key: string };

const TRIMMED_KEY = 'm!trimmed';
const BREAKS_KEY = 'm!breaks';
/** Moments at which events may have been missed; more than these are years of trouble. */
const MAX_BREAKS = 100;
/** Pieces that were read lately: after a restart hundreds of clients read the same ones. */
const CACHE_BYTES = 16 * 1024 * 1024;

const TOO_OLD = 'these events are older than what the log keeps';

export class EventLog {
  readonly #options: EventLogOptions;
  #db: ClassicLevel<string, string> | undefined;
  /** Ascending. */
  #pieces: Piece[] = [];
  #bytes = 0;
  #trimmedTo = 0;
  #trimmedBytes = 0;
  #breaks: number[] = [];
  #lastId = 0;
  readonly #cache = new Map<number, readonly StreamEntry[]>();
  #cachedBytes = 0;

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  /** Throws EventLogError. A database that is damaged is set aside, and a new one begun. */
  async open(): Promise<void> {
    const { directory, logger } = this.#options;
    await makePrivateFolder(directory);
    const location = join(directory, 'log');
    try {
      this.#db = await openLevel(location);
    } catch (error) {
      if (codeOf(error) === 'LEVEL_LOCKED') {
        throw new EventLogError(
          `the stream's log in ${directory} is open in another process: stop that one`,
          {
            cause: error,
          },
        );
      }
      logger.error({ err: error, directory }, "the stream's log is damaged; it is set aside and begun anew");
      await rm(`${location}-damaged`, { recursive: true, force: true });
      await rename(location, `${location}-damaged`).catch(() => undefined);
      this.#db = await openLevel(location).catch((cause) => {
        throw new EventLogError(
          `the stream's log in ${directory} cannot be used: is the disk full or read-only?`,
          {
            cause,
          },
        );
      });
    }
    for await (const key of this.#database.keys({ gte: PIECE_PREFIX, lt: after(PIECE_PREFIX) })) {
      const piece = decodeKey(key);
      if (piece === undefined) continue;
      this.#pieces.push(piece);
      this.#bytes += piece.bytes;
    }
    this.#trimmedTo = Number((await this.#database.get(TRIMMED_KEY)) ?? 0);
    this.#breaks = JSON.parse((await this.#database.get(BREAKS_KEY)) ?? '[]');
    this.#lastId = Math.max(this.#pieces.at(-1)?.last ?? 0, this.#trimmedTo, ...this.#breaks);
    if (this.#trimmedTo > 0) return;
    // Its birth: ids of before are those of a log that is lost.
    this.#trimmedTo = this.takeIds(1, Date.now());
    await this.#database.put(TRIMMED_KEY, String(this.#trimmedTo));
  }

  /** What is told from now on has a higher id. */
  get position(): number {
    return this.newestId ?? this.#trimmedTo;
  }

  /** Of the newest event that is there; undefined when none is. */
  get newestId(): number | undefined {
    return this.#pieces.at(-1)?.last;
  }

  get oldestId(): number | undefined {
    return this.#pieces[0]?.first;
  }

  /** Everything that was heard since this id is in the log. */
  get completeSince(): number {
    return Math.max(this.#trimmedTo, ...this.#breaks);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The first of `count` ids that follow each other, for events received now. */
  takeIds(count: number, nowMs: number): number {
    const first = Math.max(this.#lastId + 1, Math.floor(nowMs) * 1000);
    this.#lastId = first + count - 1;
    return first;
  }

  /** Resolves when all of it is on disk, whatever happens to the machine then. Throws what LevelDB says. */
  async append(entries: readonly StreamEntry[], changes: readonly StateChange[]): Promise<void> {
    const pieces = encodePieces(entries);
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const doomed = this.#beyond(this.#bytes + bytes - this.#options.maxBytes);
    const operations: Operation[] = [
      ...pieces.map(({ key, value }) => ({ type: 'put' as const, key, value })),
      ...changes.map(
        ({ key, value }): Operation =>
          value === undefined ? { type: 'del', key } : { type: 'put', key, value },
      ),
    ];
    const trimmedTo = doomed.at(-1)?.last;
    if (trimmedTo !== undefined) {
      operations.push(...doomed.map((piece) => ({ type: 'del' as const, key: keyOf(piece) })));
      operations.push({ type: 'put', key: TRIMMED_KEY, value: String(trimmedTo) });
    }
    if (operations.length === 0) return;
    await this.#database.batch(operations, { sync: true });
    this.#pieces.push(...pieces.map(({ first, last, bytes: size }) => ({ first, last, bytes: size })));
    this.#bytes += bytes;
    if (trimmedTo !== undefined) await this.#forget(doomed, trimmedTo);
  }

  /** From here on events may be missing before: whoever resumes from before is told. Gives the last id before it. */
  async markBreak(nowMs: number): Promise<number> {
    const id = this.takeIds(1, nowMs);
    this.#breaks = [...this.#breaks, id].slice(-MAX_BREAKS);
    await this.#database.put(BREAKS_KEY, JSON.stringify(this.#breaks));
    return id;
  }

  /**
   * What follows `afterId`, a piece at a time, until `upTo()` at the moment; entries beyond are left out. What is missing
   * is told in its place. Ends when there is nothing more.
   */
  async *read(afterId: number, upTo: () => number): AsyncGenerator<LogPart> {
    let at = afterId;
    if (at >= this.#trimmedTo && this.#breaks.some((id) => id > at)) {
      yield {
        gapAfter: at,
        firstId: undefined,
        why: 'the centre was cut off for long; it did not hear everything',
      };
    }
    for (;;) {
      if (at < this.#trimmedTo) {
        yield { gapAfter: at, firstId: this.oldestId, why: TOO_OLD };
        at = this.#trimmedTo;
      }
      const piece = this.#pieceAfter(at);
      const end = upTo();
      if (piece === undefined || piece.first > end) return;
      const entries = await this.#entriesOf(piece);
      // Trimmed while it was looked for.
      if (entries === undefined) continue;
      const from = at;
      at = Math.min(piece.last, end);
      yield { entries: entries.filter(({ id = 0 }) => id > from && id <= at) };
      await nextTurn();
    }
  }

  /** All of one kind of state, without the prefix. */
  async state(prefix: string): Promise<[key: string, value: string][]> {
    const all = await this.#database.iterator({ gte: prefix, lt: after(prefix) }).all();
    return all.map(([key, value]) => [key.slice(prefix.length), value]);
  }

  async change(changes: readonly StateChange[]): Promise<void> {
    await this.append([], changes);
  }

  /** A change that may be lost with the power: it is made again then. */
  async note({ key, value = '' }: StateChange): Promise<void> {
    await this.#database.put(key, value);
  }

  async valueOf(key: string): Promise<string | undefined> {
    return this.#database.get(key);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const db = this.#db;
    this.#db = undefined;
    await db?.close();
  }

  get #database(): ClassicLevel<string, string> {
    if (this.#db === undefined) throw new EventLogError("the stream's log is not open");
    return this.#db;
  }

  #beyond(bytes: number): Piece[] {
    const doomed: Piece[] = [];
    for (let left = bytes; left > 0 && doomed.length < this.#pieces.length; ) {
      const piece = this.#pieces[doomed.length] as Piece;
      doomed.push(piece);
      left -= piece.bytes;
    }
    return doomed;
  }

  async #forget(doomed: readonly Piece[], trimmedTo: number): Promise<void> {
    this.#pieces = this.#pieces.slice(doomed.length);
    this.#trimmedTo = trimmedTo;
    const bytes = doomed.reduce((sum, piece) => sum + piece.bytes, 0);
    this.#bytes -= bytes;
    this.#trimmedBytes += bytes;
    // LevelDB gives the room of what was deleted back when it comes by; it is asked to where it would get much.
    if (this.#trimmedBytes < this.#options.maxBytes / 8) return;
    this.#trimmedBytes = 0;
    const oldest = this.#pieces[0];
    const end = oldest === undefined ? after(PIECE_PREFIX) : keyOf(oldest);
    this.#database.compactRange(PIECE_PREFIX, end).catch((error: Error) => {
      if (this.#db !== undefined)
        this.#options.logger.warn({ err: error }, "the stream's log was not compacted");
    });
  }

  /** The first with an id above. */
  #pieceAfter(id: number): Piece | undefined {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pieces[middle] as Piece).last <= id) low = middle + 1;
      else high = middle;
    }
    return this.#pieces[low];
  }

  async #entriesOf(piece: Piece): Promise<readonly StreamEntry[] | undefined> {
    const cached = this.#cache.get(piece.first);
    if (cached !== undefined) return cached;
    const value = await this.#database.get(keyOf(piece));
    if (value === undefined) return undefined;
    const entries = decodePiece(piece, value);
    this.#cache.set(piece.first, entries);
    this.#cachedBytes += piece.bytes;
    while (this.#cachedBytes > CACHE_BYTES) {
      const [oldest] = this.#cache;
      if (oldest === undefined) break;
      this.#cache.delete(oldest[0]);
      this.#cachedBytes -= oldest[1].reduce((sum, { text }) => sum + text.length, 0);
    }
    return entries;
  }
}

/** A small write buffer would make many small files of it; reading is by pieces, which the cache above keeps. */
async function openLevel(location: string): Promise<ClassicLevel<string, string>> {
  const db = new ClassicLevel<string, string>(location, {
    cacheSize: 1024 * 1024,
    writeBufferSize: 4 * 1024 * 1024,
  });
  await db.open();
  return db;
}

function after(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}

function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === 'LEVEL_LOCKED') return at.code;
  }
  return (error as { code?: string }).code;
}
