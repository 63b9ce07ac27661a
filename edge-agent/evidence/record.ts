// What is kept of one incident, as it stands in the JSON file beside the pictures.

import { z } from 'zod';
import { incidentEvidenceSchema, incidentSchema } from '../../contract/index.ts';

export const evidenceRecordSchema = z.object({
  v: z.literal(1),
  /** The incident as it was when the evidence was asked for. */
  incident: incidentSchema,
  /** The files, relative to the store's folder, with their hashes. */
  evidence: incidentEvidenceSchema,
  /** When the newest of them was stored, UTC, ms. */
  madeAtMs: z.number(),
});

export type EvidenceRecord = z.infer<typeof evidenceRecordSchema>;

/** Undefined for anything else. */
export function parseRecord(text: string): EvidenceRecord | undefined {
  try {
    return evidenceRecordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
