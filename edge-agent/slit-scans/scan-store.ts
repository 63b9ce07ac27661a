// The slit scans of a box on its disk. Bounded by size, age and the room that others need: the oldest hours go first. What is
// wrong with the disk is told, and tried again with every piece.

import type { Logger } from 'pino';
import { type HourBounds, type HourFile, HourShelf } from './hour-shelf.ts';
import { type FiledRecord, readPicture, readScanFile, writeScanFile } from './scan-file.ts';
import { encodeRecord, parseHeader, type ScanHeader, type ScanRecord } from './scan-record.ts';
import { SlitScanError } from './slit-scan-error.ts';

export type ScanStoreOptions = HourBounds & {
  /** Made if missing, for its owner only. */
  readonly directory: string;
  readonly logger: Logger;
  /** UTC, ms. */
  readonly now: () => number;
};

/** A record in its file, with what it tells. */
export type FoundRecord = { readonly header: ScanHeader; readonly filed: FiledRecord };

/** First and last moment that is held of a line. */
export type HeldTime = { readonly oldestMs: number; readonly newestMs: number };

/** A piece that began before a time may reach into it by so much, ms: longer ones are not made. */
const LONGEST_PIECE_MS = 61_000;

/** Passages of a time are told by so much after it at the latest, in a record of their own or with the next piece, ms. */
const LATEST_MARKS_MS = 120_000;

/** Batches that wait to be written; while a disk hangs, more are given up. */
const MAX_WAITING = 16;

export class ScanStore {
  readonly #options: ScanStoreOptions;
  readonly #shelf: HourShelf;
  /** Where the last whole record of a file ends, as far as it was looked at since the start. */
  readonly #ends = new Map<string, number>();
  #loaded: Promise<void> | undefined;
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: ScanStoreOptions) {
    this.#options = options;
    this.#shelf = new HourShelf(options.directory);
  }

  get bytes(): number {
    return this.#shelf.bytes;
  }

  /**
   * Keeps records of a camera in their order, together in the file of the hour that `atMs` is in. Calls after one another wait
   * for one another. Resolves when they are on disk; rejects with a retryable SlitScanError, and nothing of them is kept then.
   */
  append(camera: string, records: readonly ScanRecord[], atMs: number): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      const message = 'the disk does not take slit scans as fast as they are made';
      return Promise.reject(new SlitScanError(message, { retryable: true }));
    }
    this.#waiting += 1;
    const done = this.#line
      .then(() => this.#append(camera, Buffer.concat(records.map(encodeRecord)), atMs))
      .catch((cause: unknown) => {
        throw notWritten(this.#options.directory, cause);
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#line = done.catch(() => undefined);
    return done;
  }

  /**
   * Records of a line that may tell something of a time, in the order in which they were written: its pieces, and those after it
   * whose passages were late. Rejects with a SlitScanError when they cannot be read.
   */
  async find(camera: string, line: string, fromMs: number, toMs: number): Promise<FoundRecord[]> {
    return this.#reading(async () => {
      const [sinceMs, untilMs] = [fromMs - LONGEST_PIECE_MS, toMs + LATEST_MARKS_MS];
      const found: FoundRecord[] = [];
      for (const { path } of this.#shelf.of(camera, sinceMs, untilMs)) {
        const { records } = await readScanFile(path);
        for (const filed of records) {
          const { line: of, span } = filed.key;
          if (of !== line || (span && (span.toMs < sinceMs || span.fromMs > untilMs))) continue;
          const header = parseHeader(filed.header);
          if (header !== undefined) found.push({ header, filed });
        }
      }
      return found;
    });
  }

  /** The picture of a record. Rejects with a SlitScanError when it is gone or damaged. */
  picture({ filed }: FoundRecord): Promise<Buffer> {
    return readPicture(filed);
  }

  /** Undefined where nothing is held of the line. Rejects with a SlitScanError when it cannot be read. */
  async held(camera: string, line: string): Promise<HeldTime | undefined> {
    return this.#reading(async () => {
      const files = this.#shelf.of(camera);
      const first = await firstSpan(files, line, (spans) => spans.at(0));
      const last = await firstSpan(files.toReversed(), line, (spans) => spans.at(-1));
      return first && last && { oldestMs: first.fromMs, newestMs: last.toMs };
    });
  }

  /** Deletes what is too old, also where nothing is written any more. Call it now and then. Never rejects. */
  tidy(): Promise<void> {
    const { maxAgeMs, now, logger } = this.#options;
    const done = this.#line.then(async () => {
      await this.#load();
      await this.#shelf.letOldGo(maxAgeMs, now());
    });
    this.#line = done.catch((error: unknown) => logger.debug({ err: error }, 'old slit scans stay'));
    return this.#line;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#line;
  }

  async #append(camera: string, data: Buffer, atMs: number): Promise<void> {
    const { now, logger, ...bounds } = this.#options;
    await this.#load();
    const file = await this.#shelf.fileFor(camera, atMs);
    const end = this.#ends.get(file.path) ?? (await this.#wholeEnd(file));
    const missing = await this.#shelf.makeRoom(bounds, file, data.length, now());
    if (missing > 0) {
      const mib = Math.ceil(missing / 1024 / 1024);
      const left = Math.floor(bounds.minFreeBytes / 1024 / 1024);
      throw new SlitScanError(
        `the disk of ${bounds.directory} is ${mib} MiB too full: ${left} MiB are left to others (minFreeMiB)`,
        { retryable: true },
      );
    }
    const newEnd = await writeScanFile(file.path, data, end);
    this.#shelf.put(file, newEnd);
    this.#ends.set(file.path, newEnd);
    // Files of earlier hours are looked at again when they should ever be written to.
    for (const path of this.#ends.keys()) {
      if (this.#ends.size <= MAX_KNOWN_ENDS) break;
      if (path !== file.path) this.#ends.delete(path);
    }
  }

  /** Of a file that was there before this start, or that was not written to for long. */
  async #wholeEnd(file: HourFile): Promise<number> {
    const { end } = await readScanFile(file.path, true);
    if (end < file.bytes) {
      const { path, bytes } = file;
      this.#options.logger.warn(
        { path, bytes: bytes - end },
        'the end of a file of slit scans was torn and is cut off',
      );
    }
    return end;
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#shelf.load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      await this.#load();
      return await read();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `slit scans in ${this.#options.directory} cannot be read: ${reason}`;
      throw new SlitScanError(message, { retryable: true, cause });
    }
  }
}

/** More than a box has cameras. */
const MAX_KNOWN_ENDS = 1000;

type Span = NonNullable<FiledRecord['key']['span']>;

/** In the first of the files that has any of the line. */
async function firstSpan(
  files: readonly HourFile[],
  line: string,
  choose: (spans: readonly Span[]) => Span | undefined,
): Promise<Span | undefined> {
  for (const { path } of files) {
    const { records } = await readScanFile(path);
    const spans = records.flatMap(({ key }) => (key.line === line && key.span ? [key.span] : []));
    const chosen = choose(spans);
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

function notWritten(directory: string, cause: unknown): SlitScanError {
  if (cause instanceof SlitScanError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SlitScanError(`slit scans cannot be written to ${directory}: ${reason}`, {
    retryable: true,
    cause,
  });
}
