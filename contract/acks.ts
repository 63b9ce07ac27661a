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
    .max(1000)
    .refine(
      (ranges) => ranges.every(([first], index) => index === 0 || first > (ranges[index - 1]?.[1] ?? 0)),
      {
        error: 'expected ascending ranges that do not overlap',
      },
    ),
  atMs: epochMsSchema,
});

export type Ack = z.infer<typeof ackSchema>;
