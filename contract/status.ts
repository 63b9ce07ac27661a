// Whether an agent and its cameras are there: retained on the broker, with a last will that says offline.

import { z } from 'zod';
import { epochMsSchema, slugSchema, versionSchema } from './identifiers.ts';

/** Why a camera gives no usable picture. The word is for machines; `detail` of the status is for people. */
export const CAMERA_FAULTS = [
  'unreachable',
  'refused',
  'unauthorised',
  'not-found',
  'silent',
  'frozen',
  'undecodable',
  'resolution-changed',
  'ended',
  'unsupported',
  'failed',
] as const;

export const cameraFaultSchema = z.enum(CAMERA_FAULTS);

export type CameraFault = z.infer<typeof cameraFaultSchema>;

export const cameraStatusSchema = z
  .object({
    camera: slugSchema,
    name: z.string().max(200).optional(),
    /** `starting` until the first frame, `live` while frames come, `fault` from a fault until the next good frame. */
    state: z.enum(['starting', 'live', 'fault']),
    /** Why, in state `fault`. A word that a newer agent uses and we do not know reads as `failed`. */
    fault: cameraFaultSchema.catch('failed').optional(),
    /** A sentence for people; never holds credentials. */
    detail: z.string().max(500).optional(),
    sinceMs: epochMsSchema,
    /** Picture size in pixels, known once the camera is live. */
    width: z.int().positive().optional(),
    height: z.int().positive().optional(),
    model: z.string().max(100).optional(),
  })
  .refine(({ state, fault }) => (state === 'fault') === (fault !== undefined), {
    path: ['fault'],
    error: 'expected a fault in state fault, and in no other',
  });

export type CameraStatus = z.infer<typeof cameraStatusSchema>;

export const statusSchema = z
  .object({
    v: versionSchema,
    site: slugSchema,
    agent: slugSchema,
    state: z.enum(['online', 'offline']),
    /** Why it is offline: `lost` is the broker's word (last will), `stopped` the agent's own. */
    reason: z.enum(['lost', 'stopped']).optional(),
    atMs: epochMsSchema,
    startedAtMs: epochMsSchema,
    version: z.string().max(50),
    cameras: z.array(cameraStatusSchema).max(1000),
    /** What the agent itself suffers from, a sentence for people: its outbox on a full disk, say. */
    problem: z.string().max(500).optional(),
  })
  .refine(({ state, reason }) => state === 'offline' || reason === undefined, {
    path: ['reason'],
    error: 'expected a reason only for offline',
  });

export type Status = z.infer<typeof statusSchema>;
