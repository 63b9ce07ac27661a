// An incident has a life: every message is a full snapshot of one incident, ordered by its version.

import { z } from 'zod';
import { boxSchema, countSchema, epochMsSchema, shareSchema, slugSchema } from './identifiers.ts';
import { roadUserSchema } from './road-users.ts';

export const INCIDENT_KINDS = [
  'stopped-vehicle',
  'wrong-way',
  'pedestrian',
  'cyclist',
  'congestion',
  'queue',
  'slow-traffic',
  'speeding',
  'debris',
  'crash',
  'camera-offline',
  'camera-frozen',
  'camera-black',
  'camera-blurred',
  'camera-obscured',
  'camera-moved',
] as const;

/** A file in the evidence store of the box, relative to its folder; unchanged as long as its hash is the same. */
const fileShape = {
  file: z.string().min(1).max(300),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 hash, 64 hexadecimal digits'),
  bytes: countSchema,
};

/** What the box keeps of an incident. The files themselves stay there. */
export const incidentEvidenceSchema = z.object({
  /** JPEG with the boxes drawn, of the moment `atMs`. */
  snapshot: z
    .object({
      ...fileShape,
      width: z.int().min(1),
      height: z.int().min(1),
      atMs: epochMsSchema,
      /** Whether faces and number plates are hidden in it. */
      blurred: z.boolean(),
      /** `analysed`: the camera's own picture was not to be had, this is the detector's small one. */
      from: z.enum(['stream', 'analysed']),
    })
    .optional(),
  /** MP4 of the camera's own video, not blurred. */
  clip: z.object({ ...fileShape, fromMs: epochMsSchema, toMs: epochMsSchema }).optional(),
});

export type IncidentEvidence = z.infer<typeof incidentEvidenceSchema>;

/** Stored as one text, of which InfluxDB takes 64 KiB. */
const MAX_MEASURES = 100;

export const incidentSchema = z
  .object({
    type: z.literal('incident'),
    /** One id for the whole life, made by the agent. */
    id: z.string().min(1).max(100),
    /** Grows by one with each message; the highest wins, whatever arrives last. */
    version: z.int().min(1),
    camera: slugSchema,
    kind: z.enum(INCIDENT_KINDS),
    state: z.enum(['detected', 'updated', 'confirmed', 'rejected', 'cleared']),
    severity: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
    /** `certain` once an operator or a second sensor confirmed it (DATEX II probabilityOfOccurrence). */
    probability: z.enum(['certain', 'probable', 'riskOf']),
    confidence: shareSchema,
    /** Estimated onset, moment of the alarm, moment of this version, and end: kept apart so that time to detect is measurable. */
    startedAtMs: epochMsSchema,
    detectedAtMs: epochMsSchema,
    updatedAtMs: epochMsSchema,
    clearedAtMs: epochMsSchema.optional(),
    region: slugSchema.optional(),
    lane: slugSchema.optional(),
    roadUser: roadUserSchema.optional(),
    tracks: z.array(z.int().min(1)).max(100).default([]),
    box: boxSchema.optional(),
    /** Measured values that led to the alarm, named with their unit: `durationS`, `distanceM`, `speedKmh`. */
    measures: z
      .record(z.string().max(40), z.number())
      .refine((measures) => Object.keys(measures).length <= MAX_MEASURES, {
        error: `expected at most ${MAX_MEASURES} measures`,
      })
      .default({}),
    /** Comes with a later version than the first: pictures take a moment, a clip its post-roll. */
    evidence: incidentEvidenceSchema.optional(),
  })
  // An operator may confirm or reject what is already over: those states go with an end and without.
  .refine(({ state, clearedAtMs }) => state !== 'cleared' || clearedAtMs !== undefined, {
    path: ['clearedAtMs'],
    error: 'expected the moment of the end, as the state is cleared',
  })
  .refine(({ state, clearedAtMs }) => clearedAtMs === undefined || !['detected', 'updated'].includes(state), {
    path: ['clearedAtMs'],
    error: 'expected none while the incident lasts',
  });

export type Incident = z.infer<typeof incidentSchema>;
