// The first message of an incident, as analytics gives it.

import type { Incident } from '../../../contract/index.ts';

export function incidentOf(more: Partial<Incident> = {}): Incident {
  return {
    type: 'incident',
    id: 'north-1',
    version: 1,
    camera: 'north',
    kind: 'stopped-vehicle',
    state: 'detected',
    severity: 'medium',
    probability: 'probable',
    confidence: 0.8,
    startedAtMs: 1_795_000_000_000,
    detectedAtMs: 1_795_000_005_000,
    updatedAtMs: 1_795_000_005_000,
    tracks: [],
    measures: {},
    ...more,
  };
}
