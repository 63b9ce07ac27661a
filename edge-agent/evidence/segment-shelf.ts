// Where a ring's finished pieces lie: in memory, which wears no flash and leaves nothing behind, or in files of a folder,
// for rings that are longer than memory allows.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { EvidenceError } from './evidence-error.ts';

export type Shelved = {
  /** Rejects with an EvidenceError when it is gone. */
  read(): Promise<Buffer>;
  drop(): void;
};

export type SegmentShelf = {
  /** Takes a piece; `onLost` is called when it turns out that it could not be kept. Never throws. */
  put(data: Buffer, onLost: () => void): Shelved;
  /** Why pieces are not kept at the moment. */
  readonly problem: string | undefined;
  /** Idempotent. */
  close(): Promise<void>;
};

export function memoryShelf(): SegmentShelf {
  return {
    put: (data) => ({ read: async () => data, drop: () => undefined }),
    problem: undefined,
    close: async () => undefined,
  };
}

/** Pieces that may wait for a slow disk; each is a second or more of one camera's video. */
const MAX_WAITING = 4;

/**
 * One file for each piece in `directory`, which this camera shares with others: `CAMERA.NUMBER.ts`. What an earlier life
 * of the box left there is deleted first, because nobody knows any more when it was.
 */
export function fileShelf(directory: string, camera: string, logger: Logger): SegmentShelf {
  let number = 0;
  let waiting = 0;
  let problem: string | undefined;
  let line: Promise<void> = emptied(directory, camera).catch(() => undefined);
  const next = (work: () => Promise<void>) => {
    line = line.then(work);
    return line;
  };
  const failed = (cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // One line when it begins and one when it is over.
    if (problem === undefined)
      logger.warn({ err: cause }, 'video for evidence cannot be written; counting goes on');
    problem = `video for evidence cannot be written to ${directory}: ${reason}`;
  };
  const written = () => {
    if (problem !== undefined) logger.info('video for evidence is written again');
    problem = undefined;
  };
  return {
    get problem() {
      return problem;
    },
    put(data, onLost) {
      number += 1;
      const file = join(directory, `${camera}.${number}.ts`);
      let kept: Buffer | undefined = data;
      let isDropped = false;
      if (waiting >= MAX_WAITING) {
        failed(new Error('the disk is too slow'));
        queueMicrotask(onLost);
        return { read: gone, drop: () => undefined };
      }
      waiting += 1;
      void next(async () => {
        waiting -= 1;
        if (isDropped) return;
        try {
          await mkdir(directory, { recursive: true, mode: 0o700 });
          await writeFile(file, data, { mode: 0o600 });
          written();
        } catch (cause) {
          failed(cause);
          await rm(file, { force: true }).catch(() => undefined);
          onLost();
        } finally {
          kept = undefined;
        }
      });
      return {
        read: async () => kept ?? (await readFile(file).catch(gone)),
        drop: () => {
          isDropped = true;
          kept = undefined;
          void next(() => rm(file, { force: true }).catch(failed));
        },
      };
    },
    close: async () => {
      await next(() => emptied(directory, camera).catch(() => undefined));
    },
  };
}

async function gone(cause?: unknown): Promise<never> {
  throw new EvidenceError('A piece of the video is not kept any more.', { cause });
}

async function emptied(directory: string, camera: string): Promise<void> {
  const own = new RegExp(`^${camera}\\.\\d+\\.ts$`);
  for (const name of await readdir(directory)) {
    if (own.test(name)) await rm(join(directory, name), { force: true });
  }
}
