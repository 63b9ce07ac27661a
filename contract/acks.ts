// The collector tells an agent which batches are safe in the database.

import { z } from 'zod';
import { sequenceSchema } from './events.ts';
import { epochMsSchema, slugSchema, versionSchema } from './identifiers.ts';

export const ackSchema = z.object({
  v: versionSchema,
  agent: slugSchema,
  /** The outbox life the numbers belong to; an agent ignores acks of another epoch. */
  epoch: epochMsSchema,
  /** Stored batches as inclusive ranges `[first, last]`, ascending. */
  ranges: z
    .array(
      z
        .tuple([sequenceSchema, sequenceSchema])
        .refine(([a, b]) => a <= b, 'expected [first, last] with first <= last'),
    )
    .min(1)
    .max(1000),
  atMs: epochMsSchema,
});

export type Ack = z.infer<typeof ackSchema>;
