import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadFile } from '../../cli/download.ts';

const CONTENT = randomBytes(300_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

describe('the download of a model', () => {
  let directory: string;
  let server: Server | undefined;
  let ranges: (string | undefined)[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngatu-download-'));
    ranges = [];
  });
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
    await rm(directory, { recursive: true });
  });

  async function serve(handler: Handler): Promise<string> {
    server = createServer((request, response) => {
      ranges.push(request.headers.range);
      handler(request, response, ranges.length);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
    return `http://127.0.0.1:${address.port}/model.onnx`;
  }

  const download = (url: string, options: Partial<Parameters<typeof downloadFile>[0]> = {}) =>
    downloadFile({ url, path: join(directory, 'm.onnx'), sha256: SHA256, firstRetryDelayMs: 1, ...options });
  const result = () => readFile(join(directory, 'm.onnx'));
  const partial = () => join(directory, 'm.onnx.part');

  it('gives the file, tells how far it is, and leaves nothing else behind', async () => {
    const url = await serve((_, response) => whole(response));
    const steps: number[] = [];
    expect(await download(url, { onProgress: (bytes, total) => steps.push(bytes, total ?? -1) })).toBe(
      'downloaded',
    );
    expect((await result()).equals(CONTENT)).toBe(true);
    expect(steps.slice(-2)).toEqual([CONTENT.length, CONTENT.length]);
    expect(existsSync(partial())).toBe(false);
  });

  it('asks nobody when the right file is there already', async () => {
    const url = await serve((_, response) => whole(response));
    await writeFile(join(directory, 'm.onnx'), CONTENT);
    expect(await download(url)).toBe('present');
    expect(ranges).toEqual([]);
  });

  it('replaces a file that is not the right one', async () => {
    const url = await serve((_, response) => whole(response));
    await writeFile(join(directory, 'm.onnx'), 'an older version');
    await download(url);
    expect((await result()).equals(CONTENT)).toBe(true);
  });

  it('continues where a broken connection stopped', async () => {
    const url = await serve((request, response, count) =>
      count === 1 ? broken(response, 100_000) : rest(request, response),
    );
    await download(url);
    expect((await result()).equals(CONTENT)).toBe(true);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('continues what an earlier call left, also a call of yesterday', async () => {
    await writeFile(partial(), CONTENT.subarray(0, 123_456));
    const url = await serve(rest);
    await download(url);
    expect(ranges).toEqual(['bytes=123456-']);
    expect((await result()).equals(CONTENT)).toBe(true);
  });

  it('starts again with a server that cannot continue', async () => {
    await writeFile(partial(), CONTENT.subarray(0, 123_456));
    const url = await serve((_, response) => whole(response));
    await download(url);
    expect((await result()).equals(CONTENT)).toBe(true);
  });

  it('takes a part that is already whole', async () => {
    await writeFile(partial(), CONTENT);
    const url = await serve((_, response) => response.writeHead(416).end());
    await download(url);
    expect((await result()).equals(CONTENT)).toBe(true);
  });

  it('starts again when what an earlier call left is of another version', async () => {
    await writeFile(partial(), randomBytes(123_456));
    const url = await serve((request, response, count) =>
      count === 1 ? rest(request, response) : whole(response),
    );
    await download(url);
    expect((await result()).equals(CONTENT)).toBe(true);
  });

  it('throws a file with another hash away and says what it expected and found', async () => {
    const url = await serve((_, response) => response.end('another file'));
    await expect(download(url)).rejects.toThrow(
      new RegExp(`expected sha256 ${SHA256}, got a file with [0-9a-f]{64}`),
    );
    expect(existsSync(partial())).toBe(false);
    expect(existsSync(join(directory, 'm.onnx'))).toBe(false);
    expect(ranges.length).toBe(1);
  });

  it('does not ask again for what is not there', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    await expect(download(url)).rejects.toMatchObject({
      message: expect.stringContaining('the server answered 404 Not Found'),
      retryable: false,
    });
    expect(ranges.length).toBe(1);
  });

  it('tries a server in trouble again, a bounded number of times', async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    await expect(download(url, { attempts: 3 })).rejects.toMatchObject({ retryable: true });
    expect(ranges.length).toBe(3);
  });

  it('gives up a connection that falls silent, and keeps what has come', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 50_000));
    });
    await expect(download(url, { attempts: 1, silenceTimeoutMs: 200 })).rejects.toThrow(
      'nothing came for 200 ms',
    );
    expect((await readFile(partial())).length).toBe(50_000);
  });

  it('says which server cannot be reached', async () => {
    const url = 'http://127.0.0.1:1/model.onnx';
    await expect(download(url, { attempts: 1 })).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1\/model\.onnx: /);
  });

  function whole(response: ServerResponse): void {
    response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
  }

  function rest(request: IncomingMessage, response: ServerResponse): void {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
    const part = CONTENT.subarray(start);
    const range = `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`;
    response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part);
  }

  /** The connection breaks once something of it has reached the disk: before, there is nothing to continue. */
  function broken(response: ServerResponse, bytes: number): void {
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, bytes));
    const watch = setInterval(() => {
      if (!existsSync(partial()) || statSync(partial()).size === 0) return;
      clearInterval(watch);
      response.destroy();
    }, 1);
  }
});
