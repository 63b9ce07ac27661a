// GET /events, /events/ws and /tiles.

import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import type { Principal } from '../accounts/actor.ts';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import { tilesAnswer } from '../schemas/places.ts';
import { type StreamQuery, streamQuery } from '../schemas/stream.ts';
import { sseSink } from './sse-sink.ts';
import { StreamDoor, type StreamDoorOptions } from './stream-door.ts';
import type { StreamSource } from './stream-source.ts';
import { CLOSE_CODES, webSocketSink } from './websocket-sink.ts';

export const STREAM_ROUTES = {
  events: {
    method: 'GET',
    path: '/events',
    access: 'stream',
    summary: 'What happens from now on, or after an event, as server-sent events: see asyncapi.json.',
    query: streamQuery,
    status: 200,
    produces: ['text/event-stream'],
  },
  tiles: {
    method: 'GET',
    path: '/tiles',
    access: 'read',
    summary: 'What the overview shows of each camera; the stream goes on from its lastEventId.',
    status: 200,
    answer: tilesAnswer,
  },
  webSocket: {
    method: 'GET',
    path: '/events/ws',
    access: 'stream',
    summary: 'The same events as JSON texts over a WebSocket; a text from the client changes the filter.',
    query: streamQuery,
    status: 200,
  },
} as const satisfies Record<string, RouteDescription>;

export type StreamLimits = Pick<StreamDoorOptions, 'maxStreams' | 'maxOfPrincipal' | 'checkMs'>;

/** A filter is small; a thousand cameras are 130 KiB. */
const MAX_MESSAGE_BYTES = 256 * 1024;

const changeQuery = streamQuery.omit({ lastEventId: true });

/** Registers the WebSocket plugin as well. */
export async function addStreamRoutes(
  server: FastifyInstance,
  gate: Gate,
  source: StreamSource,
  limits: StreamLimits = {},
): Promise<void> {
  const door = new StreamDoor({
    ...limits,
    stillHolds: (principal) => gate.accounts.stillHolds(principal, 'stream'),
  });
  server.addHook('onClose', async () => door.close());
  await server.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false } });

  addRoute(server, gate, STREAM_ROUTES.tiles, async () => source.tilesAnswer());

  addRoute(server, gate, STREAM_ROUTES.events, async ({ query, principal, request, reply }) => {
    // Asked with HEAD there is nothing to stream.
    if (request.method === 'HEAD') return reply.type('text/event-stream').send();
    const visit = door.enter(known(principal), () => sink.end());
    const sink = sseSink(reply);
    const connection = source.open({
      wanted: query,
      lastEventId: headerOf(request, 'last-event-id') ?? query.lastEventId,
      sink,
    });
    sink.onDrain(() => connection.drained());
    reply.raw.on('close', () => {
      connection.close();
      visit.leave();
    });
    return reply;
  });

  const { path, access } = STREAM_ROUTES.webSocket;
  server.route({
    method: 'GET',
    url: path,
    onRequest: gate.requires(access),
    // Before the upgrade: a problem is an answer of HTTP still.
    preHandler: async (request) => {
      queryOf(request);
      door.check(known(gate.principalOf(request)));
    },
    handler: async () => {
      throw new ProblemError('invalid-request', 'expected a WebSocket: the header Upgrade is missing');
    },
    wsHandler: (client, request) => serveWebSocket(client, request),
  });

  function serveWebSocket(client: WebSocket, request: FastifyRequest): void {
    const sink = webSocketSink(client, request.raw.socket);
    let visit: ReturnType<StreamDoor['enter']>;
    try {
      visit = door.enter(known(gate.principalOf(request)), () =>
        sink.hangUp(CLOSE_CODES.notAllowed, 'the session has ended'),
      );
    } catch (error) {
      sink.hangUp(CLOSE_CODES.tooSlow, (error as Error).message.slice(0, 120));
      return;
    }
    const { lastEventId, ...wanted } = queryOf(request);
    const connection = source.open({ wanted, lastEventId, sink });
    sink.onDrain(() => connection.drained());
    client.on('message', (data) => {
      const next = wantedIn(String(data));
      if (next === undefined)
        sink.hangUp(CLOSE_CODES.notAllowed, 'expected a filter, such as {"type":["incident"]}');
      else connection.change(next);
    });
    client.on('close', () => {
      connection.close();
      visit.leave();
    });
  }
}

function known(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new ProblemError('not-signed-in', 'sign in to see the stream');
  return principal;
}

function queryOf({ query }: FastifyRequest): StreamQuery {
  const { data, error } = streamQuery.safeParse(query);
  if (data !== undefined) return data;
  const errors = error.issues.map(({ path, message }) => ({ path: ['query', ...path].join('.'), message }));
  throw new ProblemError('invalid-request', `${errors[0]?.path}: ${errors[0]?.message}`, { errors });
}

function wantedIn(text: string): Omit<StreamQuery, 'lastEventId'> | undefined {
  try {
    return changeQuery.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON: told to the client as any other text that is no filter.
    return undefined;
  }
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
