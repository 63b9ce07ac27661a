// How an agent fares: sent every few seconds, not kept by the broker, a lost one does no harm.

import { z } from 'zod';
import { countSchema, epochMsSchema, shareSchema, slugSchema, versionSchema } from './identifiers.ts';

export const cameraHealthSchema = z.object({
  camera: slugSchema,
  /** Analysed frames a second over the period since the previous report. */
  fps: z.number().min(0),
  /** In that period. */
  framesAnalysed: countSchema,
  framesDropped: countSchema,
  /** Since the agent started. */
  reconnects: countSchema,
  /** From the moment a frame was read to its events, median and 95th percentile of the period. */
  latencyMs: z.object({ p50: z.number().min(0), p95: z.number().min(0) }).optional(),
  inferenceMs: z.number().min(0).optional(),
});

export type CameraHealth = z.infer<typeof cameraHealthSchema>;

export const healthSchema = z.object({
  v: versionSchema,
  site: slugSchema,
  agent: slugSchema,
  atMs: epochMsSchema,
  uptimeS: z.number().min(0),
  cameras: z.array(cameraHealthSchema).max(1000),
  outbox: z.object({
    batches: countSchema,
    bytes: countSchema,
    oldestMs: epochMsSchema.optional(),
    dropped: countSchema,
  }),
  /** Share of all cores used by the agent and its children over the period. */
  cpu: shareSchema.optional(),
  rssBytes: countSchema,
  loadAverage: z.number().min(0).optional(),
  temperatureC: z.number().optional(),
  /** Agent clock minus collector clock, from the last acknowledgement; half the round trip is its error. */
  clockOffsetMs: z.number().optional(),
});

export type Health = z.infer<typeof healthSchema>;
