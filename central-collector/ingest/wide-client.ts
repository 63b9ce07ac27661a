// An MQTT client whose socket is read ahead of what is handled. MQTT.js reads 64 KiB and waits until they are handled: on a
// busy machine TCP then takes the reader for a slow one and keeps its window below one packet, and a broker with much
// to say got through with 64 KiB/s to a collector that handles thirty times as much.

import { createConnection } from 'node:net';
import { connect, type IClientOptions, MqttClient } from 'mqtt';

/**
 * Twice the window that TCP begins with, so that reading empties it. What is read is handled in one go: more would hold up
 * the answers of the database and the pages.
 */
const READ_AHEAD_BYTES = 256 * 1024;

const MQTT_PORT = 1883;

/** Connects to mqtt://, mqtts://, ws:// or wss:// and goes on trying. WebSockets read ahead by themselves. */
export function wideClient(url: string, options: IClientOptions): MqttClient {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'mqtt:') return connect(url, { ...options, ...{ highWaterMark: READ_AHEAD_BYTES } });
  // Of options for the socket, MQTT.js hands on where to only.
  const to = {
    // An address of IPv6 stands in brackets.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? MQTT_PORT : Number(port),
    readableHighWaterMark: READ_AHEAD_BYTES,
  };
  return new MqttClient(() => createConnection(to), { ...options, protocol: 'mqtt' });
}
