// When each kind of incident is one: a vehicle that stands is an incident after ten seconds, not at once. Delays of an
// alarm are measured from the moment at which the definition is met. Durations and thresholds are the rules' defaults.

import { rulesOf } from '../../../edge-agent/analytics/incidents/rules.ts';
import { type CarriagewayGround, isOnCarriageway } from '../layout/carriageways.ts';
import type { VehicleKind } from '../scene-file.ts';
import { matches } from '../sim/demand.ts';
import { TRAITS } from '../sim/traits.ts';
import type { Truth, TruthFrame, TruthIncident, TruthObject } from '../truth-file.ts';

export type IncidentKind = TruthIncident['kind'];
export type FlowKind = 'queue' | 'congestion' | 'slow-traffic';

/** The defaults of the rules: what an operator gets who changes nothing. */
const RULES = rulesOf({}, { road: 'motorway', speedLimitKmh: 100 });

/** How long the condition of each kind lasts before it is an incident, s; of cameras: `pictureCheck`'s defaults. */
export const AFTER_S: Readonly<Record<IncidentKind, number>> = {
  'stopped-vehicle': RULES.stoppedVehicle.afterS,
  'wrong-way': RULES.wrongWay.afterS,
  pedestrian: RULES.pedestrian.afterS,
  cyclist: RULES.cyclist.afterS,
  congestion: RULES.congestion.afterS,
  queue: RULES.queue.afterS,
  'slow-traffic': RULES.slowTraffic.afterS,
  speeding: RULES.speeding.afterS,
  debris: RULES.debris.afterS,
  crash: RULES.crash.afterS,
  'camera-offline': 5,
  'camera-frozen': 6,
  'camera-black': 5,
  'camera-blurred': 7,
  'camera-obscured': 7,
  'camera-moved': 7,
};
/** Vehicles whose ends are farther apart are not in one queue (SUMO's jamThreshold). */
const JAM_GAP_M = 10;
const HALTING_MS = 5 / 3.6;
/** One vehicle that enters or leaves is no change of the traffic: a condition may lapse for so long, s. */
const LAPSE_S = 5;
/** Less than this much of somebody is not to be seen. */
const LEAST_VISIBLE = 0.3;

/** Seconds from the start of the clip; undefined when the definition is never met in what the clip shows. */
export function definitionMetAt(
  incident: TruthIncident,
  truth: Truth,
  carriageways: readonly CarriagewayGround[],
): number | undefined {
  const { kind } = incident;
  switch (kind) {
    case 'queue':
    case 'congestion':
    case 'slow-traffic': {
      const spans = carriageways.flatMap((each) => flowMet(kind, truth, each));
      const during = spans.filter(({ toS }) => toS >= incident.onset);
      return during.length === 0 ? undefined : Math.min(...during.map(({ fromS }) => fromS));
    }
    case 'pedestrian':
    case 'cyclist':
    case 'wrong-way':
    case 'speeding':
    case 'stopped-vehicle':
    case 'debris':
    case 'crash':
      return lastingAt(truth, incident, carriageways);
    default: {
      const metS = incident.onset + AFTER_S[kind];
      return metS <= (incident.end ?? endOf(truth)) ? metS : undefined;
    }
  }
}

export type FlowSpan = { readonly fromS: number; readonly toS: number };

/**
 * Each time in which a carriageway's traffic meets a definition, from the moment at which it does. Where vehicles wait
 * for signals none is met: within a cycle waiting is what they shall do.
 */
export function flowMet(kind: FlowKind, truth: Truth, carriageway: CarriagewayGround): FlowSpan[] {
  const spans: FlowSpan[] = [];
  if (carriageway.stopLine) return spans;
  let sinceS: number | undefined;
  let lastS = 0;
  for (const frame of truth.frames) {
    if (isFlow(kind, vehiclesOn(frame, carriageway), carriageway)) {
      sinceS ??= frame.t;
      lastS = frame.t;
    }
    if (sinceS === undefined) continue;
    if (frame.t - lastS > LAPSE_S) {
      sinceS = undefined;
      continue;
    }
    const metS = sinceS + AFTER_S[kind];
    if (frame.t < metS || lastS !== frame.t) continue;
    const last = spans.at(-1);
    if (last?.fromS === metS) spans[spans.length - 1] = { fromS: metS, toS: frame.t };
    else spans.push({ fromS: metS, toS: frame.t });
  }
  return spans;
}

/** First moment up to which one of its road users has been seen in the incident's condition for long enough. */
function lastingAt(
  truth: Truth,
  incident: TruthIncident,
  carriageways: readonly CarriagewayGround[],
): number | undefined {
  const { kind, ids, onset, end = Number.POSITIVE_INFINITY } = incident;
  const since = new Map<number, { t: number; at: readonly [number, number] }>();
  for (const { t, objects } of truth.frames) {
    if (t < onset || t > end) continue;
    for (const object of objects) {
      if (!ids.includes(object.id) || !isSeen(object)) continue;
      if (kind === 'pedestrian' && !carriageways.some((each) => isOnCarriageway(each, object.ground))) {
        since.delete(object.id);
        continue;
      }
      // Who is scripted to speed may be held up.
      if (kind === 'speeding' && !isSpeeding(object, carriageways)) {
        since.delete(object.id);
        continue;
      }
      const first = since.get(object.id);
      if (first === undefined) since.set(object.id, { t, at: object.ground });
      else if (t - first.t >= AFTER_S[kind]) {
        const wayM = Math.hypot(object.ground[0] - first.at[0], object.ground[1] - first.at[1]);
        if (kind !== 'wrong-way' || wayM >= RULES.wrongWay.distanceM) return t;
      }
    }
  }
  return undefined;
}

/** Faster than every limit there, and the tolerance; where none is known, whoever is scripted to. */
export function isSpeeding(
  { speedMs }: Pick<TruthObject, 'speedMs'>,
  carriageways: readonly CarriagewayGround[],
): boolean {
  const limits = carriageways.flatMap(({ speedLimitKmh }) => speedLimitKmh ?? []);
  return limits.length === 0 || speedMs * 3.6 > Math.min(...limits) + RULES.speeding.toleranceKmh;
}

function isFlow(
  kind: FlowKind,
  vehicles: readonly TruthObject[],
  { lanes, speedLimitKmh }: CarriagewayGround,
): boolean {
  const meanKmh =
    (3.6 * vehicles.reduce((sum, { speedMs }) => sum + speedMs, 0)) / Math.max(1, vehicles.length);
  switch (kind) {
    case 'queue':
      return queueLengthM(vehicles) >= RULES.queue.lengthM;
    case 'congestion': {
      const lengthM = extentM(vehicles) * lanes;
      const coveredM = vehicles.reduce((sum, vehicle) => sum + lengthOf(vehicle), 0);
      const { speedKmh, occupancy } = RULES.congestion;
      return vehicles.length >= 3 && meanKmh < speedKmh && coveredM / lengthM > occupancy;
    }
    case 'slow-traffic':
      // Slow for this road: half of its limit, the rule's default.
      return (
        speedLimitKmh !== undefined &&
        vehicles.length >= RULES.slowTraffic.vehicles &&
        meanKmh < rulesOf({}, { road: 'street', speedLimitKmh }).slowTraffic.speedKmh
      );
  }
}

/** Of the longest row of halting vehicles, whatever their lanes, from the first's front to the last's rear. */
export function queueLengthM(vehicles: readonly TruthObject[]): number {
  const halting = vehicles
    .filter(({ speedMs }) => speedMs < HALTING_MS)
    .map((vehicle) => ({ vehicle, along: alongOf(vehicle), half: lengthOf(vehicle) / 2 }))
    .sort((a, b) => a.along - b.along);
  let longest = 0;
  let from: number | undefined;
  let to = 0;
  for (const { along, half } of halting) {
    if (from === undefined || along - half - to > JAM_GAP_M) from = along - half;
    to = Math.max(from === along - half ? along + half : to, along + half);
    longest = Math.max(longest, to - from);
  }
  return longest;
}

/** Also those that others hide: a queue has no holes where a bus stands in front. */
function vehiclesOn({ objects }: TruthFrame, carriageway: CarriagewayGround): TruthObject[] {
  return objects.filter(
    (object) =>
      object.movement !== undefined &&
      matches(carriageway.movement, object.movement) &&
      isOnCarriageway(carriageway, object.ground),
  );
}

function extentM(vehicles: readonly TruthObject[]): number {
  const along = vehicles.map(alongOf);
  return Math.max(20, Math.max(...along) - Math.min(...along));
}

/** Where it is in its own direction, metres. */
function alongOf({ ground: [x, y], headingRad }: TruthObject): number {
  const north = Math.abs(Math.sin(headingRad)) > Math.abs(Math.cos(headingRad));
  return north ? y : x;
}

function lengthOf({ kind }: TruthObject): number {
  return kind in TRAITS ? TRAITS[kind as VehicleKind].lengthM : 4.5;
}

function isSeen({ occlusion, truncation, visibleBox }: TruthObject): boolean {
  return visibleBox !== undefined && (1 - occlusion) * (1 - truncation) >= LEAST_VISIBLE;
}

function endOf({ header }: Truth): number {
  return header.frames / header.picture.fps;
}
