// Incidents as the API and the stream tell them.

import type { z } from 'zod';
import type { IncidentAnswer, incidentDetailAnswer } from '../api/schemas/incidents.ts';
import { localIso } from '../local-time.ts';
import type { IncidentRecord } from './incident-record.ts';
import { type BoxStanding, unconfirmedOf } from './unconfirmed.ts';

export type IncidentDetail = z.infer<typeof incidentDetailAnswer>;

export type Telling = {
  /** Of the box of `site/agent/camera`. Default: nothing is known of any. */
  readonly standingOf?: (camera: string) => BoxStanding | undefined;
  /** Of the centre; answers are in that of the request where it names one. */
  readonly timeZone: string;
  /** For people; null where its file gives none. By `site/agent/camera`. */
  readonly cameraName: (camera: string) => string | null;
  /** Size of the camera's own picture, where it is known. */
  readonly pictureOf: (camera: string) => { readonly width: number; readonly height: number } | null;
};

export function incidentAnswerOf(
  record: IncidentRecord,
  telling: Telling,
  timeZone = telling.timeZone,
): IncidentAnswer {
  const { event, evidence, view } = record;
  const time = (atMs: number) => localIso(atMs, timeZone);
  const unconfirmed = unconfirmedOf(record, telling.standingOf?.(record.camera));
  return {
    id: record.id,
    camera: record.camera,
    cameraName: telling.cameraName(record.camera),
    kind: event.kind,
    severity: event.severity,
    state: view.state,
    unconfirmed: unconfirmed && { since: time(unconfirmed.sinceMs), why: unconfirmed.why },
    verdict: view.verdict,
    acknowledged:
      view.acknowledged === null ? null : { by: view.acknowledged.by, at: time(view.acknowledged.atMs) },
    version: event.version,
    confidence: event.confidence,
    startedAt: time(event.startedAtMs),
    detectedAt: time(event.detectedAtMs),
    updatedAt: time(event.updatedAtMs),
    clearedAt: view.clearedAtMs === null ? null : time(view.clearedAtMs),
    clearedBy: view.clearedBy,
    region: event.region ?? null,
    lane: event.lane ?? null,
    roadUser: event.roadUser ?? null,
    box: event.box ?? null,
    measures: event.measures,
    evidence: { snapshot: evidence.snapshot !== undefined, clip: evidence.clip !== undefined },
    notes: view.notes,
  };
}

export function incidentDetailOf(
  record: IncidentRecord,
  telling: Telling,
  { timeZone = telling.timeZone, problem }: { timeZone?: string | undefined; problem: string | null },
): IncidentDetail {
  const { snapshot } = record.evidence;
  const shown = snapshot?.from === 'stream' ? { width: snapshot.width, height: snapshot.height } : null;
  const time = (atMs: number) => localIso(atMs, timeZone);
  const versions = record.versions.map(({ version, atMs, state, severity, measures }) => ({
    atMs,
    entry: { what: 'version' as const, at: time(atMs), version, state, severity, measures },
  }));
  const verdicts = record.verdicts.map(({ atMs, by, verdict, note = null }) => ({
    atMs,
    entry: { what: 'verdict' as const, at: time(atMs), by, verdict, note },
  }));
  return {
    ...incidentAnswerOf(record, telling, timeZone),
    picture: telling.pictureOf(record.camera) ?? shown,
    problem,
    timeline: [...versions, ...verdicts].sort((a, b) => a.atMs - b.atMs).map(({ entry }) => entry),
  };
}
