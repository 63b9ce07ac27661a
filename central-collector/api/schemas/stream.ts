// The live stream: CloudEvents 1.0 over SSE and WebSocket, and to webhooks.

import { z } from 'zod';
import {
  flowSchema,
  incidentSchema,
  journeySchema,
  passageSchema,
  slugSchema,
  zoneSchema,
} from '../../../contract/index.ts';
import { cameraIdSchema, listOf, timeSchema } from './common.ts';
import { incidentAnswer, SEVERITIES, VERDICTS } from './incidents.ts';
import { boxAnswer, cameraAnswer, tileSchema } from './places.ts';

/** What `data` is, by the last part of `type`. Those marked * are of the moment: without id, never sent again. */
export const STREAM_DATA = {
  passage: passageSchema,
  journey: journeySchema,
  flow: flowSchema,
  zone: zoneSchema,
  /** What the camera says, as it says it; with the operators' view of it. */
  incident: z.object({ event: incidentSchema, incident: incidentAnswer }),
  verdict: z.object({
    verdict: z.enum(VERDICTS),
    by: z.string(),
    note: z.string().nullable(),
    incident: incidentAnswer,
  }),
  box: boxAnswer,
  camera: cameraAnswer,
  /** * What the overview shows of a camera. */
  tile: tileSchema,
  /** * First of a connection. */
  hello: z.object({ now: timeSchema, newestId: z.string().nullable(), heartbeatS: z.number() }),
  /** * Every two seconds: without it a screen must say that it is cut off. */
  heartbeat: z.object({ now: timeSchema, problems: z.array(z.string()) }),
  /** * Events between two ids are not there any more: what is shown must be asked for anew. */
  gap: z.object({ afterId: z.string(), firstId: z.string().nullable(), why: z.string() }),
  /** * The last word to a client that reads too slowly. */
  slow: z.object({ why: z.string() }),
} as const;

export type StreamKind = keyof typeof STREAM_DATA;
export const STREAM_KINDS = Object.keys(STREAM_DATA) as [StreamKind, ...StreamKind[]];
export const LASTING_KINDS = [
  'passage',
  'journey',
  'flow',
  'zone',
  'incident',
  'verdict',
  'box',
  'camera',
] as const satisfies readonly StreamKind[];

/** CloudEvents 1.0 in JSON (cloudevents.io). */
export type StreamEvent<K extends StreamKind = StreamKind> = {
  [Kind in K]: {
    readonly specversion: '1.0';
    /** Rises with the order of events; opaque otherwise. Without one (`''` is never used): `*` above, then it is `-`. */
    readonly id: string;
    /** `/ngatu/{site}/{agent}`, or `/ngatu/centre`. */
    readonly source: string;
    readonly type: `ngatu.${Kind}.v1`;
    /** Camera `site/agent/camera`, where it is of one. */
    readonly subject?: string;
    readonly time: string;
    readonly datacontenttype: 'application/json';
    /** It came more than a minute after it happened, from a box that was cut off: list it, do not ring or animate it. */
    readonly late?: true;
    readonly data: z.infer<(typeof STREAM_DATA)[Kind]>;
  };
}[K];

/** GET /events (SSE) and /events/ws (WebSocket). */
export const streamQuery = z.strictObject({
  /** Kinds of event. Default: all but `passage`, `journey` and `zone`. */
  type: listOf(z.enum(STREAM_KINDS), STREAM_KINDS.length).optional(),
  site: listOf(slugSchema, 1000).optional(),
  camera: listOf(cameraIdSchema, 1000).optional(),
  /** Least severity of incidents. */
  severity: z.enum(SEVERITIES).optional(),
  /** Go on after this event, as `Last-Event-ID` says where there are headers. */
  lastEventId: z.string().max(100).optional(),
});
export type StreamQuery = z.output<typeof streamQuery>;

export const webhookBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  url: z.url({ protocol: /^https?$/ }),
  type: z.array(z.enum(LASTING_KINDS)).min(1),
  site: z.array(slugSchema).max(1000).default([]),
  camera: z.array(cameraIdSchema).max(1000).default([]),
  severity: z.enum(SEVERITIES).exactOptional(),
  /** Nothing is sent until it is false again; what happens meanwhile waits for as long as the log holds it. */
  paused: z.boolean().default(false),
});
export const webhookAnswer = webhookBody.extend({
  id: z.string(),
  createdAt: timeSchema,
  createdBy: z.string(),
  /** `paused`: a person wants it so; `off`: its receiver wants nothing any more (410). */
  state: z.enum(['idle', 'delivering', 'retrying', 'paused', 'off']),
  problem: z.string().nullable(),
  lastDeliveredAt: timeSchema.nullable(),
  waiting: z.int(),
  deadLetters: z.int(),
});
export type WebhookAnswer = z.infer<typeof webhookAnswer>;
/** The secret that signs deliveries, told once. */
export const newWebhookAnswer = webhookAnswer.extend({ secret: z.string() });

export const webhooksAnswer = z.object({ webhooks: z.array(webhookAnswer) });
export const webhookParams = z.strictObject({ webhook: z.string().regex(/^[0-9a-f]{12}$/) });

/** An event that a webhook's receiver did not take, however often it was offered. */
export const deadLetterAnswer = z.object({
  /** Of the event. */
  id: z.string(),
  type: z.string(),
  subject: z.string().nullable(),
  /** When it was given up. */
  at: timeSchema,
  attempts: z.int(),
  why: z.string(),
});
export type DeadLetterAnswer = z.infer<typeof deadLetterAnswer>;
/** Oldest first. */
export const deadLettersAnswer = z.object({ deadLetters: z.array(deadLetterAnswer) });
export const redeliverBody = z.strictObject({
  /** Ids of events. Default: all that were given up. */
  ids: z.array(z.string().max(100)).min(1).max(1000).exactOptional(),
});
/** Ids of events. */
export const discardQuery = z.strictObject({ id: listOf(z.string().max(100), 1000).optional() });
/** What a receiver said to a heartbeat, which is sent to find out whether it takes anything. */
export const triedAnswer = z.object({
  taken: z.boolean(),
  /** Null when it was taken. */
  why: z.string().nullable(),
  tookMs: z.int(),
});
/** How many were taken now. */
export const redeliveredAnswer = z.object({ delivered: z.int(), failed: z.int() });
