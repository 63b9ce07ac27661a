// One event to one receiver: signed, sent once, and what came of it. Standard Webhooks 1.0 (standardwebhooks.com).

import { createHmac, randomBytes } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { plainText } from '../../../contract/index.ts';
import type { TargetGuard } from './target-guard.ts';

export type Letter = {
  /** The same for each attempt: receivers know by it what they have. */
  readonly id: string;
  /** A CloudEvent as JSON. */
  readonly body: string;
};

export type Outcome =
  | { readonly outcome: 'taken' }
  /** Later perhaps; `afterMs` where the receiver says when. */
  | { readonly outcome: 'failed'; readonly why: string; readonly afterMs?: number }
  /** This event is not wanted, others may be. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** Nothing is wanted any more (410). */
  | { readonly outcome: 'gone' };

const SECRET_PREFIX = 'whsec_';
const TIMEOUT_MS = 10_000;
/** Of an answer: nobody reads it. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_RETRY_AFTER_MS = 3_600_000;
/** The receiver has read the event and does not like it: sending it a hundred times more changes nothing. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 413, 415, 422]);

export function newSecret(): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64');
}

/** `v1,` and the HMAC-SHA256 over `id.timestamp.body`. */
export function signatureOf(secret: string, { id, body }: Letter, timestampS: number): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`;
}

export class Courier {
  readonly #guard: TargetGuard;
  readonly #timeoutMs: number;
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: 4, timeout: 60_000 }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: 4, timeout: 60_000 }),
  };

  constructor(guard: TargetGuard, timeoutMs = TIMEOUT_MS) {
    this.#guard = guard;
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects. Redirects are not followed: they would lead past the guard. */
  deliver(
    target: string,
    secret: string,
    letter: Letter,
    signal: AbortSignal,
    nowMs: number,
  ): Promise<Outcome> {
    const problem = this.#guard.problemOf(target);
    if (problem !== undefined) return Promise.resolve({ outcome: 'failed', why: problem });
    const url = new URL(target);
    const secure = url.protocol === 'https:';
    const timestampS = Math.floor(nowMs / 1000);
    const body = Buffer.from(letter.body);
    return new Promise((resolve) => {
      const failed = (error: Error) => resolve({ outcome: 'failed', why: plainText(error.message) });
      const request = (secure ? requestHttps : requestHttp)(
        url,
        {
          method: 'POST',
          agent: this.#agents[secure ? 'https:' : 'http:'],
          lookup: this.#guard.lookupFor(url),
          signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
          headers: {
            'content-type': 'application/cloudevents+json; charset=utf-8',
            'content-length': body.length,
            'user-agent': 'ngatu-webhook/1',
            'webhook-id': letter.id,
            'webhook-timestamp': String(timestampS),
            'webhook-signature': signatureOf(secret, letter, timestampS),
          },
        },
        (response) => {
          readOut(response);
          resolve(outcomeOf(response));
        },
      );
      request.on('error', (error) => {
        failed(
          error.name === 'TimeoutError' ? new Error(`no answer within ${this.#timeoutMs / 1000} s`) : error,
        );
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }
}

function outcomeOf({ statusCode = 0, headers }: IncomingMessage): Outcome {
  if (statusCode >= 200 && statusCode < 300) return { outcome: 'taken' };
  if (statusCode === 410) return { outcome: 'gone' };
  const why = `the receiver answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? ', a redirect, which is not followed' : ''}`;
  if (REFUSALS.has(statusCode)) return { outcome: 'refused', why };
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0
    ? { outcome: 'failed', why, afterMs: Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) }
    : { outcome: 'failed', why };
}

/** So that the connection can be used again; one that goes on and on is cut. */
function readOut(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on('error', () => response.destroy());
}
