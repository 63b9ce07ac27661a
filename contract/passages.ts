// One road user crossed one counting line, once.

import { z } from 'zod';
import { epochMsSchema, shareSchema, slugSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

export const passageSchema = z.object({
  type: z.literal('passage'),
  camera: slugSchema,
  line: slugSchema,
  /** The line's own name for the way it was crossed. */
  direction: slugSchema,
  lane: slugSchema.optional(),
  roadUser: roadUserSchema,
  /** Share of the track's class votes that `roadUser` got. */
  roadUserShare: shareSchema,
  /** Mean detection score of the track around the crossing. */
  confidence: shareSchema,
  /** Interpolated moment at which the anchor point was on the line, UTC. */
  atMs: epochMsSchema,
  /** Track id, unique within the agent's run; for looking into one vehicle, not an identity of a person. */
  track: z.int().min(1),
  speedKmh: z.number().min(0).max(400).optional(),
  /**
   * Seconds since the vehicle ahead crossed in the same lane, or in the same direction where there are no lanes. Absent
   * when nobody is known to be ahead: the first one, and the first after time that was not observed.
   */
  headwayS: z.number().min(0).optional(),
  /** Seconds between its arrival at the line and the moment the one ahead had left it; 0 when side by side. */
  gapS: z.number().min(0).optional(),
});

export type Passage = z.infer<typeof passageSchema>;
