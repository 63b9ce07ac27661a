// Incidents as operators see them: what the camera says and what people said about it.

import { z } from 'zod';
import {
  boxSchema,
  INCIDENT_KINDS,
  roadUserSchema,
  shareSchema,
  slugSchema,
} from '../../../contract/index.ts';
import { cameraIdSchema, listOf, momentSchema, timeSchema, timeZoneSchema } from './common.ts';

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export const VERDICTS = ['acknowledge', 'confirm', 'false-alarm', 'clear', 'note'] as const;

/** Made at the centre: agent ids are unique only within their box. `site.agent.id`, as in paths. */
export const incidentIdSchema = z.string().min(5).max(230);
export const incidentParams = z.strictObject({ incident: incidentIdSchema });

const said = z.object({ by: z.string(), at: timeSchema });

/** Why a box does not stand by an incident that it told. */
export const UNCONFIRMED_REASONS = ['box-offline', 'box-restarted', 'camera-gone'] as const;

export const incidentAnswer = z.object({
  id: incidentIdSchema,
  camera: cameraIdSchema,
  cameraName: z.string().nullable(),
  kind: z.enum(INCIDENT_KINDS),
  severity: z.enum(SEVERITIES),
  /** `active` until the camera or an operator clears it, or an operator calls it a false alarm. */
  state: z.enum(['active', 'cleared']),
  /**
   * Of an active one that its box cannot end any more, or not at the moment: it is away, was started anew and knows nothing of
   * it, or has that camera no more. `since`: until then it stood by it. Operators clear it when they know more.
   */
  unconfirmed: z.object({ since: timeSchema, why: z.enum(UNCONFIRMED_REASONS) }).nullable(),
  /** The last word of an operator on whether it is real. */
  verdict: z.enum(['confirmed', 'false-alarm']).nullable(),
  acknowledged: said.nullable(),
  /** Of the camera's last message. */
  version: z.int(),
  confidence: shareSchema,
  startedAt: timeSchema,
  detectedAt: timeSchema,
  updatedAt: timeSchema,
  clearedAt: timeSchema.nullable(),
  /** A user's name, or null when the camera did. */
  clearedBy: z.string().nullable(),
  region: slugSchema.nullable(),
  lane: slugSchema.nullable(),
  roadUser: roadUserSchema.nullable(),
  box: boxSchema.nullable(),
  measures: z.record(z.string(), z.number()),
  evidence: z.object({
    /** There is one on the box; whether it may leave the box shows when it is asked for. */
    snapshot: z.boolean(),
    clip: z.boolean(),
  }),
  notes: z.int(),
});
export type IncidentAnswer = z.infer<typeof incidentAnswer>;

export const incidentsQuery = z.strictObject({
  state: z.enum(['active', 'cleared']).optional(),
  verdict: z.enum(['confirmed', 'false-alarm', 'none']).optional(),
  camera: listOf(cameraIdSchema, 1000).optional(),
  site: slugSchema.optional(),
  kind: listOf(z.enum(INCIDENT_KINDS), INCIDENT_KINDS.length).optional(),
  severity: listOf(z.enum(SEVERITIES), SEVERITIES.length).optional(),
  /** By `detectedAt`, inclusive. Default: 30 days ago. */
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  tz: timeZoneSchema.optional(),
  /** `csv`: all that fit the query, on one page however many; `limit` and `cursor` count for JSON alone. */
  format: z.enum(['json', 'csv']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(400).optional(),
});
export type IncidentsQuery = z.output<typeof incidentsQuery>;

/** What is missing from an answer, and why; null: nothing is. */
const problemText = z.string().nullable();

/** Newest first, by `detectedAt`. A page may hold fewer than `limit` and still have a `next`. */
export const incidentsAnswer = z.object({
  incidents: z.array(incidentAnswer),
  next: z.string().nullable(),
  problem: problemText,
});
export type IncidentsAnswer = z.infer<typeof incidentsAnswer>;

export const incidentDetailAnswer = incidentAnswer.extend({
  /** Size in pixels that `box` refers to; null when not known. */
  picture: z.object({ width: z.int(), height: z.int() }).nullable(),
  problem: problemText,
  /** Oldest first. */
  timeline: z.array(
    z.discriminatedUnion('what', [
      z.object({
        what: z.literal('version'),
        at: timeSchema,
        version: z.int(),
        state: z.string(),
        severity: z.enum(SEVERITIES),
        measures: z.record(z.string(), z.number()),
      }),
      z.object({
        what: z.literal('verdict'),
        at: timeSchema,
        by: z.string(),
        verdict: z.enum(VERDICTS),
        note: z.string().nullable(),
      }),
    ]),
  ),
});
export type IncidentDetailAnswer = z.infer<typeof incidentDetailAnswer>;

/** POST /incidents/:incident/verdicts. A note needs its text. Answers with the incident as it is then. */
export const verdictBody = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    note: z.string().trim().min(1).max(2000).exactOptional(),
    /** Chosen by the caller: sent twice, it is done once. */
    key: z.string().min(8).max(100).exactOptional(),
  })
  .refine(({ verdict, note }) => verdict !== 'note' || note !== undefined, {
    path: ['note'],
    error: 'expected the text of the note',
  });
export type VerdictBody = z.infer<typeof verdictBody>;

/** GET /incidents/statistics: how much the alarms of a camera are worth. */
export const incidentStatisticsQuery = z.strictObject({
  camera: listOf(cameraIdSchema, 1000).optional(),
  site: slugSchema.optional(),
  kind: listOf(z.enum(INCIDENT_KINDS), INCIDENT_KINDS.length).optional(),
  /** By `detectedAt`, inclusive. Default: 30 days ago. */
  from: momentSchema.optional(),
  /** Exclusive. Default: now. */
  to: momentSchema.optional(),
  tz: timeZoneSchema.optional(),
});
export type IncidentStatisticsQuery = z.output<typeof incidentStatisticsQuery>;

export const incidentStatistics = z.object({
  alarms: z.int(),
  confirmed: z.int(),
  falseAlarms: z.int(),
  /** Of those on which somebody gave a verdict, 0 to 1; null when nobody did. */
  falseAlarmShare: shareSchema.nullable(),
  /** Alarms that somebody acknowledged, confirmed, cleared or called false. */
  acknowledged: z.int(),
  /** From the alarm to that, of those that were; null when none was. */
  medianAcknowledgeS: z.number().nullable(),
});

/** By camera and kind, most alarms first. */
export const incidentStatisticsAnswer = z.object({
  from: timeSchema,
  to: timeSchema,
  timeZone: z.string(),
  all: incidentStatistics,
  rows: z.array(
    incidentStatistics.extend({
      camera: cameraIdSchema,
      cameraName: z.string().nullable(),
      kind: z.enum(INCIDENT_KINDS),
    }),
  ),
  problem: problemText,
});
export type IncidentStatisticsAnswer = z.infer<typeof incidentStatisticsAnswer>;
