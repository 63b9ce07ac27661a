// What operators said of incidents, as points. The number makes a point's timestamp its own: written again, nothing changes.

import type { AgentAddress } from '../../contract/index.ts';
import { int, type Point, text } from './line-protocol.ts';

export type VerdictRow = AgentAddress & {
  /** Rises with each verdict of a centre. */
  readonly number: number;
  readonly camera: string;
  readonly kind: string;
  /** The box's own id of the incident. */
  readonly incident: string;
  readonly verdict: string;
  /** Name of the user. */
  readonly by: string;
  readonly atMs: number;
  readonly note?: string | undefined;
  /** Of the incident as it was known then. */
  readonly version: number;
  readonly severity: string;
  /** The caller's own name of the request. */
  readonly key?: string | undefined;
};

export function verdictPoint(row: VerdictRow): Point {
  const { site, agent, camera, kind, number, atMs } = row;
  return {
    measurement: 'verdict',
    tags: { agent, camera, kind, site },
    fields: {
      incident: text(row.incident),
      // Not "verdict": a column named like its table; not "by" and "key": words of the query language.
      said: text(row.verdict),
      given_by: text(row.by),
      note: text(row.note),
      at_ms: int(atMs),
      number: int(number),
      version: int(row.version),
      severity: text(row.severity),
      request_key: text(row.key),
    },
    atMs,
    ns: number % 1_000_000,
  };
}
