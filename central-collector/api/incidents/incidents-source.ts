// What the routes of incidents need; centre.ts hands it in. Failures have a `code` that says what they are to a client.

import type { z } from 'zod';
import { ProblemError } from '../problem.ts';
import type {
  IncidentAnswer,
  IncidentStatisticsAnswer,
  IncidentsAnswer,
  IncidentsQuery,
  incidentDetailAnswer,
  VerdictBody,
} from '../schemas/incidents.ts';

export type IncidentFilter = Pick<
  IncidentsQuery,
  'state' | 'verdict' | 'camera' | 'site' | 'kind' | 'severity'
>;

/** Times are ms since 1970, `toMs` is exclusive; answers are in the time zone. */
export type IncidentsPage = IncidentFilter & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: { readonly detectedAtMs: number; readonly id: string } | undefined;
  readonly limit: number;
  readonly timeZone: string;
};

export type Judging = Pick<VerdictBody, 'verdict' | 'note' | 'key'> & {
  readonly by: string;
  /** Before anything is done, and again when it failed; a verdict that was given before is not told again. */
  readonly audit: (outcome: 'asked' | 'not-done') => Promise<void>;
};

export type EvidenceKind = 'snapshot' | 'clip';

export type IncidentsSource<File extends { readonly sha256: string | undefined }> = {
  /** Of the centre. */
  readonly timeZone: string;
  list(page: IncidentsPage): Promise<IncidentsAnswer>;
  /** Undefined for a text that is no cursor. */
  placeFrom(cursor: string): IncidentsPage['after'];
  get(id: string): Promise<z.input<typeof incidentDetailAnswer>>;
  judge(id: string, judging: Judging): Promise<IncidentAnswer>;
  statistics(
    asked: IncidentFilter & { readonly fromMs: number; readonly toMs: number },
  ): Promise<Pick<IncidentStatisticsAnswer, 'all' | 'rows' | 'problem'>>;
  evidenceOf(id: string, kind: EvidenceKind): Promise<File>;
  /** Its bytes, from the box. */
  evidence(file: File, signal: AbortSignal): Promise<Uint8Array>;
};

const CODES = ['not-found', 'conflict', 'not-allowed', 'unavailable'] as const;

/** Where a client is told what the failure says; others stay what they are. */
export async function asProblem<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const { code, message } = error as { code?: string; message: string };
    if (error instanceof RangeError) throw new ProblemError('invalid-request', message, { cause: error });
    const known = CODES.find((word) => word === code);
    if (known === undefined) throw error;
    throw new ProblemError(known, message, {
      cause: error,
      ...(known === 'unavailable' && { retryAfterS: 5 }),
    });
  }
}
