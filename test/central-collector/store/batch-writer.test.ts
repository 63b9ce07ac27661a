// The writer against a real HTTP server that misbehaves as InfluxDB and what stands before it do.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchWriter,
  type BatchWriterOptions,
  type Lines,
} from '../../../central-collector/store/batch-writer.ts';
import { createWrite, type WriteRequestOptions } from '../../../central-collector/store/write-request.ts';

type Answer = {
  status: number;
  body?: string;
  headers?: Record<string, string>;
  hang?: boolean;
  cut?: boolean;
};

let server: Server;
let url: string;
/** Decides the answer to the n-th request, counted from 1; undefined is 204. */
let answer: (body: string, n: number) => Answer | undefined;
let requests: { body: string; path: string; headers: IncomingMessage['headers'] }[];
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  requests = [];
  answer = () => undefined;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => respond(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function respond(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  requests.push({ body, path: request.url ?? '', headers: request.headers });
  const { status, body: said, headers, hang, cut } = answer(body, requests.length) ?? { status: 204 };
  if (hang) return;
  if (cut) request.socket.destroy();
  else response.writeHead(status, headers).end(said);
}

function writer(
  options: Partial<BatchWriterOptions> = {},
  http: Partial<WriteRequestOptions> = {},
): BatchWriter {
  const { write, close } = createWrite({ url, database: 'ngatu', retentionPolicy: 'raw', ...http });
  const policy = { firstDelayMs: 1, maxDelayMs: 5, factor: 2, jitter: 0 };
  const one = new BatchWriter({ write, policy, maxDelayMs: 1, ...options });
  opened.push(one, { close });
  return one;
}

function lines(...each: readonly (readonly [text: string, owner?: number])[]): Lines {
  return { text: each.map(([text]) => text).join('\n'), owners: each.map(([, owner = 0]) => owner) };
}

const message = (n: number): Lines => lines([`m f=${n}`, n]);

const partial = (why: string, dropped: number): Answer => ({
  status: 400,
  body: JSON.stringify({ error: `partial write: ${why} dropped=${dropped}` }),
});

describe('the batch writer', () => {
  it('sends the lines of many messages in one request, precision and policy said', async () => {
    const one = writer();
    await Promise.all([...Array(50).keys()].map((n) => one.write(message(n))));
    expect(requests).toHaveLength(1);
    expect(requests[0]?.path).toBe('/write?db=ngatu&precision=ns&rp=raw');
    expect(requests[0]?.body.split('\n')).toHaveLength(50);
  });

  it('keeps requests within the number of lines, and never more than two under way', async () => {
    const one = writer({ maxLines: 10, concurrency: 2 });
    let underway = 0;
    let most = 0;
    answer = () => {
      underway += 1;
      most = Math.max(most, underway);
      setImmediate(() => {
        underway -= 1;
      });
      return undefined;
    };
    await Promise.all([...Array(95).keys()].map((n) => one.write(message(n))));
    expect(Math.max(...requests.map(({ body }) => body.split('\n').length))).toBeLessThanOrEqual(10);
    expect(most).toBeLessThanOrEqual(2);
    expect(one.counts.lines).toBe(95);
  });

  it('compresses on request and signs in', async () => {
    const one = writer({}, { gzip: true, username: 'u', password: 'p' });
    await one.write(lines([`m f="${'x'.repeat(5000)}"`]));
    expect(requests[0]?.headers).toMatchObject({
      'content-encoding': 'gzip',
      authorization: `Basic ${btoa('u:p')}`,
    });
    expect(requests[0]?.body).toContain('xxxxx');
  });

  it.each<[string, Answer]>([
    ['500', { status: 500, body: '{"error":"timeout"}' }],
    ['503 from a proxy', { status: 503, body: '<html>sorry</html>' }],
    ['429', { status: 429 }],
    ['a gateway that knows no such page', { status: 405, body: 'Method Not Allowed' }],
    ['a refused password', { status: 401, body: '{"error":"authorization failed"}' }],
    ['a closed connection', { status: 0, cut: true }],
    ['silence', { status: 0, hang: true }],
  ])('tries again after %s until the points are stored', async (_what, bad) => {
    const failures: string[] = [];
    const one = writer(
      { onFailure: ({ message: why }) => failures.push(why), sleep: async () => undefined },
      { timeoutMs: 100 },
    );
    answer = (_body, n) => (n <= 2 ? bad : undefined);
    expect(await one.write(message(1))).toEqual({ refused: [] });
    expect(requests).toHaveLength(3);
    expect(failures).toHaveLength(2);
    expect(one.problem).toBeUndefined();
  });

  it('asks for less at a time while InfluxDB does not get done in time, then for more and more again', async () => {
    const one = writer({ maxLines: 100, concurrency: 2, sleep: async () => undefined });
    answer = (_body, n) => (n <= 3 ? { status: 500, body: '{"error":"timeout"}' } : undefined);
    await Promise.all([...Array(100).keys()].map((n) => one.write(message(n))));
    expect(requests.map(({ body }) => body.split('\n').length)).toEqual([100, 100, 100, 100]);
    await Promise.all([...Array(2000).keys()].map((n) => one.write(message(n))));
    const sizes = requests.slice(4).map(({ body }) => body.split('\n').length);
    expect(sizes[0]).toBeLessThan(20);
    expect(Math.max(...sizes)).toBe(100);
    expect(sizes.slice(0, 15)).toEqual([...sizes.slice(0, 15)].sort((a, b) => a - b));
    expect(one.counts.lines).toBe(2100);
  });

  it('waits as long as the server asks for', async () => {
    const waits: number[] = [];
    const one = writer({ sleep: async (delayMs) => void waits.push(delayMs) });
    answer = (_body, n) => (n === 1 ? { status: 503, headers: { 'retry-after': '7' } } : undefined);
    await one.write(message(1));
    expect(waits).toEqual([7000]);
  });

  it('has a missing database made again', async () => {
    let made = 0;
    const one = writer({
      onMissing: async () => {
        made += 1;
      },
    });
    answer = (_body, n) =>
      n === 1 ? { status: 404, body: '{"error":"database not found: \\"ngatu\\""}' } : undefined;
    await one.write(message(1));
    expect(made).toBe(1);
  });

  it('finds the points that are refused, tells their owners, and stores all others', async () => {
    const one = writer();
    answer = (body) => {
      const bad = body.split('\n').filter((text) => text.includes('bad')).length;
      return bad > 0
        ? partial(
            'field type conflict: input field "f" on measurement "m" is type string, already exists as type float',
            bad,
          )
        : undefined;
    };
    const outcomes = await Promise.all([
      one.write(lines(['m f=1', 0], ['m f="bad"', 1], ['m f=3', 2])),
      one.write(message(4)),
      one.write(lines(['m f="bad"', 5], ['m f="bad"', 5])),
    ]);
    expect(outcomes.map(({ refused }) => refused.map(({ owner }) => owner))).toEqual([[1], [], [5]]);
    expect(outcomes[0]?.refused[0]?.detail).toMatch(/field type conflict/);
    expect(one.counts).toMatchObject({ lines: 3, refused: 3 });
  });

  it('does not ask for each point when all are refused', async () => {
    const one = writer();
    answer = (body) => partial('field type conflict', body.split('\n').length);
    const { refused } = await one.write(
      lines(...[...Array(1000).keys()].map((n) => ['m f="bad"', n] as const)),
    );
    expect(refused).toHaveLength(1000);
    expect(requests).toHaveLength(1);
  });

  it('takes the limit of series for a refusal, though it comes as 500', async () => {
    const one = writer();
    answer = (body) =>
      body.includes('new')
        ? {
            status: 500,
            body: '{"error":"partial write: max-series-per-database limit exceeded: (1) dropped=1"}',
          }
        : undefined;
    const { refused } = await one.write(lines(['m,t=new f=1', 0], ['m,t=old f=1', 1]));
    expect(refused.map(({ owner }) => owner)).toEqual([0]);
  });

  it('counts points that are older than the database keeps, without asking again', async () => {
    const one = writer();
    answer = () => partial('points beyond retention policy', 2);
    expect(await one.write(lines(['m f=1'], ['m f=2'], ['m f=3']))).toEqual({ refused: [] });
    expect(one.counts).toMatchObject({ lines: 1, beyondRetention: 2, requests: 1 });
  });

  it('halves a request that is too large', async () => {
    const one = writer();
    answer = (body) =>
      body.split('\n').length > 3 ? { status: 413, body: '{"error":"Request Entity Too Large"}' } : undefined;
    expect(await one.write(lines(...[...Array(10).keys()].map((n) => [`m f=${n}`, n] as const)))).toEqual({
      refused: [],
    });
    expect(
      requests.filter(({ body }) => body.split('\n').length <= 3).flatMap(({ body }) => body.split('\n')),
    ).toHaveLength(10);
  });

  it('gives up what waits when it is closed, at once, and takes nothing more', async () => {
    const one = writer({}, { timeoutMs: 60_000 });
    answer = () => ({ status: 0, hang: true });
    const waiting = one.write(message(1));
    const outcome = expect(waiting).rejects.toMatchObject({ kind: 'closed', retryable: false });
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await one.close();
    await outcome;
    await expect(one.write(message(2))).rejects.toMatchObject({ kind: 'closed' });
  });
});
