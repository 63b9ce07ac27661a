// Ends a connection only when the broker is silent. MQTT.js takes the answer to its ping alone for a sign of life, and
// that answer waits behind everything else that the broker has to say: while a box tells its past, or after this process
// had no time to read, a connection would be ended that is well, and what was on the way would come once more.

import type { MqttClient } from 'mqtt';

/**
 * Timers come before what lies in the socket: after a pause of the whole process the answer is there, and not read yet.
 * When this is over, it has been read.
 */
const READING_MS = 1000;

/** To be called once, before the client has connected. */
export function endOnlyInSilence(client: MqttClient): void {
  const end = client.onKeepaliveTimeout.bind(client);
  let heard = false;
  client.on('packetreceive', () => {
    heard = true;
  });
  client.on('packetsend', ({ cmd }) => {
    if (cmd === 'pingreq') heard = false;
  });
  // MQTT.js calls it every half of the keepalive from the second after a ping on, until an answer comes.
  client.onKeepaliveTimeout = () => {
    const { stream } = client;
    const judge = () => {
      if (client.stream !== stream || !client.connected) return;
      // The broker has its own watch, over what it hears from here: it gets a ping each time.
      if (heard) client.sendPing();
      else end();
    };
    setTimeout(judge, READING_MS).unref();
  };
}
