// Pictures and clips of incidents: which of them a camera makes, and where its box keeps them.

import { z } from 'zod';
import { INCIDENT_KINDS } from '../contract/index.ts';
import { durationSchema, pathSchema, section } from './sections.ts';

export type CameraEvidenceConfig = z.output<typeof cameraEvidenceSchema>;
export type EvidenceStoreConfig = z.output<typeof evidenceStoreSchema>;

/** Of one camera. */
export const cameraEvidenceSchema = section({
  enabled: z
    .boolean()
    .default(false)
    .describe("Whether pictures and clips of this camera's incidents are kept on the box. Default false."),
  snapshots: z
    .boolean()
    .default(true)
    .describe('Whether there is a picture of each, with its boxes drawn. Default true.'),
  clips: z
    .boolean()
    .default(true)
    .describe("Whether there is a clip of each, the camera's own video, never blurred. Default true."),
  blur: z
    .boolean()
    .default(true)
    .describe('Whether faces and number plates are hidden in pictures. Default true.'),
  preRollS: durationSchema('s', { min: 0, max: 300 })
    .default(10)
    .describe('How long before its onset the clip begins, seconds, 0 to 300. Default 10.'),
  postRollS: durationSchema('s', { min: 0, max: 300 })
    .default(10)
    .describe('How long after the alarm the clip ends, seconds, 0 to 300. Default 10.'),
  ring: section({
    seconds: durationSchema('s', { min: 5, max: 900 })
      .default(60)
      .describe(
        "How long the camera's video is kept for clips to be cut from it, seconds, 5 to 900. Default 60.",
      ),
    maxMiB: z
      .int()
      .min(1)
      .max(65_536)
      .default(48)
      .describe('Most that it may take, MiB, 1 to 65536; then it is shorter. Default 48: 100 s at 4 Mbit/s.'),
    directory: pathSchema
      .optional()
      .describe(
        'Folder for it instead of the memory, for long rings. Flash wears: 4 Mbit/s are 43 GB a day.',
      ),
  })
    .prefault({})
    .describe("The camera's own video of the last seconds, in memory."),
  kinds: z
    .array(z.enum(INCIDENT_KINDS))
    .max(INCIDENT_KINDS.length)
    .default(INCIDENT_KINDS.filter((kind) => kind !== 'speeding'))
    .describe(
      'Kinds of incidents that are kept. Default: all but speeding, which would push out the others.',
    ),
}).refine(({ clips, preRollS, postRollS, ring }) => !clips || ring.seconds >= preRollS + postRollS, {
  path: ['ring', 'seconds'],
  error: ({ input }) => {
    const { preRollS = 0, postRollS = 0 } = input as { preRollS?: number; postRollS?: number };
    return `the ring is shorter than a clip; expected preRollS + postRollS at least, ${preRollS + postRollS} s`;
  },
});

/** Of the box. */
export const evidenceStoreSchema = section({
  directory: pathSchema
    .default('./data/evidence')
    .describe('Folder for pictures and clips of incidents. Default ./data/evidence.'),
  maxMiB: z
    .int()
    .min(1)
    .max(16_777_216)
    .default(2048)
    .describe('Most it may hold, MiB, 1 to 16777216; the oldest go first. Default 2048.'),
  maxAgeDays: durationSchema('d', { min: 0.01, max: 3650 })
    .default(30)
    .describe('Older ones are deleted, days. Default 30.'),
  minFreeMiB: z
    .int()
    .min(0)
    .max(16_777_216)
    .default(1024)
    .describe('Left free on the disk for everything else, MiB, 0 to 16777216. Default 1024.'),
});
