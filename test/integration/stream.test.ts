// The stream of a whole centre: real broker, real connection, killed and restarted.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokerConnection } from '../../central-collector/ingest/broker.ts';
import { readMessage } from '../../central-collector/ingest/read-message.ts';
import { type Live, openLive } from '../../central-collector/live/live.ts';
import { filterOf } from '../../contract/index.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { Client } from '../central-collector/live/live-rig.ts';
import { batches, FakeAgent, until } from './collector-rig.ts';

let directory: string;
let broker: Mosquitto;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-stream-'));
  broker = await startMosquitto({ directory: join(directory, 'broker') });
});

afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

type Centre = { readonly live: Live; readonly connection: BrokerConnection };

function connectionOf(clientId: string, more: Partial<ConstructorParameters<typeof BrokerConnection>[0]>) {
  return new BrokerConnection({
    ...{ url: broker.url, clientId, sharedGroup: '', sessionExpiryS: 600, log: pino({ level: 'silent' }) },
    filters: {
      [filterOf('events')]: { qos: 1 },
      [filterOf('status')]: { qos: 1 },
      [filterOf('health')]: { qos: 1 },
    },
    onDelivery: () => undefined,
    ...more,
  });
}

async function centre(name: string): Promise<Centre> {
  let connection: BrokerConnection | undefined;
  const live = await openLive({
    ...{ directory: join(directory, name), maxBytes: 64 * 1024 * 1024, logger: pino({ level: 'silent' }) },
    read: (topic, payload, receivedAtMs) => readMessage(topic, payload, receivedAtMs),
    connect: (handlers) => {
      connection = connectionOf(`${name}-centre`, handlers);
      return connection;
    },
  });
  if (connection === undefined) throw new Error('expected a connection');
  const made = { live, connection };
  await until(() => made.connection.ready, 20_000, 'centre listening');
  return made;
}

describe('the stream of a centre', () => {
  it('loses nothing and tells nothing twice over restarts of the centre, whatever agents send again', async () => {
    const first = await centre('restarts');
    const agent = await FakeAgent.connect(broker.url, 'box-1');
    const all = batches('box-1', 30, 10);
    const before = new Client(first.live, { wanted: { type: ['passage'] } });
    for (const message of all.slice(0, 10)) await agent.send(message);
    await until(() => before.tracks().length === 100, 20_000, 'first events');
    await first.live.close();
    // The broker keeps what comes meanwhile; agents send again what no collector has answered.
    for (const message of all.slice(5, 20)) await agent.send(message);
    const second = await centre('restarts');
    const after = new Client(second.live, { wanted: { type: ['passage'] }, lastEventId: before.ids.at(-1) });
    for (const message of all.slice(15)) await agent.send(message);
    await until(() => before.tracks().length + after.tracks().length >= 300, 20_000, 'all events');
    await second.live.settled();
    expect([...before.tracks(), ...after.tracks()]).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
    expect(after.of('gap')).toEqual([]);
    expect([...before.ids, ...after.ids]).toEqual([...before.ids, ...after.ids].sort());
    await second.live.close();
    await agent.close();
  });

  it('goes on when the broker was away, and says what it did not hear when the broker has forgotten it', async () => {
    const { live } = await centre('broker');
    const client = new Client(live, { wanted: { type: ['passage'] } });
    const agent = await FakeAgent.connect(broker.url, 'box-2');
    const [one, two] = batches('box-2', 2, 5);
    await agent.send(one as never);
    await until(() => client.tracks().length === 5, 20_000, 'events before');
    await agent.close();
    const { port } = broker;
    await broker.stop();
    expect(live.problems().join()).toContain('The stream hears nothing');
    // With another folder: it has forgotten every session.
    broker = await startMosquitto({ directory: join(directory, 'another-broker'), port });
    await until(() => live.problems().length === 0, 30_000, 'broker back');
    await until(() => client.of('gap').length === 1, 20_000, 'gap told');
    const again = await FakeAgent.connect(broker.url, 'box-2');
    await again.send(two as never);
    await until(() => client.tracks().length === 10, 20_000, 'events after');
    await live.close();
    await again.close();
  });

  it('gives way to a collector that the broker takes for the same client', async () => {
    const centreOfSame = connectionOf('same', { yieldsAs: 'give the centre a name of its own' });
    const collector = connectionOf('same', {});
    centreOfSame.open();
    await until(() => centreOfSame.ready, 20_000, 'centre listening');
    collector.open();
    const yielded = () => centreOfSame.problem === 'give the centre a name of its own';
    await until(() => yielded() && collector.ready, 20_000, 'centre yielding');
    const { reconnects } = collector.counts;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(collector.ready).toBe(true);
    expect(collector.counts.reconnects).toBe(reconnects);
    expect(yielded()).toBe(true);
    await centreOfSame.close();
    await collector.close();
  });
});
