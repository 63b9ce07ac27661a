// Slit scans: a counting line over time as a picture, with the passages that were counted, so that people can check them.

import { z } from 'zod';
import { roadUserSchema, shareSchema, slugSchema } from '../../../contract/index.ts';
import { cameraIdSchema, momentSchema, timeSchema } from './common.ts';

export const slitScanQuery = z.strictObject({
  line: slugSchema,
  /** Inclusive. */
  from: momentSchema,
  /** Exclusive, at most ten minutes after `from`. */
  to: momentSchema,
});

/** A picture is named by what it shows: the same address is the same picture for ever. */
export const slitScanPictureQuery = z.strictObject({
  line: slugSchema,
  from: timeSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 hash, 64 of 0-9 and a-f'),
});

export const slitScanPassage = z.object({
  at: timeSchema,
  direction: slugSchema,
  lane: slugSchema.nullable(),
  roadUser: roadUserSchema,
  speedKmh: z.number().nullable(),
  track: z.int(),
  /** Where on the line, 0 at its `from`, 1 at its `to`; null where the box does not tell. */
  along: shareSchema.nullable(),
  /** Whether it is in the database, as the city counts it; false: still on its way from the box. Null: not known. */
  stored: z.boolean().nullable(),
});
export type SlitScanPassage = z.infer<typeof slitScanPassage>;

export const slitScanPiece = z.object({
  /** First and last frame. Between the last of one piece and the first of the next nothing was recorded, or one frame's time. */
  from: timeSchema,
  to: timeSchema,
  /** Of the picture, pixels. Each frame is a block of `width / frames.length` columns; the line's `from` is at the top. */
  width: z.int(),
  height: z.int(),
  /** Moment of each block from the left, ms since `from`. */
  frames: z.array(z.int().min(0)),
  /** Address of the JPEG. */
  picture: z.string(),
});
export type SlitScanPiece = z.infer<typeof slitScanPiece>;

/** GET …/slit-scan?line=&from=&to= */
export const slitScanAnswer = z.object({
  camera: cameraIdSchema,
  line: slugSchema,
  from: timeSchema,
  to: timeSchema,
  /** Pixels of a frame in the time axis, as the camera records now. */
  columns: z.int(),
  /** Names of the line's two ways, as the line is now: seen from `from` towards `to`. */
  directions: z.object({ toLeft: slugSchema, toRight: slugSchema }),
  /** From `from` to `to`, each until that share of the line. */
  lanes: z.array(z.object({ lane: slugSchema, until: shareSchema, direction: slugSchema.nullable() })),
  /** Oldest first; the first may begin before `from`, the last end after `to`. */
  pieces: z.array(slitScanPiece),
  passages: z.array(slitScanPassage),
  /** What the box holds of this line; null: nothing yet. */
  held: z.object({ from: timeSchema, to: timeSchema }).nullable(),
  /** Why it is not known what is stored; null when it is. */
  problem: z.string().nullable(),
});
export type SlitScanAnswer = z.infer<typeof slitScanAnswer>;
