// What the centre's connection makes of a box that tells its past: much at once, through a link or to a machine that
// is slow.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { BrokerConnection } from '../../central-collector/ingest/broker.ts';
import { topicOf } from '../../contract/index.ts';
import { Link } from '../../scripts/chaos/link.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { until } from './collector-rig.ts';

const TOPIC = topicOf({ site: 'hai-phong', agent: 'box-1' }, 'events');

let directory: string;
let broker: Mosquitto;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-past-'));
  broker = await startMosquitto({ directory });
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

function connectionTo(port: number, heard: string[], keepaliveS: number): BrokerConnection {
  const connection = new BrokerConnection({
    ...{ url: `mqtt://127.0.0.1:${port}`, clientId: 'the-centre', sharedGroup: '', sessionExpiryS: 600 },
    ...{ filters: { [TOPIC]: { qos: 1 } }, keepaliveS, log: pino({ level: 'silent' }) },
    onDelivery: ({ payload, acknowledge }) => {
      heard.push(Buffer.from(payload).toString().slice(0, 6).trim());
      acknowledge();
    },
  });
  onTestFinished(() => connection.close());
  connection.open();
  return connection;
}

it('a connection lasts while a past comes through it, however long its ping waits behind that', async () => {
  const link = new Link({ upstreamPort: broker.port, random: () => 0.5 });
  onTestFinished(() => link.close());
  const port = await link.listen();
  const before = connectionTo(port, [], 30);
  await until(() => before.ready);
  await before.close();

  const box = await connectAsync(broker.url, { protocolVersion: 5 });
  const past = Array.from({ length: 100 }, (_, n) => `${n}`);
  for (const n of past) await box.publishAsync(TOPIC, n.padEnd(20_000), { qos: 1 });
  await box.endAsync();

  // Mosquitto writes all of it at once, and the answer to the ping after it: 4 s on their way.
  link.set({ kind: 'slow', delayMs: 0, bytesPerS: 500_000 });
  const heard: string[] = [];
  const connection = connectionTo(port, heard, 1);
  await until(() => heard.length > 0, 30_000, 'the first of the past');
  // Whoever asks is not told that nothing is heard, though the broker's word on the subscription is behind the past.
  expect(connection.ready).toBe(true);
  await until(() => heard.length >= past.length, 30_000, 'all of the past');
  expect(connection.counts.reconnects).toBe(0);
  expect(heard).toEqual(past);
  // And one that says nothing at all is still found out.
  link.set({ kind: 'dead', lost: 'both' });
  await until(() => connection.problem === 'Keepalive timeout', 30_000, 'the silence noticed');
});
