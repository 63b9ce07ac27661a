import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Link } from '../../../scripts/chaos/link.ts';
import { seededRandom } from '../../../scripts/scenes/random.ts';

let server: Server;
let link: Link;
let port: number;
/** All that the real server has heard, and how often a connection of it ended. */
let heard: string;
const clients: Socket[] = [];

beforeEach(async () => {
  heard = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      socket.write(`answer to ${bytes}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = new Link({ upstreamPort: (server.address() as AddressInfo).port, random: seededRandom(1) });
  port = await link.listen();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await link.close();
  server.close();
});

async function client(): Promise<{ socket: Socket; got: () => string; ended: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  let got = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    got += bytes.toString();
  });
  const ended = new Promise((resolve) => socket.once('close', resolve));
  // A link that is cut may end it before it is known to be connected.
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended]);
  return { socket, got: () => got, ended };
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error('condition not met within 10 s');
    await sleep(5);
  }
}

describe('a link', () => {
  it('passes on what both sides say', async () => {
    const { socket, got } = await client();
    socket.write('hello');
    await until(() => got() === 'answer to hello');
  });

  it('that is cut ends what is connected and refuses what is new', async () => {
    const first = await client();
    first.socket.write('one');
    await until(() => heard === 'one');
    link.set({ kind: 'cut' });
    await first.ended;
    const second = await client();
    await second.ended;
    link.heal(false);
    const third = await client();
    third.socket.write('two');
    await until(() => third.got() === 'answer to two');
  });

  it.each(['questions', 'answers', 'both'] as const)(
    'that is dead for %s says nothing of it',
    async (lost) => {
      const { socket, got } = await client();
      socket.write('a');
      await until(() => got() === 'answer to a');
      link.set({ kind: 'dead', lost });
      socket.write('b');
      if (lost === 'answers') await until(() => heard === 'ab');
      await sleep(50);
      expect(heard).toBe(lost === 'answers' ? 'ab' : 'a');
      expect(got()).toBe('answer to a');
      expect(socket.destroyed).toBe(false);
      link.heal(false);
      await until(() => got() === 'answer to aanswer to b');
    },
  );

  it('that comes back as a restarted router does has lost what was connected', async () => {
    const { ended } = await client();
    await until(() => link.counts.connections === 1);
    link.set({ kind: 'dead', lost: 'both' });
    link.heal(true);
    await ended;
  });

  it('that is slow delays, and keeps the order', async () => {
    const { socket, got } = await client();
    link.set({ kind: 'slow', delayMs: 60, bytesPerS: 100_000 });
    const beganMs = performance.now();
    socket.write('a');
    await sleep(1);
    socket.write('b');
    await until(() => got().endsWith('b'));
    // There and back.
    expect(performance.now() - beganMs).toBeGreaterThan(115);
    expect(heard).toBe('ab');
  });

  it('that resets breaks off in the middle', async () => {
    const { socket, ended } = await client();
    link.set({ kind: 'resets', afterBytes: 10 });
    socket.write('x'.repeat(5000));
    await ended;
    expect(heard.length).toBeLessThan(5000);
  });

  it('that refuses answers HTTP requests with 503', async () => {
    link.set({ kind: 'refuses' });
    const response = await fetch(`http://127.0.0.1:${port}/write`, { method: 'POST', body: 'm n=1' });
    expect(response.status).toBe(503);
    expect(heard).toBe('');
  });

  it('that loses answers lets the request arrive', async () => {
    link.set({ kind: 'loses answers' });
    const asked = fetch(`http://127.0.0.1:${port}/write`, { method: 'POST', body: 'm n=1' });
    await expect(asked).rejects.toThrow();
    expect(heard).toContain('m n=1');
  });
});
