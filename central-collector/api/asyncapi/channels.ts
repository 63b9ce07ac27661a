// Where messages travel: topics of the broker, the two streams of the centre, webhooks.

import { TOPIC_ROOT } from '../../../contract/index.ts';
import { STREAM_KINDS } from '../schemas/stream.ts';

type Topic = {
  readonly title: string;
  /** Messages of the contract. */
  readonly message: 'event-batch' | 'status' | 'health' | 'ack' | 'command' | 'reply';
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** What the centre does with it. */
  readonly action: 'receive' | 'send';
  readonly summary: string;
};

/** By the contract's channel. */
export const TOPICS: Readonly<Record<string, Topic>> = {
  events: {
    ...{ title: 'Batches of events', message: 'event-batch', qos: 1, retain: false, action: 'receive' },
    summary:
      'Published again until a collector has acknowledged it on …/ack: the same epoch and seq is the same batch.',
  },
  status: {
    ...{ title: 'Whether a box is there', message: 'status', qos: 1, retain: true, action: 'receive' },
    summary: 'Retained; also the last will of the box, which says `offline` with the reason `lost`.',
  },
  health: {
    ...{ title: 'How a box fares', message: 'health', qos: 0, retain: false, action: 'receive' },
    summary: 'Every few seconds; a lost one does no harm.',
  },
  ack: {
    ...{ title: 'Batches that are stored', message: 'ack', qos: 1, retain: false, action: 'send' },
    summary: 'After the database has them: only then a box deletes its own copy.',
  },
  command: {
    ...{ title: 'What the centre asks of a box', message: 'command', qos: 1, retain: false, action: 'send' },
    summary: 'Ends by itself at expiresAtMs; answered on …/reply with the same id.',
  },
  reply: {
    ...{ title: 'Answers of a box', message: 'reply', qos: 1, retain: false, action: 'receive' },
    summary: 'One for each command, also for those that it does not know.',
  },
};

const parameters = {
  site: { description: 'Slug of the site: 1 to 63 of a-z, 0-9 and "-".' },
  agent: { description: 'Slug of the box, unique in its site.' },
};

const server = (name: string) => ({ $ref: `#/servers/${name}` });
const message = (name: string) => ({ $ref: `#/components/messages/${name}` });

const QUERY = {
  type: {
    description: `Kinds of event, repeated or with commas: ${STREAM_KINDS.join(', ')}. Default: all but passage, journey, zone.`,
  },
  site: { description: 'Sites, repeated or with commas.' },
  camera: {
    description:
      'Cameras, site/agent/camera, repeated or with commas; what is told of their boxes comes too.',
  },
  severity: { description: 'Least severity of incidents and verdicts.' },
  lastEventId: { description: 'Goes on after this event; 0: from the oldest that is kept.' },
};

/** Channels and operations of the document. Operations are what the centre does. */
export function channelsAndOperations(): {
  channels: Record<string, object>;
  operations: Record<string, object>;
} {
  const channels: Record<string, object> = {};
  const operations: Record<string, object> = {};
  for (const [name, { title, message: of, qos, retain, action, summary }] of Object.entries(TOPICS)) {
    const channel = `mqtt-${name}`;
    channels[channel] = {
      address: `${TOPIC_ROOT}/{site}/{agent}/${name}`,
      ...{ title, description: summary, parameters, servers: [server('broker')] },
      messages: { [of]: message(of) },
    };
    operations[`${action}-${name}`] = {
      ...{ action, summary, channel: { $ref: `#/channels/${channel}` } },
      messages: [{ $ref: `#/channels/${channel}/messages/${of}` }],
      bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
    };
  }
  const kinds = STREAM_KINDS.map((kind) => `stream-${kind}`);
  const add = (name: string, channel: object, operation: object, names: readonly string[]) => {
    channels[name] = { ...channel, messages: Object.fromEntries(names.map((each) => [each, message(each)])) };
    operations[`send-${name}`] = {
      ...{ action: 'send', channel: { $ref: `#/channels/${name}` } },
      messages: names.map((each) => ({ $ref: `#/channels/${name}/messages/${each}` })),
      ...operation,
    };
  };
  const query = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(QUERY).map(([key, { description }]) => [key, { type: 'string', description }]),
    ),
  };
  add(
    'events-sse',
    {
      address: '/api/v1/events',
      ...{ title: 'The stream as server-sent events', servers: [server('centre')] },
      description:
        'The event name is the kind, the data a CloudEvent as JSON, the id that of the CloudEvent. Browsers send Last-Event-ID by themselves when they come back.',
    },
    { bindings: { http: { method: 'GET', query, bindingVersion: '0.3.0' } } },
    kinds,
  );
  add(
    'events-websocket',
    {
      address: '/api/v1/events/ws',
      ...{ title: 'The stream over a WebSocket', servers: [server('centre-websocket')] },
      description:
        'A text frame is a CloudEvent as JSON. Closed with 1008 when the session has ended, with 1013 when the client reads too slowly.',
      bindings: { ws: { method: 'GET', query, bindingVersion: '0.1.0' } },
    },
    {},
    kinds,
  );
  (channels['events-websocket'] as { messages: Record<string, object> }).messages.filter = message('filter');
  operations['receive-filter'] = {
    action: 'receive',
    summary: 'A text from the client replaces its filter.',
    channel: { $ref: '#/channels/events-websocket' },
    messages: [{ $ref: '#/channels/events-websocket/messages/filter' }],
  };
  add(
    'webhook',
    {
      // Each webhook has its own.
      address: null,
      title: 'Webhooks',
      description:
        'POST of one CloudEvent, signed as Standard Webhooks 1.0 says (webhook-id, webhook-timestamp, webhook-signature). At least once: an event that came before has the same webhook-id. In order; tried again for a day. A heartbeat is sent when somebody tries the webhook out.',
    },
    { bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } } },
    // Heartbeats are sent to webhooks when somebody tries one out.
    kinds.filter((name) => !['tile', 'hello', 'slow'].includes(name.slice('stream-'.length))),
  );
  return { channels, operations };
}
