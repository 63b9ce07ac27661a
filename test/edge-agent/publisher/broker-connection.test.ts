// What an agent does at a broker that lets it in and refuses what it asks for. Mosquitto grants every subscription; others
// do not, so a few bytes of MQTT stand in for them.

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerConnection } from '../../../edge-agent/publisher/broker-connection.ts';

const NOT_AUTHORIZED = 0x87;
const EVENTS = 'ngatu/v1/s/a/events';
const ACK = 'ngatu/v1/s/a/ack';

/** Reason codes of the answers to come; 0 grants. */
let answers: { subscribe: number; publish: number };
let broker: Server;
let sockets: Socket[];
let connection: BrokerConnection | undefined;
let lines: { level: number; topic?: string }[];

beforeEach(async () => {
  answers = { subscribe: 0, publish: 0 };
  sockets = [];
  lines = [];
  broker = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => answer(socket, bytes));
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await connection?.close(200);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => broker.close(resolve));
});

/** MQTT 5, sections 3.2, 3.4 and 3.9; packets here are shorter than 128 bytes, so that a length is one byte. */
function answer(socket: Socket, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    const type = (bytes[at] ?? 0) >> 4;
    if (type === 1) socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
    if (type === 8) {
      socket.write(Buffer.from([0x90, 4, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0, 0, answers.subscribe]));
    }
    if (type === 3) {
      const id = at + 4 + bytes.readUInt16BE(at + 2);
      socket.write(Buffer.from([0x40, 3, bytes[id] ?? 0, bytes[id + 1] ?? 0, answers.publish]));
    }
  }
}

async function connected(): Promise<BrokerConnection> {
  const { port } = broker.address() as AddressInfo;
  const made = new BrokerConnection({
    mqtt: { url: `mqtt://127.0.0.1:${port}` },
    clientId: 'a',
    will: () => ({ topic: 'w', payload: '' }),
    subscribeTo: [ACK],
    logger: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    random: () => 0,
    monotonicMs: () => performance.now(),
    reconnect: { firstMs: 20, capMs: 50 },
    onConnected: () => undefined,
    onDisconnected: () => undefined,
    onMessage: () => undefined,
  });
  connection = made;
  made.start();
  await vi.waitFor(() => expect(made.connected).toBe(true), { timeout: 5000 });
  return made;
}

const publish = (at: BrokerConnection) => at.publish({ topic: EVENTS, payload: 'x' });
const errors = () => lines.filter(({ level }) => level >= 50).map(({ topic }) => topic);

describe('a broker that refuses', () => {
  it('the acknowledgements still gets the counts, and the agent says that it is not heard', async () => {
    answers.subscribe = NOT_AUTHORIZED;
    const agent = await connected();
    await publish(agent);
    expect(agent.refusal).toMatch(/^it refuses this agent's ack: /);
    expect(errors()).toEqual([ACK]);
  });

  it('the counts is told once, by name of what it refuses, until it takes them', async () => {
    answers.publish = NOT_AUTHORIZED;
    const agent = await connected();
    for (let n = 0; n < 3; n += 1)
      await expect(publish(agent)).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    expect(agent.refusal).toMatch(/^it refuses this agent's events: /);
    expect(errors()).toEqual([EVENTS]);
    answers.publish = 0;
    await publish(agent);
    expect(agent.refusal).toBeUndefined();
  });

  it('for another reason is not said to have rules against it', async () => {
    const QUOTA_EXCEEDED = 0x97;
    answers.publish = QUOTA_EXCEEDED;
    const agent = await connected();
    await expect(publish(agent)).rejects.toMatchObject({ code: QUOTA_EXCEEDED });
    expect(agent.refusal).toBeUndefined();
    expect(errors()).toEqual([]);
  });

  it('is asked anew at each connection', async () => {
    answers = { subscribe: NOT_AUTHORIZED, publish: NOT_AUTHORIZED };
    const agent = await connected();
    await expect(publish(agent)).rejects.toThrow();
    expect(agent.refusal).toMatch(/ack, events/);
    answers = { subscribe: 0, publish: 0 };
    sockets[0]?.destroy();
    await vi.waitFor(() => expect(sockets.length === 2 && agent.connected).toBe(true), { timeout: 5000 });
    expect(agent.refusal).toBeUndefined();
  });
});
