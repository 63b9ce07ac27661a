// An incident as the camera tells it, in the shape that operators see: for a centre without a board of incidents, and as
// the beginning of one.

import type { AgentAddress, Incident } from '../../contract/index.ts';
import type { IncidentAnswer } from '../api/schemas/incidents.ts';

export function incidentOfCamera({ site, agent }: AgentAddress, incident: Incident): IncidentAnswer {
  const iso = (ms: number) => new Date(ms).toISOString();
  const { state, clearedAtMs, evidence } = incident;
  const over = state === 'cleared' || state === 'rejected' || clearedAtMs !== undefined;
  return {
    id: `${site}.${agent}.${incident.id}`,
    camera: `${site}/${agent}/${incident.camera}`,
    cameraName: null,
    kind: incident.kind,
    severity: incident.severity,
    state: over ? 'cleared' : 'active',
    unconfirmed: null,
    verdict: state === 'confirmed' ? 'confirmed' : state === 'rejected' ? 'false-alarm' : null,
    acknowledged: null,
    version: incident.version,
    confidence: incident.confidence,
    startedAt: iso(incident.startedAtMs),
    detectedAt: iso(incident.detectedAtMs),
    updatedAt: iso(incident.updatedAtMs),
    clearedAt: over ? iso(clearedAtMs ?? incident.updatedAtMs) : null,
    clearedBy: null,
    region: incident.region ?? null,
    lane: incident.lane ?? null,
    roadUser: incident.roadUser ?? null,
    box: incident.box ?? null,
    measures: incident.measures,
    evidence: { snapshot: evidence?.snapshot !== undefined, clip: evidence?.clip !== undefined },
    notes: 0,
  };
}
