// Incidents as a table for spreadsheets: RFC 4180, UTF-8 with a byte order mark, which Excel needs for Vietnamese.

import type { IncidentAnswer } from '../schemas/incidents.ts';

const COLUMNS: Readonly<Record<string, (incident: IncidentAnswer) => string | number | boolean | null>> = {
  id: ({ id }) => id,
  camera: ({ camera }) => camera,
  camera_name: ({ cameraName }) => cameraName,
  kind: ({ kind }) => kind,
  severity: ({ severity }) => severity,
  state: ({ state }) => state,
  verdict: ({ verdict }) => verdict,
  started_at: ({ startedAt }) => startedAt,
  detected_at: ({ detectedAt }) => detectedAt,
  updated_at: ({ updatedAt }) => updatedAt,
  acknowledged_at: ({ acknowledged }) => acknowledged?.at ?? null,
  acknowledged_by: ({ acknowledged }) => acknowledged?.by ?? null,
  cleared_at: ({ clearedAt }) => clearedAt,
  cleared_by: ({ clearedBy }) => clearedBy,
  confidence: ({ confidence }) => confidence,
  region: ({ region }) => region,
  lane: ({ lane }) => lane,
  road_user: ({ roadUser }) => roadUser,
  measures: ({ measures }) => (Object.keys(measures).length > 0 ? JSON.stringify(measures) : null),
  snapshot: ({ evidence }) => evidence.snapshot,
  clip: ({ evidence }) => evidence.clip,
  notes: ({ notes }) => notes,
};

const LINE_END = '\r\n';

export const CSV_HEAD = `\ufeff${Object.keys(COLUMNS).join(',')}${LINE_END}`;

/** A line for each, with line ends; missing is empty. */
export function csvLines(incidents: readonly IncidentAnswer[]): string {
  return incidents
    .map(
      (incident) =>
        `${Object.values(COLUMNS)
          .map((cell) => cellText(cell(incident)))
          .join(',')}${LINE_END}`,
    )
    .join('');
}

/** Spreadsheets take a text that begins like a formula for one, and run it: an apostrophe makes it text (OWASP, "CSV Injection"). */
function cellText(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
