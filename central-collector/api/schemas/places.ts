// Sites, cameras and boxes: where they are and how they fare.

import { z } from 'zod';
import { slugSchema } from '../../../contract/index.ts';
import { cameraIdSchema, classCountsSchema, timeSchema } from './common.ts';

/** WGS 84, degrees. */
export const positionSchema = z.strictObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
});

export type Position = z.infer<typeof positionSchema>;

/** GET /centre: what pages need to know before anything else. */
export const centreAnswer = z.object({
  /** For people: "Hải Phòng". */
  name: z.string(),
  version: z.string(),
  timeZone: z.string(),
  /** Of somebody who has chosen none. */
  language: z.enum(['vi', 'en']),
  /** Template of a tile server, `https://tiles.example.org/{z}/{x}/{y}.png`; null: the own vector map alone. */
  tiles: z.string().nullable(),
  now: timeSchema,
});
export type CentreAnswer = z.infer<typeof centreAnswer>;

export const CAMERA_STATES = ['live', 'starting', 'fault', 'offline', 'unknown'] as const;

export const cameraAnswer = z.object({
  /** `site/agent/camera`. */
  id: cameraIdSchema,
  site: slugSchema,
  agent: slugSchema,
  camera: slugSchema,
  /** For people; null when its file gives none. */
  name: z.string().nullable(),
  /** `offline`: its box is; `unknown`: no word of its box since the centre started. */
  state: z.enum(CAMERA_STATES),
  since: timeSchema.nullable(),
  fault: z.string().nullable(),
  detail: z.string().nullable(),
  /** Share of the last hour that was observed. */
  coverage: z.number().min(0).max(1).nullable(),
  lastEventAt: timeSchema.nullable(),
  position: positionSchema.nullable(),
  picture: z.object({ width: z.int(), height: z.int() }).nullable(),
  lines: z.array(z.object({ line: slugSchema, directions: z.array(slugSchema) })),
  zones: z.array(slugSchema),
});
export type CameraAnswer = z.infer<typeof cameraAnswer>;
export const camerasAnswer = z.object({ cameras: z.array(cameraAnswer), next: z.string().nullable() });

export const siteAnswer = z.object({
  site: slugSchema,
  /** For people; the slug where nobody gave one. */
  name: z.string(),
  position: positionSchema.nullable(),
  cameras: z.object({ total: z.int(), live: z.int(), fault: z.int(), offline: z.int() }),
  activeIncidents: z.int(),
  worstSeverity: z.enum(['informational', 'low', 'medium', 'high', 'critical']).nullable(),
});
export type SiteAnswer = z.infer<typeof siteAnswer>;
export const sitesAnswer = z.object({ sites: z.array(siteAnswer) });

/** PUT /sites/:site and /cameras/:site/:agent/:camera/place */
export const siteBody = z.strictObject({
  name: z.string().trim().min(1).max(200).exactOptional(),
  position: positionSchema.nullable().exactOptional(),
});
export type SiteBody = z.infer<typeof siteBody>;
export const placeBody = z.strictObject({ position: positionSchema.nullable() });

/** GET /sites/:site */
export const siteParams = z.strictObject({ site: slugSchema });

/** Places of /cameras and /boxes, in the order of their names. */
export const placesQuery = z.strictObject({
  site: slugSchema.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  /** `next` of the page before. */
  cursor: z.string().max(300).optional(),
});

export const boxAnswer = z.object({
  site: slugSchema,
  agent: slugSchema,
  state: z.enum(['online', 'offline', 'unknown']),
  /** `lost`: the broker noticed; `stopped`: the agent said goodbye. */
  reason: z.enum(['lost', 'stopped']).nullable(),
  since: timeSchema.nullable(),
  version: z.string().nullable(),
  problem: z.string().nullable(),
  startedAt: timeSchema.nullable(),
  /** Of the last report; null without one since the centre started. */
  health: z
    .object({
      at: timeSchema,
      uptimeS: z.number(),
      cpu: z.number().nullable(),
      rssBytes: z.number(),
      loadAverage: z.number().nullable(),
      temperatureC: z.number().nullable(),
      clockOffsetMs: z.number().nullable(),
      outbox: z.object({
        batches: z.int(),
        bytes: z.int(),
        oldestAt: timeSchema.nullable(),
        dropped: z.int(),
      }),
      cameras: z.array(
        z.object({
          camera: slugSchema,
          fps: z.number(),
          framesAnalysed: z.int(),
          framesDropped: z.int(),
          reconnects: z.int(),
          latencyP95Ms: z.number().nullable(),
        }),
      ),
    })
    .nullable(),
  /** Batches that are in no database and were not given up. */
  batchesMissing: z.int(),
  lastBatchAt: timeSchema.nullable(),
});
export type BoxAnswer = z.infer<typeof boxAnswer>;
export const boxesAnswer = z.object({ boxes: z.array(boxAnswer), next: z.string().nullable() });

/**
 * What the overview shows of a camera. Made by the centre, so that every screen shows the same numbers; sent again with
 * each change, at most once a second.
 */
export const tileSchema = z.object({
  camera: cameraIdSchema,
  name: z.string().nullable(),
  state: z.enum(CAMERA_STATES),
  detail: z.string().nullable(),
  /** Made at. */
  at: timeSchema,
  /** Up to when the camera is known to have watched: the end of its last interval or its last passage. */
  freshUntil: timeSchema.nullable(),
  /** Length of the window that the numbers below are of, ending now; min. */
  windowMin: z.int(),
  /** Share of the window that was observed; null: nothing is known of it. */
  coverage: z.number().min(0).max(1).nullable(),
  /** By line and direction; null: not observed at all. */
  flows: z
    .array(
      z.object({
        line: slugSchema,
        direction: slugSchema,
        counts: classCountsSchema,
        total: z.int(),
        perHour: z.number().nullable(),
        meanSpeedKmh: z.number().nullable(),
        levelOfService: z.enum(['A', 'B', 'C', 'D', 'E', 'F']).nullable(),
      }),
    )
    .nullable(),
  /** Totals of the last minutes, oldest first, for a sparkline; null: not observed. */
  minutes: z.array(z.int().nullable()),
  activeIncidents: z.int(),
});
export type Tile = z.infer<typeof tileSchema>;
export const tilesAnswer = z.object({
  now: timeSchema,
  /** Pass it on to the stream: what happened after these tiles. */
  lastEventId: z.string().nullable(),
  tiles: z.array(tileSchema),
});
export type TilesAnswer = z.infer<typeof tilesAnswer>;

const count = z.int().min(0);
const ranges = z.array(z.tuple([z.int(), z.int()]));

/** GET /ledger: which batches of each agent's outbox are stored, missing and given up. */
export const ledgerAnswer = z.object({
  agents: z.array(
    z.object({
      site: slugSchema,
      agent: slugSchema,
      /** A life of the outbox. */
      epoch: z.int(),
      stored: count,
      ranges,
      /** Neither stored nor given up: on the way, or lost. */
      missing: count,
      gaps: ranges,
      droppedByAgent: count,
      droppedRanges: ranges,
      droppedEvents: count,
      received: count,
      duplicates: count,
      late: count,
      maxDelayMs: z.number(),
      rejectedEvents: count,
      lastSeq: z.int().exactOptional(),
      lastStoredAtMs: z.number().exactOptional(),
      clockOffsetMs: z.number().exactOptional(),
      forgotten: count,
    }),
  ),
});
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;

/** GET /health: of the collector itself. Names of numbers are those of /metrics, without `ngatu_collector_`. */
export const healthAnswer = z.object({
  ok: z.boolean(),
  /** One sentence for each thing that is wrong. */
  problems: z.array(z.string()),
  now: timeSchema,
  /** Counters since the start. */
  totals: z.record(z.string(), z.number()),
  /** Momentary values. */
  gauges: z.record(z.string(), z.number()),
  /** Messages and events set aside since the start, by reason. */
  quarantined: z.record(z.string(), z.number()),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;
