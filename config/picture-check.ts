// Faults of the camera that show in its connection and its pictures: which of them are told of, and how soon.

import { z } from 'zod';
import { durationSchema, section } from './sections.ts';

export type PictureCheckConfig = z.output<typeof pictureCheckSchema>;

const faultSchema = (what: string, afterS: number) =>
  section({
    enabled: z.boolean().default(true).describe('Whether it is looked for. Default true.'),
    afterS: durationSchema('s', { min: 2, max: 3600 })
      .default(afterS)
      .describe(`How long it has to last before it is an incident, seconds, 2 to 3600. Default ${afterS}.`),
  })
    .prefault({})
    .describe(what);

/** The defaults are those of `edge-agent/analytics/camera-faults.ts`; a test compares the two. */
export const pictureCheckSchema = section({
  enabled: z.boolean().default(true).describe('Whether faults of the camera are looked for. Default true.'),
  offline: faultSchema('No pictures come, or none that can be read.', 5),
  frozen: faultSchema('All movement in the picture stops at once.', 6),
  black: faultSchema('Nothing is to be seen, not even lights.', 5),
  blurred: faultSchema('Edges are softer than they used to be.', 7),
  obscured: faultSchema('A large part of the picture is covered.', 7),
  moved: faultSchema('The camera looks elsewhere than it used to: lines and calibration no longer fit.', 7),
});
