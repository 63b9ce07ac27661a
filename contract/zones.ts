// What happened in one zone of the picture in one interval.

import { z } from 'zod';
import { checkInterval, intervalShape } from './flow.ts';
import { countSchema, shareSchema, slugSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

/** A mean over weighted times may come out above the most by the rounding of sums. */
const ROUNDING = 1e-6;

export const zoneSchema = z
  .object({
    type: z.literal('zone'),
    ...intervalShape,
    zone: slugSchema,
    /** Over the zone's edge, or over the picture's edge inside of the zone. */
    entries: z.partialRecord(roadUserSchema, countSchema),
    exits: z.partialRecord(roadUserSchema, countSchema),
    /**
     * Stays that began or ended unseen inside of the zone: neither entry nor exit. Who is there when watching begins is
     * none of the three. Present at the end = present at the beginning + entries + appeared - exits - lost.
     */
    appeared: countSchema.optional(),
    lost: countSchema.optional(),
    /** Road users present: mean over the observed time, and the most at once. */
    presentMean: z.number().min(0),
    presentMax: countSchema,
    /** Share of the observed time for which a road user was, at least partly, on the zone. */
    timeOccupancy: shareSchema,
    /** Mean share of the zone's area that was covered; on the ground where the camera is calibrated. */
    spaceOccupancy: shareSchema.optional(),
    /** Sum of the stays that ended in the interval, and how many ended; only those seen from entry to exit. */
    dwell: z.object({ n: countSchema, sumS: z.number().min(0) }).optional(),
    /** Longest queue of the interval; `truncated` when its tail reached the edge of what the camera sees. */
    queue: z
      .object({ maxVehicles: countSchema, maxM: z.number().min(0).optional(), truncated: z.boolean() })
      .optional(),
  })
  .superRefine(checkInterval)
  .refine(({ presentMean, presentMax }) => presentMean <= presentMax + ROUNDING, {
    path: ['presentMean'],
    error: 'expected at most presentMax',
  });

export type Zone = z.infer<typeof zoneSchema>;
