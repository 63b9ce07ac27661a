// Traffic events for the publisher's tests.

import type { Flow, Incident, Passage, TrafficEvent, Zone } from '../../../contract/index.ts';

export const T0 = 1_750_000_000_000;

export function passage(track: number, over: Partial<Passage> = {}): Passage {
  return {
    type: 'passage',
    camera: 'nga-tu-1',
    line: 'north',
    direction: 'towards',
    roadUser: 'motorcycle',
    roadUserShare: 0.9,
    confidence: 0.8,
    atMs: T0 + track,
    track,
    ...over,
  };
}

/** One minute of a line, `minute` minutes after the full hour before T0. */
export function flow(minute: number, n: number, over: Partial<Flow> = {}): Flow {
  const fromMs = T0 - (T0 % 3_600_000) + minute * 60_000;
  return {
    type: 'flow',
    camera: 'nga-tu-1',
    fromMs,
    toMs: fromMs + 60_000,
    observedMs: 59_000,
    framesAnalysed: 590,
    framesDropped: 10,
    line: 'north',
    direction: 'towards',
    counts: { car: { n }, bus: { n: 0 } },
    ...over,
  };
}

export function zone(minute: number, over: Partial<Zone> = {}): Zone {
  const { fromMs, toMs } = flow(minute, 0);
  return {
    type: 'zone',
    camera: 'nga-tu-1',
    fromMs,
    toMs,
    observedMs: 60_000,
    framesAnalysed: 600,
    framesDropped: 0,
    zone: 'box',
    entries: { car: 1 },
    exits: { car: 1 },
    presentMean: 1,
    presentMax: 2,
    timeOccupancy: 0.5,
    ...over,
  };
}

export function incident(id: string, version = 1): Incident {
  return {
    type: 'incident',
    id,
    version,
    camera: 'nga-tu-1',
    kind: 'stopped-vehicle',
    state: 'detected',
    severity: 'medium',
    probability: 'probable',
    confidence: 0.7,
    startedAtMs: T0,
    detectedAtMs: T0 + 10_000,
    updatedAtMs: T0 + 10_000,
    tracks: [],
    measures: {},
  };
}

/** The events and the reports in a stored body. */
export function contentOf(body: string): { events: TrafficEvent[]; dropped?: unknown[] } {
  return JSON.parse(`{${body}}`);
}
