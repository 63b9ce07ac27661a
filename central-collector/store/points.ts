// Traffic events into points. Pure: the same batch always gives the same points, so that storing it again changes
// nothing. docs/influxdb.md describes the schema for people.

import type {
  AgentAddress,
  DroppedRange,
  Flow,
  Incident,
  Journey,
  Passage,
  SpanSums,
  TrafficEvent,
  Zone,
} from '../../contract/index.ts';
import { SPEED_BIN_KMH } from '../../contract/index.ts';
import { type FieldValue, flag, float, int, type Point, text } from './line-protocol.ts';

/** Where an event stands in the agent's stream; with it, a point's timestamp is its own. */
export type Origin = AgentAddress & {
  readonly epoch: number;
  readonly seq: number;
  /** Of the event in its batch, 0 to 999. Not "index": as a name of a field that would need quotes in queries. */
  readonly position: number;
};

/** One event gives one point, an interval count one for each road user. */
export function pointsOf(event: TrafficEvent, origin: Origin): Point[] {
  switch (event.type) {
    case 'passage':
      return [passagePoint(event, origin)];
    case 'flow':
      return flowPoints(event, origin);
    case 'zone':
      return [zonePoint(event, origin)];
    case 'incident':
      return [incidentPoint(event, origin)];
    case 'journey':
      return [journeyPoint(event, origin)];
  }
}

/**
 * Nanoseconds within the millisecond, from the batch and the position in it: two events of one series in the same
 * millisecond keep their own timestamp, unless exactly a multiple of 1000 batches lies between them. Intervals get it
 * too: an agent that was restarted within an interval reports both parts of it, and neither overwrites the other. The
 * epoch is in it because numbers start again at 1 with a new outbox: both parts would be batch 1.
 */
export function uniqueNs({ epoch, seq, position }: Pick<Origin, 'epoch' | 'seq' | 'position'>): number {
  return (((epoch % 1000) + (seq % 1000)) % 1000) * 1000 + position;
}

function passagePoint(event: Passage, origin: Origin): Point {
  const { site, agent } = origin;
  const { camera, line, direction, lane, roadUser } = event;
  return {
    measurement: 'passage',
    tags: { agent, camera, direction, lane, line, road_user: roadUser, site },
    fields: {
      track: int(event.track),
      confidence: float(event.confidence),
      road_user_share: float(event.roadUserShare),
      speed_kmh: float(event.speedKmh),
      headway_s: float(event.headwayS),
      gap_s: float(event.gapS),
      ...positionOf(origin),
    },
    atMs: event.atMs,
    ns: uniqueNs(origin),
  };
}

function flowPoints(event: Flow, origin: Origin): Point[] {
  const { site, agent } = origin;
  const { camera, line, direction, lane } = event;
  const shared = {
    ...observationOf(event),
    occupied_ms: int(event.occupiedMs),
    ...spanFields('headway', event.headway),
    ...spanFields('gap', event.gap),
    ...positionOf(origin),
  };
  return Object.entries(event.counts).map(([roadUser, { n, low, high, accuracy, speed }]) => ({
    measurement: 'flow',
    tags: { agent, camera, direction, lane, line, road_user: roadUser, site },
    fields: {
      n: int(n),
      n_low: int(low),
      n_high: int(high),
      accuracy_of: int(accuracy?.of),
      accuracy_found: int(accuracy?.found),
      accuracy_counted: int(accuracy?.counted),
      speed_n: int(speed?.n),
      speed_sum_kmh: float(speed?.sumKmh),
      speed_sum_per_kmh: float(speed?.sumPerKmh),
      ...histogramFields(speed?.histogram ?? []),
      ...shared,
    },
    atMs: event.fromMs,
    ns: uniqueNs(origin),
  }));
}

function spanFields(name: 'headway' | 'gap', spans: SpanSums | undefined): Fields {
  return {
    [`${name}_n`]: int(spans?.n),
    [`${name}_sum_s`]: float(spans?.sumS),
    [`${name}_sum_sq_s2`]: float(spans?.sumSqS2),
  };
}

/** `speed_h050` counts 50 to under 55 km/h. A field each, because sums over fields merge; empty bins are left out. */
function histogramFields(histogram: readonly number[]): Fields {
  const fields: Record<string, FieldValue | undefined> = {};
  for (const [bin, n] of histogram.entries()) {
    if (n > 0) fields[`speed_h${String(bin * SPEED_BIN_KMH).padStart(3, '0')}`] = int(n);
  }
  return fields;
}

function zonePoint(event: Zone, origin: Origin): Point {
  const { site, agent } = origin;
  const fields: Record<string, FieldValue | undefined> = {};
  for (const [roadUser, n] of Object.entries(event.entries)) fields[`entries_${roadUser}`] = int(n);
  for (const [roadUser, n] of Object.entries(event.exits)) fields[`exits_${roadUser}`] = int(n);
  return {
    measurement: 'zone',
    // Not "zone": InfluxDB 3 makes tables of measurements, and a column named like its table invites mistakes.
    tags: { agent, camera: event.camera, site, zone_id: event.zone },
    fields: {
      ...fields,
      appeared: int(event.appeared),
      lost: int(event.lost),
      present_mean: float(event.presentMean),
      present_max: int(event.presentMax),
      time_occupancy: float(event.timeOccupancy),
      space_occupancy: float(event.spaceOccupancy),
      dwell_n: int(event.dwell?.n),
      dwell_sum_s: float(event.dwell?.sumS),
      queue_max_vehicles: int(event.queue?.maxVehicles),
      queue_max_m: float(event.queue?.maxM),
      queue_truncated: flag(event.queue?.truncated),
      ...observationOf(event),
      ...positionOf(origin),
    },
    atMs: event.fromMs,
    ns: uniqueNs(origin),
  };
}

function incidentPoint(event: Incident, origin: Origin): Point {
  const { site, agent } = origin;
  const [x1, y1, x2, y2] = event.box ?? [];
  const { snapshot, clip } = event.evidence ?? {};
  return {
    measurement: 'incident',
    tags: { agent, camera: event.camera, kind: event.kind, site },
    fields: {
      id: text(event.id),
      version: int(event.version),
      state: text(event.state),
      severity: text(event.severity),
      probability: text(event.probability),
      confidence: float(event.confidence),
      started_at_ms: int(event.startedAtMs),
      detected_at_ms: int(event.detectedAtMs),
      cleared_at_ms: int(event.clearedAtMs),
      region: text(event.region),
      lane: text(event.lane),
      road_user: text(event.roadUser),
      tracks: event.tracks.length > 0 ? text(event.tracks.join(',')) : undefined,
      box_x1: float(x1),
      box_y1: float(y1),
      box_x2: float(x2),
      box_y2: float(y2),
      // One field: names come from the agent, and each field name of its own would stay in the database for ever.
      measures: Object.keys(event.measures).length > 0 ? text(JSON.stringify(event.measures)) : undefined,
      snapshot: text(snapshot?.file),
      snapshot_sha256: text(snapshot?.sha256),
      snapshot_bytes: int(snapshot?.bytes),
      snapshot_width: int(snapshot?.width),
      snapshot_height: int(snapshot?.height),
      snapshot_at_ms: int(snapshot?.atMs),
      snapshot_blurred: flag(snapshot?.blurred),
      snapshot_from: text(snapshot?.from),
      clip: text(clip?.file),
      clip_sha256: text(clip?.sha256),
      clip_bytes: int(clip?.bytes),
      clip_from_ms: int(clip?.fromMs),
      clip_to_ms: int(clip?.toMs),
      ...positionOf(origin),
    },
    atMs: event.updatedAtMs,
    ns: uniqueNs(origin),
  };
}

function journeyPoint(event: Journey, origin: Origin): Point {
  const { site, agent } = origin;
  const { camera, entryLine, exitLine, roadUser } = event;
  return {
    measurement: 'journey',
    tags: { agent, camera, entry_line: entryLine, exit_line: exitLine, road_user: roadUser, site },
    fields: {
      track: int(event.track),
      road_user_share: float(event.roadUserShare),
      entry_direction: text(event.entryDirection),
      exit_direction: text(event.exitDirection),
      entered_at_ms: int(event.enteredAtMs),
      duration_ms: int(event.exitedAtMs - event.enteredAtMs),
      ...positionOf(origin),
    },
    atMs: event.exitedAtMs,
    ns: uniqueNs(origin),
  };
}

/** What the agent says it had to give up, at the time it first said so. */
export function droppedPoints(
  dropped: readonly DroppedRange[],
  sentAtMs: number,
  { site, agent, epoch }: Omit<Origin, 'position'>,
): Point[] {
  return dropped.map(({ fromSeq, toSeq, reason, events, atMs }) => ({
    measurement: 'dropped',
    tags: { agent, reason, site },
    fields: {
      epoch: int(epoch),
      from_seq: int(fromSeq),
      to_seq: int(toSeq),
      ...Object.fromEntries(Object.entries(events).map(([type, n]) => [`events_${type}`, int(n)])),
    },
    atMs: atMs ?? sentAtMs,
    // Not of the batch that tells it: the agent may give that one up too, and tell both in a later one.
    ns: (epoch + fromSeq) % 1_000_000,
  }));
}

type Fields = Readonly<Record<string, FieldValue | undefined>>;

function observationOf(event: Flow | Zone): Fields {
  return {
    interval_ms: int(event.toMs - event.fromMs),
    observed_ms: int(event.observedMs),
    frames_analysed: int(event.framesAnalysed),
    frames_dropped: int(event.framesDropped),
  };
}

/** Leads from a point back to the batch it came in. */
function positionOf({ epoch, seq, position }: Origin): Fields {
  return { epoch: int(epoch), seq: int(seq), position: int(position) };
}
