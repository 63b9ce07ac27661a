// What the database answered when it did not say yes, and whether asking again can help.

import { plainText } from '../../contract/index.ts';

export type StoreErrorKind =
  /** Not there, overloaded, restarting, disk full, too slow. */
  | 'unavailable'
  /** The database or retention policy is gone: made again, then retried. */
  | 'missing'
  /** Name or password refused: retried slowly, an operator has to act. */
  | 'unauthorised'
  /** Some points of the request are refused for good; the others are stored. */
  | 'partial'
  /** Points older than the retention policy keeps; all others are stored. */
  | 'beyond-retention'
  /** More bytes than the server takes at once. */
  | 'too-large'
  /** The collector is closing. */
  | 'closed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  readonly retryable: boolean;
  /** Least wait before the next try in ms, when the server or the kind of error gives one. */
  readonly retryAfterMs: number | undefined;
  readonly statusCode: number | undefined;
  /** Points that the server said it dropped. */
  readonly dropped: number | undefined;

  constructor(
    kind: StoreErrorKind,
    message: string,
    facts: { statusCode?: number; retryAfterMs?: number; dropped?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: facts.cause });
    this.kind = kind;
    this.retryable = kind === 'unavailable' || kind === 'missing' || kind === 'unauthorised';
    this.retryAfterMs = facts.retryAfterMs ?? (kind === 'unauthorised' ? 5000 : undefined);
    this.statusCode = facts.statusCode;
    this.dropped = facts.dropped;
  }
}

/**
 * Reads an answer of `/write`. InfluxDB 1.x: 204 stored; 400 `partial write: …` or `unable to parse …`: the other
 * points are stored; 404 no such database; 413 body too large; 5xx try later
 * (docs.influxdata.com/influxdb/v1/guides/write_data, "HTTP response summary").
 */
export function storeErrorOf(statusCode: number, body: string, retryAfter?: string): StoreError {
  const said = wordsOf(body);
  const facts = { statusCode, ...droppedOf(said) };
  // Over the limit of series some versions answer 500 with these words, and trying again would never end.
  if (/partial write|field type conflict|unable to parse|invalid (field|tag|point)/i.test(said)) {
    // Later 1.x and 2.x say "outside retention policy of duration …".
    const old = /(beyond|outside) retention policy/i.test(said) && !/conflict|unable/i.test(said);
    return new StoreError(old ? 'beyond-retention' : 'partial', said, facts);
  }
  if (statusCode === 413)
    return new StoreError('too-large', `InfluxDB takes no body of this size: ${said}`, facts);
  if (statusCode === 401 || statusCode === 403) {
    return new StoreError(
      'unauthorised',
      `InfluxDB refused the user or password: ${said}: check influxdb.username and influxdb.password`,
      facts,
    );
  }
  if (statusCode === 404 || /(database|retention policy) not found/i.test(said)) {
    return new StoreError('missing', `InfluxDB has no such database or retention policy: ${said}`, facts);
  }
  // Whatever else: a gateway's refusal, a moved address. Nothing of it is the points' fault, so they must wait.
  const seconds = Number(retryAfter);
  const wait = Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 300) * 1000 } : {};
  return new StoreError('unavailable', `InfluxDB answered ${statusCode}: ${said}`, { ...facts, ...wait });
}

function wordsOf(body: string): string {
  let said = body;
  try {
    const parsed: unknown = JSON.parse(body);
    const error =
      typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : undefined;
    if (error !== undefined) said = typeof error === 'string' ? error : JSON.stringify(error);
  } catch {
    // A proxy's page or nothing at all: shown as it came.
    said = body;
  }
  return plainText(said.trim(), 500) || 'no explanation';
}

function droppedOf(said: string): { dropped?: number } {
  const dropped = /dropped[= ](\d+)/.exec(said)?.[1];
  return dropped === undefined ? {} : { dropped: Number(dropped) };
}
