// One road user went from an entry line to an exit line: the cell of a turning-movement matrix.

import { z } from 'zod';
import { epochMsSchema, shareSchema, slugSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

export const journeySchema = z
  .object({
    type: z.literal('journey'),
    camera: slugSchema,
    track: z.int().min(1),
    roadUser: roadUserSchema,
    roadUserShare: shareSchema,
    /** First line it crossed, and which way ... */
    entryLine: slugSchema,
    entryDirection: slugSchema.optional(),
    /** ... and the last: the same line in the opposite direction is a U-turn. */
    exitLine: slugSchema,
    exitDirection: slugSchema.optional(),
    enteredAtMs: epochMsSchema,
    exitedAtMs: epochMsSchema,
  })
  .refine(({ enteredAtMs, exitedAtMs }) => enteredAtMs <= exitedAtMs, {
    path: ['exitedAtMs'],
    error: 'expected no earlier than enteredAtMs',
  });

export type Journey = z.infer<typeof journeySchema>;
