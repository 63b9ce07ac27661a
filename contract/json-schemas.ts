// Every message as JSON Schema, for those who read or write them without this code.

import { z } from 'zod';
import { ackSchema } from './acks.ts';
import { commandSchema, replySchema } from './commands.ts';
import { eventBatchSchema, MAX_EVENTS_IN_BATCH, trafficEventSchema } from './events.ts';
import { flowSchema } from './flow.ts';
import { healthSchema } from './health.ts';
import { CONTRACT_VERSION } from './identifiers.ts';
import { incidentSchema } from './incidents.ts';
import { journeySchema } from './journeys.ts';
import { passageSchema } from './passages.ts';
import { statusSchema } from './status.ts';
import { zoneSchema } from './zones.ts';

/** Messages and the events inside them, by the name of their JSON Schema. */
export const MESSAGES = {
  passage: { title: 'One road user crossed one counting line', schema: passageSchema },
  flow: { title: 'What crossed a line in one direction in one interval', schema: flowSchema },
  zone: { title: 'What happened in a zone in one interval', schema: zoneSchema },
  incident: { title: 'An incident, as known at one version', schema: incidentSchema },
  journey: { title: 'One road user went from an entry line to an exit line', schema: journeySchema },
  'event-batch': {
    title: 'Events of an agent, on topic …/events',
    // A collector parses each event on its own; a writer has to meet the schema of events as well.
    schema: eventBatchSchema.extend({ events: z.array(trafficEventSchema).max(MAX_EVENTS_IN_BATCH) }),
  },
  status: { title: 'Whether an agent and its cameras are there, on topic …/status', schema: statusSchema },
  health: { title: 'How an agent fares, on topic …/health', schema: healthSchema },
  ack: { title: 'Batches that the collector has stored, on topic …/ack', schema: ackSchema },
  command: { title: 'What the centre asks of an agent, on topic …/command', schema: commandSchema },
  reply: { title: 'Answer of an agent to a command, on topic …/reply', schema: replySchema },
} as const;

export type MessageName = keyof typeof MESSAGES;

export const MESSAGE_NAMES = Object.keys(MESSAGES) as readonly MessageName[];

/**
 * JSON Schema (draft 2020-12) of a message as it is sent: fields with a default may be left out, unknown ones
 * are allowed. Rules over several fields (an interval ends after it starts) cannot be said in JSON Schema.
 */
export function messageJsonSchema(name: MessageName): Record<string, unknown> {
  const { title, schema } = MESSAGES[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { $schema, $id: `urn:ngatu:v${CONTRACT_VERSION}:${name}`, title, ...rest };
}
