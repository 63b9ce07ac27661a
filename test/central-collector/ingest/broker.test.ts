// What the collector makes of a broker that refuses it, as bytes on the wire.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { BrokerConnection } from '../../../central-collector/ingest/broker.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** Answers whatever comes first on a connection. */
async function brokerThat(answers: (socket: Socket) => void): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => answers(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return { server, url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function connection(url: string): { broker: BrokerConnection; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const broker = new BrokerConnection({
    url,
    clientId: 'c',
    sharedGroup: 'g',
    log,
    onDelivery: () => undefined,
  });
  opened.push(broker);
  broker.open();
  return { broker, lines };
}

describe('a broker', () => {
  it.each([
    ['not authorized', 0x87],
    ['a bad user name or password', 0x86],
  ])('that answers %s is told once, with what to check', async (_what, reasonCode) => {
    const { url } = await brokerThat((socket) => socket.end(Buffer.from([0x20, 3, 0, reasonCode, 0])));
    const { broker, lines } = connection(url);
    await expect.poll(() => broker.counts.reconnects, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(broker.problem).toMatch(/^Connection refused: .*: check mqtt.username and mqtt.password$/);
    expect(lines).toMatchObject([
      { problem: broker.problem, msg: 'no connection to the broker; it is tried again and again' },
    ]);
  });

  it('that gave the name to another client says so', async () => {
    const { url } = await brokerThat((socket) => {
      socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
      socket.end(Buffer.from([0xe0, 2, 142, 0]));
    });
    const { broker, lines } = connection(url);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    expect(broker.problem).toContain('give each collector its own mqtt.clientId');
  });
});
