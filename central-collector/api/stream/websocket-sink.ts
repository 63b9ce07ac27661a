// A WebSocket of the stream. Frames come made, one for all clients, and go to the socket as they are: they are final
// and not masked, so that they fit between the frames that the library itself sends (pings, the closing handshake).

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { StreamSink } from './stream-source.ts';

const PING_MS = 15_000;
/** RFC 6455, 7.4.1, and the registry of IANA. */
export const CLOSE_CODES = { leaving: 1001, notAllowed: 1008, tooSlow: 1013 } as const;
const LAST_WORD_MS = 5000;

export type WebSocketSink = StreamSink & {
  onDrain(listener: () => void): void;
  /** With a reason for the client; what does not answer is hung up on. */
  hangUp(code: number, reason: string): void;
};

export function webSocketSink(client: WebSocket, socket: Socket): WebSocketSink {
  let answered = true;
  const ping = setInterval(() => {
    if (!answered) return client.terminate();
    answered = false;
    client.ping();
  }, PING_MS);
  client.on('pong', () => {
    answered = true;
  });
  client.on('close', () => clearInterval(ping));
  const hangUp = (code: number, reason: string) => {
    client.close(code, reason);
    setTimeout(() => client.terminate(), LAST_WORD_MS).unref();
  };
  return {
    encoding: 'websocket',
    // After the closing frame nothing may follow.
    write: (bytes) => (client.readyState === client.OPEN ? socket.write(bytes) : true),
    end: (last) => {
      if (last === undefined) return hangUp(CLOSE_CODES.leaving, 'the centre ends');
      if (client.readyState === client.OPEN) socket.write(last);
      hangUp(CLOSE_CODES.tooSlow, 'read too slowly');
    },
    onDrain: (listener) => void socket.on('drain', listener),
    hangUp,
  };
}
