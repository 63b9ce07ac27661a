// Networks that let nothing but the web through: agent and collector speak MQTT over WebSocket as well.

import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { openPublisher } from '../../edge-agent/publisher/publisher.ts';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { startMosquitto } from '../../scripts/services/mosquitto.ts';
import { passage } from '../edge-agent/publisher/sample-events.ts';
import { collector, countOf, until } from './collector-rig.ts';

it('delivers over WebSocket, and the agent keeps nothing of what is stored', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-websocket-'));
  const open: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    const broker = await startMosquitto({ directory: join(directory, 'broker') });
    open.push(() => broker.stop());
    const bridge = await websocketBridge(broker.port);
    open.push(() => bridge.close());
    const influx = await startInfluxdb({ directory: join(directory, 'influxdb') });
    open.push(() => influx.stop());
    const centre = await collector({
      name: 'websocket',
      mqtt: bridge.url,
      influx: influx.url,
      directory: join(directory, 'quarantine'),
    });
    open.push(() => centre.close());
    const publisher = await openPublisher({
      address: { site: 'hai-phong', agent: 'box-1' },
      mqtt: { url: bridge.url },
      outbox: { directory: join(directory, 'outbox'), maxBytes: 50_000_000, maxAgeMs: 86_400_000 },
      version: '1.0.0',
      logger: pino({ level: 'silent' }),
      timing: { batchMs: 20, resend: { firstMs: 500, capMs: 1000 } },
    });
    open.push(() => publisher.close());

    publisher.publish(Array.from({ length: 300 }, (_, n) => passage(n + 1)));

    await until(
      async () => (await countOf(influx.url, 'passage', 'track')) === 300,
      60_000,
      'passages stored',
    );
    await until(() => publisher.stats().batches === 0, 60_000, 'outbox empty');
    expect(centre.state().totals.events_rejected).toBe(0);
  } finally {
    for (const close of open.reverse()) await close();
  }
});

/** What a web server in front of a broker does: takes WebSocket connections and passes on what is in them. */
async function websocketBridge(brokerPort: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'mqtt' });
  server.on('connection', (socket) => {
    const web = createWebSocketStream(socket);
    const broker = connect(brokerPort, '127.0.0.1');
    web.pipe(broker).pipe(web);
    web.on('error', () => broker.destroy());
    broker.on('error', () => web.destroy());
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}
