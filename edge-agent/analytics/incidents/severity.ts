// How bad an incident is: by its kind, the road, the lane and how long it lasts (DOMAIN: type, live lane, speed of the
// traffic around, duration).

import type { IncidentKind, Severity } from './finding.ts';

const SEVERITIES: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** What stays in the way gets worse with time: a step after five minutes, another after half an hour. */
const WORSENS: ReadonlySet<IncidentKind> = new Set(['stopped-vehicle', 'debris', 'queue', 'congestion']);
const STEPS_AFTER_MS = [5 * 60_000, 30 * 60_000];

/** On a motorway and on any road with at least this limit a thing in the way is a danger to life. */
const FAST_KMH = 80;

export function worse(severity: Severity, steps = 1): Severity {
  const at = SEVERITIES.indexOf(severity) + steps;
  return SEVERITIES[Math.min(SEVERITIES.length - 1, Math.max(0, at))] ?? severity;
}

export function worst(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

/** Severity of an incident of that kind after it has lasted for `ageMs`. */
export function severityAfter(kind: IncidentKind, severity: Severity, ageMs: number): Severity {
  if (!WORSENS.has(kind)) return severity;
  return worse(severity, STEPS_AFTER_MS.filter((after) => ageMs >= after).length);
}

/** Whether traffic is fast enough there for what is in the way to be deadly. */
export function isFastRoad(road: 'street' | 'motorway', speedLimitKmh: number | undefined): boolean {
  return road === 'motorway' || (speedLimitKmh ?? 0) >= FAST_KMH;
}
