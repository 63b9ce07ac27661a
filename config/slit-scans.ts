// Slit scans: pictures of the counting lines over time, against which every passage can be checked. Which cameras make them,
// and where their box keeps them.

import { z } from 'zod';
import { durationSchema, pathSchema, section } from './sections.ts';

export type CameraSlitScansConfig = z.output<typeof cameraSlitScansSchema>;
export type SlitScanStoreConfig = z.output<typeof slitScanStoreSchema>;

/** Of one camera. */
export const cameraSlitScansSchema = section({
  enabled: z
    .boolean()
    .default(false)
    .describe("Whether slit scans of this camera's lines are kept on the box. Default false."),
  columns: z
    .int()
    .min(1)
    .max(16)
    .default(6)
    .describe(
      'Pixels that each analysed picture adds to a slit scan, 1 to 16. Default 6. More for few pictures a second or fast roads; the disk use grows with it.',
    ),
});

/** Of the box. */
export const slitScanStoreSchema = section({
  directory: pathSchema
    .default('./data/slit-scans')
    .describe('Folder for slit scans. Default ./data/slit-scans.'),
  maxMiB: z
    .int()
    .min(16)
    .max(16_777_216)
    .default(1024)
    .describe('Most it may hold, MiB, 16 to 16777216; the oldest hours go first. Default 1024.'),
  maxAgeDays: durationSchema('d', { min: 0.05, max: 3650 })
    .default(7)
    .describe('Older ones are deleted, days. Default 7.'),
  minFreeMiB: z
    .int()
    .min(0)
    .max(16_777_216)
    .default(1024)
    .describe(
      'Left free on the disk for everything else, MiB, 0 to 16777216: the oldest hours go for it, and nothing is written where that is not enough. Default 1024.',
    ),
});
