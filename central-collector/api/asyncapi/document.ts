// The AsyncAPI 3.0 document: everything that is sent without being asked for, over the broker and by the centre. Made of
// the same schemas that messages are read with.

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MESSAGE_NAMES, MESSAGES, messageJsonSchema } from '../../../contract/index.ts';
import type { Gate } from '../accounts/gate.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import { LASTING_KINDS, STREAM_DATA, STREAM_KINDS, type StreamKind, streamQuery } from '../schemas/stream.ts';
import { channelsAndOperations, TOPICS } from './channels.ts';

export type AsyncApiOptions = {
  /** Of the product. */
  readonly version: string;
};

export const ASYNCAPI_ROUTES = {
  document: {
    method: 'GET',
    path: '/asyncapi.json',
    // As with openapi.json: nothing in it is of this city.
    access: 'anyone',
    summary: 'The AsyncAPI document: topics of the broker, streams and webhooks',
    status: 200,
    produces: ['application/json'],
    cache: 'private',
  },
} as const satisfies Record<string, RouteDescription>;

const DESCRIPTION = [
  'What boxes and the centre tell each other over MQTT 5, and what the centre tells everybody else: by server-sent events, WebSocket and webhooks, all of them CloudEvents 1.0.',
  'Ids of events rise and are opaque otherwise. Events of the moment (tile, hello, heartbeat, gap, slow) have the id "-" and are never sent again. An event with `late` came more than a minute after it happened, from a box that was cut off.',
].join('\n\n');

const SUMMARIES: Readonly<Record<StreamKind, string>> = {
  passage: 'One road user crossed one counting line',
  journey: 'One road user went from an entry line to an exit line',
  flow: 'What crossed a line in one direction in one interval',
  zone: 'What happened in a zone in one interval',
  incident: 'What a camera says of an incident, with what operators said of it',
  verdict: 'What an operator said of an incident',
  box: 'A box has changed: there, away, a problem',
  camera: 'A camera has changed: live, faulty, away',
  tile: 'What the overview shows of a camera; at most once a second, of the moment',
  hello: 'First of a connection',
  heartbeat: 'Every two seconds: without it a screen must say that it is cut off',
  gap: 'Events between two ids are not there any more: ask anew for what is shown',
  slow: 'The last word to a client that reads too slowly',
};

/** `version` of the product. */
export function addAsyncApiRoute(server: FastifyInstance, gate: Gate, version: string): void {
  // The same for as long as the process runs.
  const document = JSON.stringify(asyncApiDocument({ version }));
  addRoute(server, gate, ASYNCAPI_ROUTES.document, async ({ reply }) =>
    reply.type('application/json; charset=utf-8').send(document),
  );
}

export function asyncApiDocument({ version }: AsyncApiOptions) {
  return {
    asyncapi: '3.0.0',
    id: 'urn:ngatu:centre',
    info: {
      title: 'ngatu messages and streams',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: servers(),
    ...channelsAndOperations(),
    components: {
      messages: { ...contractMessages(), ...streamMessages(), filter: filterMessage() },
      schemas: schemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token with the scope `stream`' },
        session: {
          type: 'httpApiKey',
          in: 'cookie',
          name: 'ngatu-session',
          description: 'A signed-in browser',
        },
        certificate: { type: 'X509', description: 'The box’s own: its name is its part of the topic' },
        password: { type: 'userPassword', description: 'The same by name and password' },
      },
    },
  };
}

function servers() {
  const security = (...names: string[]) =>
    names.map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  const variables = { host: { description: 'Name or address of the machine' } };
  return {
    broker: {
      ...{ host: '{host}:8883', protocol: 'secure-mqtt', protocolVersion: '5.0', variables },
      ...{
        description: 'The broker between boxes and centre',
        security: security('certificate', 'password'),
      },
    },
    centre: {
      ...{ host: '{host}:9465', protocol: 'https', variables },
      ...{ description: 'The collector that runs the centre', security: security('token', 'session') },
    },
    'centre-websocket': {
      ...{ host: '{host}:9465', protocol: 'wss', variables },
      ...{ description: 'The same for WebSockets', security: security('token', 'session') },
    },
  };
}

function contractMessages(): Record<string, object> {
  return Object.fromEntries(
    Object.values(TOPICS).map(({ message, title, summary }) => [
      message,
      { ...{ name: message, title, summary, contentType: 'application/json' }, payload: schemaRef(message) },
    ]),
  );
}

function streamMessages(): Record<string, object> {
  return Object.fromEntries(
    STREAM_KINDS.map((kind) => [
      `stream-${kind}`,
      {
        ...{ name: `ngatu.${kind}.v1`, title: `${kind} event`, summary: SUMMARIES[kind] },
        ...{ contentType: 'application/cloudevents+json', payload: schemaRef(`stream-${kind}`) },
      },
    ]),
  );
}

function filterMessage(): object {
  const example = { type: ['incident', 'verdict'], site: ['hai-phong'] };
  return {
    ...{
      name: 'filter',
      title: 'A filter',
      summary: 'What the client wants from now on; replaces the filter before',
    },
    ...{ contentType: 'application/json', payload: schemaRef('filter'), examples: [{ payload: example }] },
  };
}

/** JSON Schemas, with the words of AsyncAPI for which ones they are. */
function schemas(): Record<string, object> {
  const contract = MESSAGE_NAMES.filter((name) =>
    Object.values(TOPICS).some(({ message }) => message === name),
  ).map((name) => [name, multiFormat({ ...messageJsonSchema(name), title: MESSAGES[name].title })]);
  const stream = STREAM_KINDS.map((kind) => [`stream-${kind}`, multiFormat(cloudEventSchema(kind))]);
  const filter = z.toJSONSchema(streamQuery.omit({ lastEventId: true }), {
    io: 'output',
    unrepresentable: 'any',
  });
  return Object.fromEntries([...contract, ...stream, ['filter', multiFormat(filter)]]);
}

function multiFormat(schema: object): object {
  return { schemaFormat: 'application/schema+json;version=draft-2020-12', schema };
}

function schemaRef(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function cloudEventSchema(kind: StreamKind): object {
  const { $schema, ...data } = z.toJSONSchema(STREAM_DATA[kind], { io: 'output', unrepresentable: 'any' });
  const isLasting = (LASTING_KINDS as readonly string[]).includes(kind);
  return {
    $schema,
    title: `CloudEvent 1.0: ${SUMMARIES[kind]}`,
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: isLasting ? { type: 'string', pattern: '^[0-9]{16}$' } : { const: '-' },
      source: { type: 'string', description: '/ngatu/{site}/{agent}, or /ngatu/centre' },
      type: { const: `ngatu.${kind}.v1` },
      subject: { type: 'string', description: 'The camera, site/agent/camera, where it is of one' },
      time: { type: 'string', format: 'date-time', description: 'When it happened' },
      datacontenttype: { const: 'application/json' },
      late: { const: true, description: 'It came more than a minute after it happened' },
      data,
    },
  };
}
