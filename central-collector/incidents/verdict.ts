// What an operator said of an incident, as the centre keeps it.

import { z } from 'zod';
import { INCIDENT_KINDS, slugSchema } from '../../contract/index.ts';
import { SEVERITIES, VERDICTS } from '../api/schemas/incidents.ts';

export const verdictSchema = z.object({
  /** Rises with each verdict: the order of the centre, whoever was first. */
  number: z.int().min(1),
  site: slugSchema,
  agent: slugSchema,
  camera: slugSchema,
  kind: z.enum(INCIDENT_KINDS),
  /** The box's own id of the incident. */
  incident: z.string().min(1),
  verdict: z.enum(VERDICTS),
  /** Name of the user. */
  by: z.string(),
  atMs: z.int(),
  note: z.string().exactOptional(),
  /** The incident as it was known to the centre then: what the camera says later is measured against it. */
  version: z.int(),
  severity: z.enum(SEVERITIES),
  /** The caller's own name of the request. */
  key: z.string().exactOptional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export type Severity = (typeof SEVERITIES)[number];

export function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(than);
}

/** The order of the centre; numbers begin again only where its folder was lost. */
export function byOrder(one: Verdict, other: Verdict): number {
  return one.atMs - other.atMs || one.number - other.number;
}

/** Without those that came twice, in order. */
export function mergedVerdicts(...lists: (readonly Verdict[])[]): Verdict[] {
  const all = new Map(lists.flat().map((verdict) => [`${verdict.atMs} ${verdict.number}`, verdict]));
  return [...all.values()].sort(byOrder);
}
