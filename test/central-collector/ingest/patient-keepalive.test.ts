import { EventEmitter } from 'node:events';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { endOnlyInSilence } from '../../../central-collector/ingest/patient-keepalive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** As much of a client as matters; it has sent a ping. */
class Client extends EventEmitter {
  connected = true;
  stream = {};
  ended = 0;
  pings = 0;
  onKeepaliveTimeout(): void {
    this.ended += 1;
  }
  sendPing(): void {
    this.pings += 1;
    this.emit('packetsend', { cmd: 'pingreq' });
  }
}

function pinged(): Client {
  const client = new Client();
  endOnlyInSilence(client as unknown as MqttClient);
  client.sendPing();
  return client;
}

/** The time for an answer is over, and so is the wait for what lies in the socket. */
function due(client: Client, meanwhile?: () => void): void {
  client.onKeepaliveTimeout();
  meanwhile?.();
  vi.runAllTimers();
}

it('a broker that has said nothing since the ping is left', () => {
  const client = pinged();
  due(client);
  expect(client).toMatchObject({ ended: 1, pings: 1 });
});

it('one that tells other things first is asked again, and left when it falls silent', () => {
  const client = pinged();
  for (const pings of [2, 3, 4]) {
    client.emit('packetreceive', { cmd: 'publish' });
    due(client);
    expect(client).toMatchObject({ ended: 0, pings });
  }
  due(client);
  expect(client).toMatchObject({ ended: 1, pings: 4 });
});

it('an answer counts that came while this process stood still, and is read only after the timer', () => {
  const client = pinged();
  due(client, () => client.emit('packetreceive', { cmd: 'pingresp' }));
  expect(client.ended).toBe(0);
});

it('what was said before the ping is no answer to it', () => {
  const client = pinged();
  client.emit('packetreceive', { cmd: 'publish' });
  client.sendPing();
  due(client);
  expect(client.ended).toBe(1);
});

it('a connection that is gone meanwhile, or another one, is not ended for the one before', () => {
  for (const change of [{ connected: false }, { stream: {} }]) {
    const client = pinged();
    due(client, () => Object.assign(client, change));
    expect(client.ended).toBe(0);
  }
});
