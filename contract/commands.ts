// What the centre may ask of an agent, and its answer, matched by a correlation id. An agent answers every command that it
// can read the head of, also those that it does not know: boxes are older than their centre for years.

import { z } from 'zod';
import { boxSchema, epochMsSchema, shareSchema, slugSchema, versionSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

/** Most letters of a camera's YAML text. */
export const MAX_CAMERA_YAML = 200_000;

/** Most bytes of an evidence file in one reply: as base64 well below what brokers let through. */
export const MAX_PIECE_BYTES = 512 * 1024;

/** Most time that one question for slit scans may be about, ms. */
export const MAX_SLIT_SCAN_MS = 600_000;

/** Most letters of base64 of all pictures in one reply with slit scans; the rest is asked for next. */
export const MAX_SLIT_SCAN_BASE64 = 700_000;

/** Trajectories are kept for so long. */
export const MAX_TRAJECTORY_MINUTES = 10;

const idSchema = z.string().min(1).max(100);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 hash, 64 of 0-9 and a-f');
const revisionSchema = z.int().min(1);

const commandShape = {
  v: versionSchema,
  /** Chosen by the asker; the reply carries it back. The same id again is the same command: it is done once. */
  id: idSchema,
  /** By the centre's clock. After this moment the agent refuses instead of acting on a command that was stuck somewhere. */
  expiresAtMs: epochMsSchema,
};

/** What every command has, whatever it is called: enough to answer it. */
export const commandHeadSchema = z.object({ ...commandShape, v: z.int(), name: z.string().max(100) });

export const commandSchema = z.discriminatedUnion('name', [
  /** The newest picture of a camera. */
  z.object({ ...commandShape, name: z.literal('snapshot'), camera: slugSchema }),
  /** A piece of a file that an incident names as its evidence. */
  z.object({
    ...commandShape,
    name: z.literal('evidence'),
    /** As in the incident. */
    file: z.string().min(1).max(300),
    offset: z.int().min(0),
    length: z.int().min(1).max(MAX_PIECE_BYTES),
  }),
  /** The text of a camera's configuration. */
  z.object({ ...commandShape, name: z.literal('get-configuration'), camera: slugSchema }),
  /** Another text for it: checked, written, tried, and taken back when the camera does not run with it. */
  z.object({
    ...commandShape,
    name: z.literal('set-configuration'),
    camera: slugSchema,
    /** Grows with each change of this camera, so that an older one cannot undo a newer. */
    revision: revisionSchema,
    /** The camera's whole YAML; `{hidden: …}` stands for the secret that it stood for in what the agent gave. */
    yaml: z.string().max(MAX_CAMERA_YAML),
    /** `hash` of the text that this one was made from; the agent refuses when it has another by now. Default: any. */
    baseHash: sha256Schema.optional(),
    /** Whether it is only checked. Default false. */
    dryRun: z.boolean().optional(),
  }),
  /** Takes over what was changed in the files of the box. */
  z.object({ ...commandShape, name: z.literal('reload') }),
  /** Where road users were in the last minutes. */
  z.object({
    ...commandShape,
    name: z.literal('trajectories'),
    camera: slugSchema,
    minutes: z.int().min(1).max(MAX_TRAJECTORY_MINUTES),
  }),
  /** What crossed a line, as a picture of the line over time, with the passages that were counted. */
  z
    .object({
      ...commandShape,
      name: z.literal('slit-scan'),
      camera: slugSchema,
      line: slugSchema,
      fromMs: epochMsSchema,
      toMs: epochMsSchema,
    })
    .refine(({ fromMs, toMs }) => fromMs < toMs && toMs - fromMs <= MAX_SLIT_SCAN_MS, {
      path: ['toMs'],
      error: `expected a time after fromMs, ${MAX_SLIT_SCAN_MS / 60_000} minutes at most`,
    }),
]);

export type Command = z.infer<typeof commandSchema>;
export type CommandName = Command['name'];

/** Why a command was not done. A word that a newer agent uses and we do not know reads as `failed`. */
export const REFUSALS = [
  /** The command is not as it should be. */
  'invalid',
  /** This agent is too old for it. */
  'unknown-command',
  'unknown-camera',
  'expired',
  /** Too many are waiting. */
  'busy',
  /** The configuration of the box forbids it. */
  'not-allowed',
  /** There is nothing to give at the moment, or not any more. */
  'not-available',
  /** The revision is not above the last one. */
  'outdated',
  /** The configuration is not the one that the new one was made from. */
  'base-differs',
  /** The configuration has mistakes; nothing was changed. */
  'not-valid',
  /** The camera did not run with it; it runs again with what was there before. */
  'rolled-back',
  'failed',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export const commandProblemSchema = z.object({
  /** The key, as `lines[0].from`; empty for the whole. */
  path: z.string().max(500),
  /** What is wrong and what to do. */
  message: z.string().min(1).max(2000),
  /** Position in the YAML text, from 1. */
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional(),
  /** A warning refuses nothing. Default error. */
  severity: z.enum(['error', 'warning']).optional(),
});
export type CommandProblem = z.infer<typeof commandProblemSchema>;

const problemsSchema = z.array(commandProblemSchema).max(200);
const sizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() });
const base64Schema = z.string().max(1_000_000);

/** A passage that was counted, where it is to be seen on a slit scan. */
export const slitScanMarkSchema = z.object({
  /** As in its passage: when it was on the line, UTC. */
  atMs: epochMsSchema,
  direction: slugSchema,
  lane: slugSchema.optional(),
  roadUser: roadUserSchema,
  track: z.int().min(1),
  /** Where on the line: 0 at its `from`, 1 at its `to`. */
  along: shareSchema,
});
export type SlitScanMark = z.infer<typeof slitScanMarkSchema>;

/**
 * Some time of a slit scan without a gap. Each analysed frame is an upright block of the picture, `width / frames.length`
 * pixels wide, which shows a band across the line; the blocks stand side by side, oldest left. The line's `from` is at the
 * upper edge, its `to` at the lower.
 */
export const slitScanPieceSchema = z.object({
  /** Moments of its first and its last frame, UTC. */
  fromMs: epochMsSchema,
  toMs: epochMsSchema,
  /** Base64. */
  jpeg: base64Schema,
  /** Pixels. */
  ...sizeSchema.shape,
  /** Moment of each block from the left, ms since `fromMs`, ascending. */
  frames: z.array(z.int().min(0)).min(1).max(10_000),
  /** In their order. One may be before the first frame or after the last by the time between two frames. */
  marks: z.array(slitScanMarkSchema).max(5000),
  /** Whether it stays as it is; false while frames or marks may still be added: a passage is certain some seconds late. */
  final: z.boolean(),
});
export type SlitScanPiece = z.infer<typeof slitScanPieceSchema>;

/** What was done, by the name of the command. */
export const commandResultSchema = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('snapshot'),
    /** Base64. */
    jpeg: base64Schema,
    ...sizeSchema.shape,
    atMs: epochMsSchema,
    /** Whether faces and number plates are hidden. */
    blurred: z.boolean(),
    /** `stream`: as the camera made it. `analysed`: the detector's small input, made larger. */
    from: z.enum(['stream', 'analysed']),
    /** Size that the coordinates of the camera's configuration refer to. */
    picture: sizeSchema,
  }),
  z.object({
    name: z.literal('evidence'),
    file: z.string().max(300),
    offset: z.int().min(0),
    /** Base64; shorter than asked for at the end of the file only. */
    data: base64Schema,
    /** Of the whole file. */
    bytes: z.int().min(0),
    sha256: sha256Schema,
  }),
  z.object({
    name: z.literal('get-configuration'),
    camera: slugSchema,
    /** As it stands in its file, comments too; secrets in it are `{hidden: …}`. */
    yaml: z.string().max(2 * MAX_CAMERA_YAML),
    /** SHA-256 of `yaml`. */
    hash: sha256Schema,
    /** Whether the camera runs with this text; false: the file was changed and not taken over yet. */
    runs: z.boolean(),
    /** The last change that the centre made, if any. `trying`: it is not known yet whether the camera runs with it. */
    last: z
      .object({
        revision: revisionSchema,
        state: z.enum(['trying', 'applied', 'rolled-back']),
        atMs: epochMsSchema,
        /** Of the text that it brought. */
        hash: sha256Schema,
        problems: problemsSchema,
      })
      .optional(),
  }),
  z.object({
    name: z.literal('set-configuration'),
    camera: slugSchema,
    revision: revisionSchema,
    /** `valid`: it was only checked. */
    state: z.enum(['applied', 'valid']),
    /** Of the text that is in the file now. */
    hash: sha256Schema,
    /** Whether pictures came again and were analysed; false: they did not come before either. */
    live: z.boolean(),
    /** Warnings. */
    problems: problemsSchema,
  }),
  z.object({
    name: z.literal('reload'),
    restarted: z.array(slugSchema).max(1000),
    added: z.array(slugSchema).max(1000),
    removed: z.array(slugSchema).max(1000),
    /** Sections of the box's own file that were changed and wait for a restart of the agent. */
    needRestart: z.array(z.string().max(100)).max(100),
  }),
  z.object({
    name: z.literal('trajectories'),
    fromMs: epochMsSchema,
    toMs: epochMsSchema,
    /** Size that the coordinates refer to: that of the camera's configuration. */
    picture: sizeSchema,
    tracks: z
      .array(
        z.object({
          track: z.int().min(1),
          roadUser: roadUserSchema,
          /** `[x, y, ms since fromMs]` of the middle of the lower edge of the box, thinned out, oldest first. */
          points: z.array(z.tuple([z.number(), z.number(), z.number()])).max(10_000),
          /** The last box. */
          box: boxSchema,
        }),
      )
      .max(10_000),
  }),
  z.object({
    name: z.literal('slit-scan'),
    camera: slugSchema,
    line: slugSchema,
    /** Pixels that a frame is wide now; in older pieces it may have been another number. */
    columns: z.int().min(1).max(64),
    /** As the line is now: names of its two ways, and its lanes from `from` to `to`, each until that share of the line. */
    directions: z.object({ toLeft: slugSchema, toRight: slugSchema }),
    lanes: z
      .array(z.object({ lane: slugSchema, until: shareSchema, direction: slugSchema.optional() }))
      .max(100),
    /** Those that have a frame in the time asked for, whole, oldest first, as many as fit. */
    pieces: z.array(slitScanPieceSchema).max(1000),
    /** Ask again from there on; null: that was all. */
    nextMs: epochMsSchema.nullable(),
    /** First and last frame that the box has of this line; null: none. */
    oldestMs: epochMsSchema.nullable(),
    newestMs: epochMsSchema.nullable(),
  }),
]);
export type CommandResult = z.infer<typeof commandResultSchema>;
export type ResultOf<N extends CommandName> = Extract<CommandResult, { name: N }>;

export const replySchema = z
  .object({
    v: versionSchema,
    id: idSchema,
    agent: slugSchema,
    /** By the agent's clock. */
    atMs: epochMsSchema,
    ok: z.boolean(),
    /** When `ok`. */
    result: commandResultSchema.optional(),
    /** When not `ok`. */
    code: z.enum(REFUSALS).catch('failed').optional(),
    /** What went wrong and what to do, when not `ok`. */
    problems: problemsSchema.optional(),
  })
  .refine(({ ok, result }) => ok === (result !== undefined), {
    path: ['result'],
    error: 'expected a result in a reply that is ok, and in no other',
  });

export type Reply = z.infer<typeof replySchema>;

/** Whether a text is the placeholder of a secret in a YAML text: `{hidden: 0123456789abcdef}`. */
export function isHiddenSecret(value: unknown): value is { readonly hidden: string } {
  return typeof value === 'object' && value !== null && 'hidden' in value && typeof value.hidden === 'string';
}
