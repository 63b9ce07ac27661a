// Downloads a file whose hash is known, over links that break: continues where it was, and nobody ever sees half a file.

import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256OfFile } from '../models/library.ts';

export type DownloadOptions = {
  readonly url: string;
  /** Where the file is in the end; what has come so far lies beside it with `.part`. */
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Total is undefined when the server does not tell. */
  readonly onProgress?: (bytes: number, totalBytes: number | undefined) => void;
  /** Connections tried before giving up. Default 5. */
  readonly attempts?: number;
  /** A connection that sends nothing for so long is given up. Default 30 s. */
  readonly silenceTimeoutMs?: number;
  /** Wait before the second connection, doubled each time. Default 1 s. */
  readonly firstRetryDelayMs?: number;
};

export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.retryable = retryable;
  }
}

/** `present` when the right file was there already. Rejects with a DownloadError; what has come is kept for the next call. */
export async function downloadFile(options: DownloadOptions): Promise<'present' | 'downloaded'> {
  const { url, path, sha256 } = options;
  if (existsSync(path) && (await sha256OfFile(path)) === sha256) return 'present';
  const partial = `${path}.part`;
  const continuesEarlier = existsSync(partial);
  await receiveWhole(options, partial);
  let found = await sha256OfFile(partial);
  if (found !== sha256 && continuesEarlier) {
    // What an earlier call left may be of another version; only a file from one piece proves the address wrong.
    await rm(partial, { force: true });
    await receiveWhole(options, partial);
    found = await sha256OfFile(partial);
  }
  if (found !== sha256) {
    await rm(partial, { force: true });
    throw new DownloadError(
      `${url}: expected sha256 ${sha256}, got a file with ${found}. It was thrown away; the address may hold another version now, then the card must be corrected.`,
      false,
    );
  }
  await rename(partial, path);
  return 'downloaded';
}

/** As many connections as it takes, within the bound. */
async function receiveWhole(options: DownloadOptions, partial: string): Promise<void> {
  const { url, attempts = 5, firstRetryDelayMs = 1000 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive(options, partial);
    } catch (error) {
      const failure = asDownloadError(error, url);
      if (!failure.retryable || attempt >= attempts) throw failure;
      await delay(firstRetryDelayMs * 2 ** (attempt - 1));
    }
  }
}

/** One connection: appends to what is there when the server can, else starts again. */
async function receive(
  { url, onProgress, silenceTimeoutMs = 30_000 }: DownloadOptions,
  partial: string,
): Promise<void> {
  const have = existsSync(partial) ? (await stat(partial)).size : 0;
  const silence = new AbortController();
  const beSilent = () =>
    silence.abort(new DownloadError(`${url}: nothing came for ${silenceTimeoutMs} ms`, true));
  let timer = setTimeout(beSilent, silenceTimeoutMs);
  try {
    const response = await fetch(url, {
      headers:
        have > 0
          ? { range: `bytes=${have}-`, 'accept-encoding': 'identity' }
          : { 'accept-encoding': 'identity' },
      signal: silence.signal,
    });
    // 416: there is nothing after what we have. The hash decides whether it is the whole file.
    if (response.status === 416) {
      await response.body?.cancel();
      return;
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      const isPassing = response.status >= 500 || response.status === 429;
      throw new DownloadError(
        `${url}: the server answered ${response.status} ${response.statusText}`.trim(),
        isPassing,
      );
    }
    const continues = response.status === 206 && startOf(response) === have;
    if (response.status === 206 && !continues) {
      await response.body.cancel();
      await rm(partial, { force: true });
      throw new DownloadError(`${url}: the server sent another part than asked for; starting again`, true);
    }
    let bytes = continues ? have : 0;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const totalBytes = Number.isFinite(length) ? bytes + length : undefined;
    const progress = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(beSilent, silenceTimeoutMs);
        bytes += chunk.length;
        onProgress?.(bytes, totalBytes);
        done(null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body as import('node:stream/web').ReadableStream),
      progress,
      createWriteStream(partial, { flags: continues ? 'a' : 'w' }),
      { signal: silence.signal },
    );
    if (totalBytes !== undefined && bytes < totalBytes) {
      throw new DownloadError(`${url}: ended after ${bytes} of ${totalBytes} bytes`, true);
    }
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function startOf(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** Errors of the connection may pass; those of the local disk do not. */
function asDownloadError(error: unknown, url: string): DownloadError {
  if (error instanceof DownloadError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const isLocal =
    cause instanceof Error && 'syscall' in cause && ['open', 'write'].includes(String(cause.syscall));
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DownloadError(`${url}: ${reason}`, !isLocal, { cause: error });
}
