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
    entryLine: slugSchema,
    exitLine: slugSchema,
    enteredAtMs: epochMsSchema,
    exitedAtMs: epochMsSchema,
  })
  .refine(({ enteredAtMs, exitedAtMs }) => enteredAtMs <= exitedAtMs, {
    path: ['exitedAtMs'],
    error: 'expected no earlier than enteredAtMs',
  });

export type Journey = z.infer<typeof journeySchema>;
