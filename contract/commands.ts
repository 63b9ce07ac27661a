// What the centre may ask of an agent, and its answer, matched by a correlation id.

import { z } from 'zod';
import { epochMsSchema, slugSchema, versionSchema } from './identifiers.ts';

const commandShape = {
  v: versionSchema,
  /** Chosen by the asker; the reply carries it back. */
  id: z.string().min(1).max(100),
  /** After this moment the agent refuses instead of acting on a command that was stuck somewhere. */
  expiresAtMs: epochMsSchema,
};

export const commandSchema = z.discriminatedUnion('name', [
  z.object({ ...commandShape, name: z.literal('snapshot'), camera: slugSchema }),
  z.object({ ...commandShape, name: z.literal('reload') }),
  z.object({
    ...commandShape,
    name: z.literal('set-configuration'),
    /** Grows with each change, so that an older one cannot undo a newer. */
    revision: z.int().min(1),
    /** The whole configuration file as YAML text. */
    yaml: z.string().max(1_000_000),
  }),
  z.object({
    ...commandShape,
    name: z.literal('set-model'),
    camera: slugSchema.optional(),
    card: z.string().max(200),
  }),
]);

export type Command = z.infer<typeof commandSchema>;

export const replySchema = z.object({
  v: versionSchema,
  id: z.string().min(1).max(100),
  agent: slugSchema,
  atMs: epochMsSchema,
  ok: z.boolean(),
  /** What went wrong and what to do, when `ok` is false. */
  problems: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .max(1000)
    .optional(),
  /** JPEG as base64, for `snapshot`, only where the box's configuration lets pictures leave. */
  picture: z.string().max(8_000_000).optional(),
  revision: z.int().min(1).optional(),
});

export type Reply = z.infer<typeof replySchema>;
