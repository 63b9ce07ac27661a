// How well a camera counts, as measured against somebody who watched: what the interval around a count stands on.

import { z } from 'zod';
import { countSchema } from './identifiers.ts';

export const accuracySchema = z
  .object({
    /** Road users that really crossed while the camera was compared with a manual count. */
    of: countSchema.min(1),
    /** Those of them that were counted, each once: `found / of` is the recall. */
    found: countSchema.min(1),
    /** All that were counted in that time: `found / counted` is the precision. Absent: nothing was counted wrongly. */
    counted: countSchema.min(1).optional(),
  })
  .refine(({ found, of }) => found <= of, { path: ['found'], error: 'expected at most of' })
  .refine(({ found, counted }) => counted === undefined || found <= counted, {
    path: ['counted'],
    error: 'expected at least found',
  });

export type Accuracy = z.infer<typeof accuracySchema>;

export function isSameAccuracy(a: Accuracy, b: Accuracy): boolean {
  return a.found === b.found && a.of === b.of && a.counted === b.counted;
}
