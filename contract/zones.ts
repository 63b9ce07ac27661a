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
    entries: z.partialRecord(roadUserSchema, countSchema),
    exits: z.partialRecord(roadUserSchema, countSchema),
    /** Road users present: mean over the observed time, and the most at once. */
    presentMean: z.number().min(0),
    presentMax: countSchema,
    /** Share of the observed time for which the zone was occupied. */
    timeOccupancy: shareSchema,
    /** Mean share of the zone's area that was covered. */
    spaceOccupancy: shareSchema.optional(),
    /** Sum of the stays that ended in the interval, and how many ended. */
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
