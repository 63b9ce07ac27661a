// What is known of a box and its cameras, as the API answers it.

import type { CameraFault, Health, Status } from '../../contract/index.ts';
import type { BoxAnswer, CameraAnswer } from '../api/schemas/places.ts';

export type CameraRecord = {
  readonly camera: string;
  name?: string | undefined;
  /** As its box said when it was online. */
  state?: 'starting' | 'live' | 'fault';
  sinceMs?: number;
  fault?: CameraFault | undefined;
  detail?: string | undefined;
  picture?: { readonly width: number; readonly height: number } | undefined;
  readonly lines: Map<string, Set<string>>;
  readonly zones: Set<string>;
  lastEventMs?: number;
  /** Last sign that it watches: a frame that health tells of, or an event. */
  aliveMs?: number;
  /** Its box has it no more. */
  gone?: boolean;
};

export type BoxRecord = {
  /** `site/agent` */
  readonly name: string;
  readonly site: string;
  readonly agent: string;
  status?: Status;
  sinceMs?: number;
  health?: Health;
  healthAtMs?: number;
  /** What was known at the last run. */
  before?: { readonly status: Status; readonly sinceMs: number } | undefined;
  readonly cameras: Map<string, CameraRecord>;
};

const GONE = 'Its box does not have this camera any more.';

export function newCamera(camera: string): CameraRecord {
  return { camera, lines: new Map(), zones: new Set() };
}

/** A camera is what its box says of it, as long as the box is there. */
export function cameraState(
  { status, sinceMs }: BoxRecord,
  camera: CameraRecord,
): {
  state: CameraAnswer['state'];
  sinceMs: number | undefined;
  fault: string | null;
  detail: string | null;
} {
  const none = { fault: null, detail: null };
  if (camera.gone) return { state: 'unknown', sinceMs: undefined, fault: null, detail: GONE };
  if (status === undefined) return { state: 'unknown', sinceMs: undefined, ...none };
  if (status.state === 'offline') return { state: 'offline', sinceMs, ...none };
  if (camera.state === undefined) return { state: 'unknown', sinceMs: undefined, ...none };
  return {
    state: camera.state,
    sinceMs: camera.sinceMs,
    fault: camera.fault ?? null,
    detail: camera.detail ?? null,
  };
}

export function cameraAnswer(
  box: BoxRecord,
  camera: CameraRecord,
  { position, coverage }: Pick<CameraAnswer, 'position' | 'coverage'>,
): CameraAnswer {
  const { site, agent } = box;
  const { state, sinceMs, fault, detail } = cameraState(box, camera);
  return {
    id: `${box.name}/${camera.camera}`,
    site,
    agent,
    camera: camera.camera,
    name: camera.name ?? null,
    state,
    since: isoOf(sinceMs),
    fault,
    detail,
    coverage,
    lastEventAt: isoOf(camera.lastEventMs),
    position,
    picture: camera.picture ?? null,
    lines: [...camera.lines].map(([line, directions]) => ({ line, directions: [...directions].sort() })),
    zones: [...camera.zones].sort(),
  };
}

export function boxAnswer(
  { site, agent, status, sinceMs, health, healthAtMs }: BoxRecord,
  ledger: { readonly batchesMissing: number; readonly lastBatchAtMs: number | undefined } | undefined,
): BoxAnswer {
  return {
    site,
    agent,
    state: status?.state ?? 'unknown',
    reason: status?.reason ?? null,
    since: isoOf(sinceMs),
    version: status?.version ?? null,
    problem: status?.problem ?? null,
    startedAt: isoOf(status?.startedAtMs),
    health: health === undefined || healthAtMs === undefined ? null : healthOf(health, healthAtMs),
    batchesMissing: ledger?.batchesMissing ?? 0,
    lastBatchAt: isoOf(ledger?.lastBatchAtMs),
  };
}

function healthOf(health: Health, atMs: number): BoxAnswer['health'] {
  const { outbox, cpu, loadAverage, temperatureC, clockOffsetMs, uptimeS, rssBytes } = health;
  return {
    at: new Date(atMs).toISOString(),
    uptimeS,
    cpu: cpu ?? null,
    rssBytes,
    loadAverage: loadAverage ?? null,
    temperatureC: temperatureC ?? null,
    clockOffsetMs: clockOffsetMs ?? null,
    outbox: {
      batches: outbox.batches,
      bytes: outbox.bytes,
      oldestAt: isoOf(outbox.oldestMs),
      dropped: outbox.dropped,
    },
    cameras: health.cameras.map(({ camera, fps, framesAnalysed, framesDropped, reconnects, latencyMs }) => ({
      camera,
      fps,
      framesAnalysed,
      framesDropped,
      reconnects,
      latencyP95Ms: latencyMs?.p95 ?? null,
    })),
  };
}

function isoOf(ms: number): string;
function isoOf(ms: number | undefined): string | null;
function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
