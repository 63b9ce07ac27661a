// The traffic events that an agent reports, and the batches they travel in.

import { z } from 'zod';
import { flowSchema } from './flow.ts';
import { countSchema, epochMsSchema, slugSchema, versionSchema } from './identifiers.ts';
import { incidentSchema } from './incidents.ts';
import { journeySchema } from './journeys.ts';
import { passageSchema } from './passages.ts';
import { zoneSchema } from './zones.ts';

export const trafficEventSchema = z.discriminatedUnion('type', [
  passageSchema,
  flowSchema,
  zoneSchema,
  incidentSchema,
  journeySchema,
]);

export type TrafficEvent = z.infer<typeof trafficEventSchema>;

/** Most events in one batch: a batch's events are numbered, and the number is part of a point's timestamp. */
export const MAX_EVENTS_IN_BATCH = 1000;

/** Position in an agent's stream of batches. */
export const sequenceSchema = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Batches that the outbox had to give up: they will never come, and what they held is told. */
export const droppedRangeSchema = z
  .object({
    fromSeq: sequenceSchema,
    toSeq: sequenceSchema,
    /** A word that a newer agent uses and we do not know reads as `other`: it must not cost the batch it travels in. */
    reason: z.enum(['outbox-full', 'too-old', 'corrupt', 'other']).catch('other'),
    /** Kinds of event that this version does not know are left out, for the same reason. */
    events: z.object({
      passage: countSchema.exactOptional(),
      flow: countSchema.exactOptional(),
      zone: countSchema.exactOptional(),
      incident: countSchema.exactOptional(),
      journey: countSchema.exactOptional(),
    }),
    /** When it was told for the first time: the same whenever it is told again. Older agents do not say. */
    atMs: epochMsSchema.exactOptional(),
  })
  .refine(({ fromSeq, toSeq }) => fromSeq <= toSeq, {
    path: ['toSeq'],
    error: 'expected no less than fromSeq',
  });

export type DroppedRange = z.infer<typeof droppedRangeSchema>;

/**
 * The envelope of a batch. Events stay unparsed here: each is parsed on its own, so that one of an unknown
 * type is quarantined and its neighbours are stored.
 *
 * `epoch` names one life of the agent's outbox (the moment it was created). When an outbox is lost, numbers
 * start again at 1 under a new epoch, and the old numbers are never mistaken for the new.
 */
export const eventBatchSchema = z.object({
  v: versionSchema,
  site: slugSchema,
  agent: slugSchema,
  epoch: epochMsSchema,
  seq: sequenceSchema,
  sentAtMs: epochMsSchema,
  events: z.array(z.unknown()).max(MAX_EVENTS_IN_BATCH),
  dropped: z.array(droppedRangeSchema).max(1000).optional(),
});

/** A batch as the collector receives it: checked envelope, unchecked events. */
export type ReceivedBatch = z.infer<typeof eventBatchSchema>;

/** A batch as an agent makes it. */
export type EventBatch = Omit<ReceivedBatch, 'events'> & { events: readonly TrafficEvent[] };
