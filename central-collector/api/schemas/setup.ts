// Setting up a camera from the page: its file, versions of it, and what is under the lines that people draw.

import { z } from 'zod';
import { MAX_CAMERA_YAML, MAX_TRAJECTORY_MINUTES, roadUserSchema } from '../../../contract/index.ts';
import { cameraIdSchema, timeSchema } from './common.ts';

const YAML_LIMIT = MAX_CAMERA_YAML;

/** What is wrong in a camera's file; `line` and `column` count from 1 where the place is known. */
export const setupProblem = z.object({
  path: z.string(),
  message: z.string(),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
});
export type SetupProblem = z.infer<typeof setupProblem>;

export const VERSION_STATES = ['sent', 'applied', 'refused', 'rolled-back', 'unanswered', 'found'] as const;

export const configurationVersion = z.object({
  /** Grows with each change of this camera. */
  revision: z.int().min(1),
  at: timeSchema,
  /** A user's name; null: found on the box, changed there by hand. */
  by: z.string().nullable(),
  note: z.string().nullable(),
  /**
   * `sent`: no answer yet; `refused`: not valid on the box; `rolled-back`: it did not run there, the one before does;
   * `unanswered`: the box did not answer in time and may apply it yet.
   */
  state: z.enum(VERSION_STATES),
  problems: z.array(setupProblem),
});
export type ConfigurationVersion = z.infer<typeof configurationVersion>;

/** GET …/configuration: the file that the box runs, secrets hidden as `{hidden: …}`. */
export const configurationAnswer = z.object({
  camera: cameraIdSchema,
  revision: z.int().min(1),
  yaml: z.string(),
  /** Whether the box said so just now; false: the last that is known, the box is out of reach. */
  fromBox: z.boolean(),
  version: configurationVersion,
});
export type ConfigurationAnswer = z.infer<typeof configurationAnswer>;

/** POST …/configuration/check */
export const checkBody = z.strictObject({ yaml: z.string().max(YAML_LIMIT) });
export const checkAnswer = z.object({ problems: z.array(setupProblem) });

/** PUT …/configuration; refused with `conflict` when `baseRevision` is not the newest. */
export const configurationBody = z.strictObject({
  yaml: z.string().max(YAML_LIMIT),
  baseRevision: z.int().min(1),
  note: z.string().trim().max(500).exactOptional(),
});
export const savedAnswer = z.object({ version: configurationVersion });

/** POST …/configuration/roll-back: the text of an older version becomes the newest. */
export const rollBackBody = z.strictObject({ revision: z.int().min(1) });

export const versionsAnswer = z.object({ versions: z.array(configurationVersion) });
export const versionAnswer = z.object({ version: configurationVersion, yaml: z.string() });

export const trajectoriesQuery = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(MAX_TRAJECTORY_MINUTES).default(5),
});

/** GET …/trajectories?minutes=1..10: where road users were in the last minutes, in pixels of `picture`. */
export const trajectoriesAnswer = z.object({
  from: timeSchema,
  to: timeSchema,
  picture: z.object({ width: z.int(), height: z.int() }),
  tracks: z.array(
    z.object({
      track: z.int(),
      roadUser: roadUserSchema,
      /** `[x, y, ms since from]` of the middle of the lower edge of the box, thinned out. */
      points: z.array(z.tuple([z.number(), z.number(), z.number()])),
      /** Last box, `[x1, y1, x2, y2]`. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
});
export type TrajectoriesAnswer = z.infer<typeof trajectoriesAnswer>;
