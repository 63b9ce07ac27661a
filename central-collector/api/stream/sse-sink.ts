// One response that never ends: server-sent events (WHATWG HTML, 9.2).

import type { FastifyReply } from 'fastify';
import type { StreamSink } from './stream-source.ts';

/** A client that does not even take the last word is hung up on after it. */
const LAST_WORD_MS = 5000;

/** How soon a browser comes back by itself. */
const RETRY_MS = 2000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies must hand on every event at once: no keeping, no compressing, and nginx is told in its own words.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** Begins the response with all headers that the server gave it. */
export function sseSink(reply: FastifyReply): StreamSink & { onDrain(listener: () => void): void } {
  reply.hijack();
  const { raw } = reply;
  const given = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
  raw.writeHead(200, { ...(Object.fromEntries(given) as Record<string, string>), ...HEADERS });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  return {
    encoding: 'sse',
    write: (bytes) => raw.write(bytes),
    end: (last) => {
      if (last === undefined) raw.end();
      else raw.end(last);
      setTimeout(() => raw.destroy(), LAST_WORD_MS).unref();
    },
    onDrain: (listener) => void raw.on('drain', listener),
  };
}
