// The pages of collector and agent against clients that want to do harm, over plain sockets.

import { connect, type Socket } from 'node:net';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApi } from '../../central-collector/api/server.ts';
import { serveHealth } from '../../edge-agent/runtime/http-server.ts';
import { readAnswers } from '../../scripts/fuzz/http-answers.ts';

type Server = { readonly port: number; close(): Promise<void> };

const HEALTH = 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
const SLOW = 150;

function open(port: number): Socket & { closed: boolean } {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  return socket.resume();
}

/** All that the server says to these bytes until it hangs up. */
function said(port: number, bytes: string | Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.once('close', () => resolve(Buffer.concat(parts)));
    socket.write(bytes);
  });
}

async function statusOf(port: number, bytes: string | Buffer): Promise<number | undefined> {
  return readAnswers(await said(port, bytes))[0]?.status;
}

describe.each([
  [
    'collector',
    (): Promise<Server> =>
      startApi({
        host: '127.0.0.1',
        port: 0,
        state: () => ({ problems: [], totals: {}, gauges: {}, quarantined: {} }),
        ledger: async () => [],
      }),
  ],
  [
    'agent',
    (): Promise<Server> =>
      serveHealth({
        host: '127.0.0.1',
        port: 0,
        registry: new Registry(),
        health: () => ({ ok: true, problems: [] }),
      }),
  ],
])('the pages of the %s', (_name, start) => {
  let server: Server;

  beforeAll(async () => {
    server = await start();
  });

  afterAll(() => server.close());

  it('answer while many clients send their requests a letter at a time, and hang up on those', async () => {
    const slow = Array.from({ length: SLOW }, () => open(server.port));
    const bodies = Array.from({ length: 10 }, () => open(server.port));
    for (const socket of slow) socket.write('GET /healthz HTTP/1.1\r\nx: ');
    for (const socket of bodies)
      socket.write('POST /ledger HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n');
    const letters = setInterval(() => {
      for (const socket of [...slow, ...bodies]) if (!socket.destroyed) socket.write('a');
    }, 500);
    try {
      expect(await statusOf(server.port, HEALTH)).toBe(200);
      const isOver = () => [...slow, ...bodies].every(({ destroyed }) => destroyed);
      await vi.waitFor(() => expect(isOver()).toBe(true), { timeout: 60_000, interval: 200 });
    } finally {
      clearInterval(letters);
      for (const socket of [...slow, ...bodies]) socket.destroy();
    }
    expect(await statusOf(server.port, HEALTH)).toBe(200);
  });

  it('hang up on more connections than anybody needs, and answer again when those are gone', async () => {
    const idle = Array.from({ length: 600 }, () => open(server.port));
    try {
      await vi.waitFor(() => expect(idle.some(({ destroyed }) => destroyed)).toBe(true), { timeout: 20_000 });
    } finally {
      for (const socket of idle) socket.destroy();
    }
    await vi.waitFor(async () => expect(await statusOf(server.port, HEALTH)).toBe(200), { timeout: 20_000 });
  });

  it.each([
    ['a line that is no request', 'hello\r\n\r\n', [400]],
    ['headers without end', `GET /healthz HTTP/1.1\r\n${'x: y\r\n'.repeat(100_000)}`, [431]],
    ['one header without end', `GET /healthz HTTP/1.1\r\nx: ${'y'.repeat(1_000_000)}`, [431]],
    [
      'two lengths',
      'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      [400],
    ],
    [
      'a length and chunks, with which requests are smuggled',
      'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      [400],
    ],
    [
      'a way out of the folder',
      'GET /../../etc/passwd HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      [400, 404],
    ],
    ['a broken escape', 'GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', [400, 404]],
  ])('answer %s with a refusal', async (_what, bytes, expected) => {
    expect(expected).toContain(await statusOf(server.port, bytes));
    expect(await statusOf(server.port, HEALTH)).toBe(200);
  });
});
