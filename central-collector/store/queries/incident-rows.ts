// InfluxQL that reads incidents and verdicts, and what its rows are. Whatever goes into a statement goes through
// `influxText`, whatever comes out through the contract's schema: others may write to the database too.

import {
  type AgentAddress,
  INCIDENT_KINDS,
  type Incident,
  incidentSchema,
  slugSchema,
} from '../../../contract/index.ts';
import type { Row } from '../database.ts';
import type { VerdictRow } from '../verdict-points.ts';
import { text as quotedText } from './influxql.ts';

export type StoredIncident = AgentAddress & { readonly event: Incident };

export type IncidentAddress = AgentAddress & { readonly id: string };

/** In one series of the database. */
export type IncidentPlace = IncidentAddress & { readonly camera: string; readonly kind: string };

/** What statistics need of a version. */
export type ToldAlarm = IncidentPlace & {
  readonly kind: Incident['kind'];
  readonly version: number;
  readonly state: string;
  readonly detectedAtMs: number;
};

/** Narrows by tags, which InfluxDB looks up without reading points. */
export type IncidentTags = {
  readonly site?: string | undefined;
  readonly kind?: readonly string[] | undefined;
  /** `site/agent/camera` */
  readonly camera?: readonly string[] | undefined;
};

/** More cameras than that are sorted out by who asks. */
const MAX_CAMERAS = 50;

const VERSION_COLUMNS =
  'site, agent, camera, kind, id, version, state, severity, probability, confidence, started_at_ms, detected_at_ms, cleared_at_ms, region, lane, road_user, tracks, box_x1, box_y1, box_x2, box_y2, measures, snapshot, snapshot_sha256, snapshot_bytes, snapshot_width, snapshot_height, snapshot_at_ms, snapshot_blurred, snapshot_from, clip, clip_sha256, clip_bytes, clip_from_ms, clip_to_ms';

const VERDICT_COLUMNS =
  'site, agent, camera, kind, incident, said, given_by, note, number, version, severity, request_key';

/** Before the boxes told them, hash and size of evidence were not stored. */
const UNKNOWN_SHA256 = '0'.repeat(64);

/** Versions told from one moment to before another, newest first; of incidents detected before a third. */
export function versionsBetween(
  { fromMs, toMs, detectedToMs }: { fromMs: number; toMs: number; detectedToMs?: number | undefined },
  { site, kind, camera = [] }: IncidentTags,
  limit: number,
): string {
  const where = [
    ...within(fromMs, toMs),
    ...(detectedToMs === undefined ? [] : [`detected_at_ms <= ${whole(detectedToMs)}`]),
    ...(site === undefined ? [] : [`site = ${influxText(site)}`]),
    ...(kind === undefined ? [] : [anyOf('kind', kind)]),
    ...(camera.length === 0 || camera.length > MAX_CAMERAS ? [] : [`(${camera.map(isCamera).join(' OR ')})`]),
  ];
  return `SELECT ${VERSION_COLUMNS} FROM incident WHERE ${where.join(' AND ')} ORDER BY time DESC LIMIT ${whole(limit)}`;
}

/** All versions of one incident, oldest first. */
export function versionsOf({ site, agent, id }: IncidentAddress): string {
  return `SELECT ${VERSION_COLUMNS} FROM incident WHERE site = ${influxText(site)} AND agent = ${influxText(agent)} AND id = ${influxText(id)}`;
}

/**
 * All versions since a moment of several incidents of one series, by the boxes' own ids. InfluxDB looks at each id for each
 * point: of one series those are few.
 */
export function versionsIn(
  { site, agent, camera, kind }: Omit<IncidentPlace, 'id'>,
  ids: readonly string[],
  sinceMs: number,
): string {
  const tags = { site, agent, camera, kind };
  const series = Object.entries(tags).map(([tag, value]) => `${tag} = ${influxText(value)}`);
  const where = [`time >= ${whole(sinceMs)}ms`, ...series, anyOf('id', ids)];
  return `SELECT ${VERSION_COLUMNS} FROM incident WHERE ${where.join(' AND ')}`;
}

/** What statistics need of the versions told from one moment to before another, oldest first. */
export function alarmsBetween(fromMs: number, toMs: number, limit: number): string {
  return `SELECT site, agent, camera, kind, id, version, state, detected_at_ms FROM incident WHERE ${within(fromMs, toMs).join(' AND ')} LIMIT ${whole(limit)}`;
}

export function verdictsBetween(fromMs: number, toMs: number, limit: number): string {
  return `SELECT ${VERDICT_COLUMNS} FROM verdict WHERE ${within(fromMs, toMs).join(' AND ')} LIMIT ${whole(limit)}`;
}

/** Verdicts on incidents, by the boxes' own ids: as above. */
export function verdictsOn(ids: readonly string[], sinceMs: number): string {
  return `SELECT ${VERDICT_COLUMNS} FROM verdict WHERE time >= ${whole(sinceMs)}ms AND ${anyOf('incident', ids)}`;
}

/** Undefined for a row that is none of ours. */
export function incidentOfRow(row: Row): StoredIncident | undefined {
  const { site, agent } = row;
  if (!isSlug(site) || !isSlug(agent)) return undefined;
  const { data } = incidentSchema.safeParse(
    withoutNulls({
      type: 'incident',
      id: row.id,
      version: row.version,
      camera: row.camera,
      kind: row.kind,
      state: row.state,
      severity: row.severity,
      probability: row.probability,
      confidence: row.confidence,
      startedAtMs: row.started_at_ms,
      detectedAtMs: row.detected_at_ms,
      updatedAtMs: row.time,
      clearedAtMs: row.cleared_at_ms,
      region: row.region,
      lane: row.lane,
      roadUser: row.road_user,
      tracks: typeof row.tracks === 'string' ? row.tracks.split(',').map(Number) : [],
      box: typeof row.box_x1 === 'number' ? [row.box_x1, row.box_y1, row.box_x2, row.box_y2] : null,
      measures: measuresOf(row.measures),
      evidence: evidenceOf(row),
    }),
  );
  return data === undefined ? undefined : { site, agent, event: data };
}

/** Undefined for a row that is none of ours. Hundreds of thousands are read at once: no schema looks at each. */
export function alarmOfRow(row: Row): ToldAlarm | undefined {
  const { site, agent, camera, kind, id, version, state, detected_at_ms: detectedAtMs } = row;
  if (typeof id !== 'string' || typeof version !== 'number' || typeof detectedAtMs !== 'number')
    return undefined;
  if (!isKind(kind) || !isKnownSlug(site) || !isKnownSlug(agent) || !isKnownSlug(camera)) return undefined;
  return { site, agent, camera, kind, id, version, state: String(state), detectedAtMs };
}

/** Undefined for a row that is none of ours. */
export function verdictOfRow(row: Row): VerdictRow | undefined {
  const { site, agent, camera, kind, incident, note, number, version, severity, time } = row;
  const { said: verdict, given_by: by, request_key: key } = row;
  const texts = [camera, kind, incident, verdict, by, severity];
  if (!isSlug(site) || !isSlug(agent) || texts.some((text) => typeof text !== 'string')) return undefined;
  if (![time, number, version].every(Number.isSafeInteger)) return undefined;
  return {
    ...{ site, agent, camera, kind, incident, verdict, by, number, version, severity },
    atMs: time,
    ...(typeof note === 'string' && { note }),
    ...(typeof key === 'string' && { key }),
  } as VerdictRow;
}

/** A text in InfluxQL as it is stored: without control characters. */
export function influxText(told: string): string {
  return quotedText(told.replace(/\p{Cc}+/gu, ' '));
}

function anyOf(name: string, values: readonly string[]): string {
  return values.length === 0
    ? `${name} = ''`
    : `(${values.map((value) => `${name} = ${influxText(value)}`).join(' OR ')})`;
}

function isCamera(id: string): string {
  const [site = '', agent = '', camera = ''] = id.split('/');
  return `(site = ${influxText(site)} AND agent = ${influxText(agent)} AND camera = ${influxText(camera)})`;
}

function within(fromMs: number, toMs: number): string[] {
  return [`time >= ${whole(fromMs)}ms`, `time < ${whole(toMs)}ms`];
}

function whole(number: number): number {
  if (!Number.isFinite(number)) throw new RangeError(`expected a number in a query, got ${number}`);
  return Math.floor(number);
}

function isKind(value: unknown): value is Incident['kind'] {
  return (INCIDENT_KINDS as readonly unknown[]).includes(value);
}

/** A city has the same few names in all its rows. */
const knownSlugs = new Set<unknown>();
const MAX_KNOWN_SLUGS = 10_000;

function isKnownSlug(value: unknown): value is string {
  if (knownSlugs.has(value)) return true;
  if (!isSlug(value)) return false;
  if (knownSlugs.size < MAX_KNOWN_SLUGS) knownSlugs.add(value);
  return true;
}

function isSlug(value: unknown): value is string {
  return slugSchema.safeParse(value).success;
}

function withoutNulls(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

function measuresOf(json: unknown): unknown {
  if (typeof json !== 'string') return {};
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

function evidenceOf(row: Row): Incident['evidence'] | null {
  const { time, snapshot, clip } = row;
  if (typeof snapshot !== 'string' && typeof clip !== 'string') return null;
  return {
    ...(typeof snapshot === 'string' && {
      snapshot: {
        file: snapshot,
        sha256: String(row.snapshot_sha256 ?? UNKNOWN_SHA256),
        bytes: Number(row.snapshot_bytes ?? 0),
        width: Number(row.snapshot_width ?? 1),
        height: Number(row.snapshot_height ?? 1),
        atMs: Number(row.snapshot_at_ms ?? time),
        blurred: row.snapshot_blurred === true,
        from: row.snapshot_from === 'stream' ? 'stream' : 'analysed',
      },
    }),
    ...(typeof clip === 'string' && {
      clip: {
        file: clip,
        sha256: String(row.clip_sha256 ?? UNKNOWN_SHA256),
        bytes: Number(row.clip_bytes ?? 0),
        fromMs: Number(row.clip_from_ms ?? time),
        toMs: Number(row.clip_to_ms ?? time),
      },
    }),
  };
}
