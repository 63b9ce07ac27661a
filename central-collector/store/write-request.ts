// One HTTP request to InfluxDB's /write, which 1.x has, and 2.x and 3 understand.

import { type Agent as HttpAgent, request as httpRequest, Agent as PlainAgent } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { isLoopback } from '../../contract/index.ts';
import { hideCredentials } from './hide-credentials.ts';
import { StoreError, storeErrorOf } from './store-error.ts';

export type InfluxTarget = {
  /** http:// or https://, with a path in front of /write if a proxy wants one. */
  readonly url: string;
  readonly database: string;
  readonly retentionPolicy?: string;
  readonly username?: string;
  /** A token for InfluxDB 2 and 3 goes here, with any user name. */
  readonly password?: string;
};

export type WriteRequestOptions = InfluxTarget & {
  /** Without an answer for so long a request counts as failed; it may have been stored. Default 15 s. */
  readonly timeoutMs?: number;
  /** Saves about nine tenths of the bytes for some CPU; default for servers that are not on this machine. */
  readonly gzip?: boolean;
  /** Connections kept open. Default 4. */
  readonly maxSockets?: number;
};

/** Resolves when InfluxDB has confirmed; throws StoreError. */
export type Write = (body: Buffer, signal: AbortSignal) => Promise<void>;

const gzip = promisify(gzipCallback);

/** Below this, gzip's own cost is more than what it saves. */
const GZIP_FROM_BYTES = 1024;

export function createWrite(options: WriteRequestOptions): { write: Write; close(): void } {
  const base = new URL(options.url);
  const secure = base.protocol === 'https:';
  const { timeoutMs = 15_000, maxSockets = 4, gzip: compress = !isLoopback(base.hostname) } = options;
  const agent: HttpAgent = new (secure ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets });
  const url = writeUrl(base, options);
  const authorization = authorizationOf(options);
  const hide = hideCredentials(options);

  const write: Write = async (body, signal) => {
    const small = !compress || body.length < GZIP_FROM_BYTES;
    const bytes = small ? body : await gzip(body, { level: 1 });
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': bytes.byteLength,
      ...(!small && { 'content-encoding': 'gzip' }),
      ...(authorization && { authorization }),
    };
    await new Promise<void>((resolve, reject) => {
      const send = secure ? httpsRequest : httpRequest;
      const fail = (cause: unknown) => reject(connectionError(base, cause as Error, signal));
      const request = send(url, { method: 'POST', agent, headers, signal }, (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.byteLength;
          if (size <= 64 * 1024) parts.push(part);
        });
        response.on('error', fail);
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300) resolve();
          else
            reject(
              storeErrorOf(
                statusCode,
                hide(Buffer.concat(parts).toString()),
                response.headers['retry-after'],
              ),
            );
        });
      });
      // Not AbortSignal.any: what it makes stays with the collector's own signal for ever, 60 bytes a request.
      const limit = setTimeout(
        () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      request.on('close', () => clearTimeout(limit));
      request.on('error', fail);
      request.end(bytes);
    });
  };
  return { write, close: () => agent.destroy() };
}

function writeUrl(base: URL, { database, retentionPolicy }: InfluxTarget): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/write`;
  url.username = '';
  url.password = '';
  // Said although it is the default of 1.x: other versions default to something else.
  url.search = new URLSearchParams({
    db: database,
    precision: 'ns',
    ...(retentionPolicy && { rp: retentionPolicy }),
  }).toString();
  return url;
}

function authorizationOf({ username, password }: InfluxTarget): string | undefined {
  if (username === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
}

function connectionError(base: URL, cause: Error, closing: AbortSignal): StoreError {
  if (closing.aborted)
    return new StoreError('closed', 'the write was given up because the collector closes', { cause });
  return new StoreError('unavailable', `InfluxDB at ${base.host} cannot be reached: ${cause.message}`, {
    cause,
  });
}
