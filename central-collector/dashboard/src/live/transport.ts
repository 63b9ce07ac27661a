// Two ways to the same stream. A browser opens six connections to a server at most for all of its tabs, and each
// EventSource keeps one of them: the seventh tab would hang. WebSockets are not counted. Where a proxy lets none through,
// Server-Sent Events do.

import { address, type Query } from '../api/client.ts';

export type Way = 'websocket' | 'sse';

export type Transport = { close(): void };

export type TransportOptions = {
  readonly query: Query;
  /** Kinds of events, as the query asks for them: Server-Sent Events are listened to by name. */
  readonly kinds: readonly string[];
  readonly onEvent: (text: string) => void;
  /** It could not be opened, or it ended; not called after `close`. */
  readonly onEnd: () => void;
};

export function openTransport(way: Way, options: TransportOptions): Transport {
  return way === 'websocket' ? openWebSocket(options) : openEventSource(options);
}

function openWebSocket({ query, onEvent, onEnd }: TransportOptions): Transport {
  const url = new URL(address('/events/ws', query), location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  let open = true;
  socket.onmessage = ({ data }) => {
    if (open) onEvent(String(data));
  };
  socket.onclose = () => {
    if (open) onEnd();
    open = false;
  };
  return {
    close: () => {
      open = false;
      socket.close();
    },
  };
}

function openEventSource({ query, kinds, onEvent, onEnd }: TransportOptions): Transport {
  const source = new EventSource(address('/events', query));
  let open = true;
  for (const kind of kinds) {
    source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
      if (open) onEvent(data);
    });
  }
  // The browser's own retry knows neither a growing pause nor an answer that is no stream.
  source.onerror = () => {
    source.close();
    if (open) onEnd();
    open = false;
  };
  return {
    close: () => {
      open = false;
      source.close();
    },
  };
}
