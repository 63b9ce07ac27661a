// Traffic events into points. Pure: the same batch always gives the same points, so that storing it again changes
// nothing. docs/influxdb.md describes the schema for people.

import type {
  AgentAddress,
  DroppedRange,
  Flow,
  Incident,
  Journey,
  Passage,
  TrafficEvent,
  Zone,
} from '../../contract/index.ts';
import { SPEED_BIN_KMH } from '../../contract/index.ts';
import { type FieldValue, int, type Point } from './line-protocol.ts';

/** Where an event stands in the agent's stream; with it, a point's timestamp is its own. */
export type Origin = AgentAddress & {
  readonly epoch: number;
  readonly seq: number;
  /** Position in the batch, 0 to 999. */
  readonly index: number;
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
 * too: an agent that was restarted within an interval reports both parts of it, and neither overwrites the other.
 */
export function uniqueNs({ seq, index }: Pick<Origin, 'seq' | 'index'>): number {
  return (seq % 1000) * 1000 + index;
}

function passagePoint(event: Passage, origin: Origin): Point {
  const { camera, line, direction, lane, roadUser } = event;
  return {
    measurement: 'passage',
    tags: { ...placeOf(origin, camera), line, direction, lane, road_user: roadUser },
    fields: {
      track: int(event.track),
      confidence: event.confidence,
      road_user_share: event.roadUserShare,
      speed_kmh: event.speedKmh,
      ...positionOf(origin),
    },
    atMs: event.atMs,
    ns: uniqueNs(origin),
  };
}

function flowPoints(event: Flow, origin: Origin): Point[] {
  const { camera, line, direction, lane } = event;
  return Object.entries(event.counts).map(([roadUser, { n, speed }]) => ({
    measurement: 'flow',
    tags: { ...placeOf(origin, camera), line, direction, lane, road_user: roadUser },
    fields: {
      n: int(n),
      ...observationOf(event),
      occupied_ms: optionalInt(event.occupiedMs),
      ...(speed && {
        speed_n: int(speed.n),
        speed_sum_kmh: speed.sumKmh,
        speed_sum_per_kmh: speed.sumPerKmh,
        ...histogramFields(speed.histogram),
      }),
      ...positionOf(origin),
    },
    atMs: event.fromMs,
    ns: uniqueNs(origin),
  }));
}

/** `speed_h050` counts 50 to under 55 km/h. A field each, because sums over fields merge; empty bins are left out. */
function histogramFields(histogram: readonly number[]): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  for (const [bin, n] of histogram.entries()) {
    if (n > 0) fields[`speed_h${String(bin * SPEED_BIN_KMH).padStart(3, '0')}`] = int(n);
  }
  return fields;
}

function zonePoint(event: Zone, origin: Origin): Point {
  const fields: Record<string, FieldValue | undefined> = {};
  for (const [roadUser, n] of Object.entries(event.entries)) fields[`entries_${roadUser}`] = int(n);
  for (const [roadUser, n] of Object.entries(event.exits)) fields[`exits_${roadUser}`] = int(n);
  return {
    measurement: 'zone',
    // Not "zone": InfluxDB 3 makes tables of measurements, and a column like its table invites mistakes.
    tags: { ...placeOf(origin, event.camera), zone_id: event.zone },
    fields: {
      ...fields,
      present_mean: event.presentMean,
      present_max: int(event.presentMax),
      time_occupancy: event.timeOccupancy,
      space_occupancy: event.spaceOccupancy,
      dwell_n: optionalInt(event.dwell?.n),
      dwell_sum_s: event.dwell?.sumS,
      queue_max_vehicles: optionalInt(event.queue?.maxVehicles),
      queue_max_m: event.queue?.maxM,
      queue_truncated: event.queue?.truncated,
      ...observationOf(event),
      ...positionOf(origin),
    },
    atMs: event.fromMs,
    ns: uniqueNs(origin),
  };
}

function incidentPoint(event: Incident, origin: Origin): Point {
  const [x1, y1, x2, y2] = event.box ?? [];
  return {
    measurement: 'incident',
    tags: { ...placeOf(origin, event.camera), kind: event.kind },
    fields: {
      id: event.id,
      version: int(event.version),
      state: event.state,
      severity: event.severity,
      probability: event.probability,
      confidence: event.confidence,
      started_at_ms: int(event.startedAtMs),
      detected_at_ms: int(event.detectedAtMs),
      cleared_at_ms: optionalInt(event.clearedAtMs),
      region: event.region,
      lane: event.lane,
      road_user: event.roadUser,
      tracks: event.tracks.length > 0 ? event.tracks.join(',') : undefined,
      box_x1: x1,
      box_y1: y1,
      box_x2: x2,
      box_y2: y2,
      // One field: names come from the agent, and each field name of its own would stay in the database for ever.
      measures: Object.keys(event.measures).length > 0 ? JSON.stringify(event.measures) : undefined,
      ...positionOf(origin),
    },
    atMs: event.updatedAtMs,
    ns: uniqueNs(origin),
  };
}

function journeyPoint(event: Journey, origin: Origin): Point {
  return {
    measurement: 'journey',
    tags: {
      ...placeOf(origin, event.camera),
      entry_line: event.entryLine,
      exit_line: event.exitLine,
      road_user: event.roadUser,
    },
    fields: {
      track: int(event.track),
      road_user_share: event.roadUserShare,
      entered_at_ms: int(event.enteredAtMs),
      duration_ms: int(event.exitedAtMs - event.enteredAtMs),
      ...positionOf(origin),
    },
    atMs: event.exitedAtMs,
    ns: uniqueNs(origin),
  };
}

/** What the agent says it had to give up, at the time it said so. */
export function droppedPoints(
  dropped: readonly DroppedRange[],
  sentAtMs: number,
  origin: Omit<Origin, 'index'>,
): Point[] {
  return dropped.map(({ fromSeq, toSeq, reason, events }, index) => ({
    measurement: 'dropped',
    tags: { site: origin.site, agent: origin.agent, reason },
    fields: {
      epoch: int(origin.epoch),
      from_seq: int(fromSeq),
      to_seq: int(toSeq),
      ...Object.fromEntries(Object.entries(events).map(([type, n]) => [`events_${type}`, int(n)])),
    },
    atMs: sentAtMs,
    ns: uniqueNs({ seq: origin.seq, index }),
  }));
}

function placeOf({ site, agent }: AgentAddress, camera: string): Record<string, string> {
  return { site, agent, camera };
}

function observationOf(event: Flow | Zone): Record<string, FieldValue> {
  return {
    interval_ms: int(event.toMs - event.fromMs),
    observed_ms: int(event.observedMs),
    frames_analysed: int(event.framesAnalysed),
    frames_dropped: int(event.framesDropped),
  };
}

/** Leads from a point back to the batch it came in. Not "index": field names that are query words need quotes. */
function positionOf({ epoch, seq, index }: Origin): Record<string, FieldValue> {
  return { epoch: int(epoch), seq: int(seq), position: int(index) };
}

function optionalInt(value: number | undefined): FieldValue | undefined {
  return value === undefined ? undefined : int(value);
}
