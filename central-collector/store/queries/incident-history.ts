// Incidents and verdicts out of InfluxDB, in pages that hold up nobody.

import type { Row } from '../database.ts';
import type { VerdictRow } from '../verdict-points.ts';
import {
  type IncidentAddress,
  type IncidentTags,
  incidentOfRow,
  type StoredIncident,
  verdictOfRow,
  verdictsBetween,
  verdictsOn,
  versionsBetween,
  versionsOf,
} from './incident-rows.ts';

export type VersionsPage = {
  readonly versions: readonly StoredIncident[];
  /** All versions told at or after this moment were given by now. */
  readonly downToMs: number;
};

export type VersionsRange = IncidentTags & {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only of incidents detected at this moment or before. */
  readonly detectedToMs?: number | undefined;
};

/** Some 2 MB of an answer, which takes the collector 30 ms to read. */
const PAGE_ROWS = 2000;

/** Few enough for a statement that a person could read. */
const IDS_AT_ONCE = 100;

export class IncidentHistory {
  readonly #query: (influxql: string) => Promise<Row[]>;
  readonly #pageRows: number;

  constructor(query: (influxql: string) => Promise<Row[]>, pageRows = PAGE_ROWS) {
    this.#query = query;
    this.#pageRows = pageRows;
  }

  /** Newest first. A version may come twice, in two pages. Throws StoreError. */
  async *versions({ fromMs, toMs, detectedToMs, ...tags }: VersionsRange): AsyncGenerator<VersionsPage> {
    let beforeMs = toMs;
    let limit = this.#pageRows;
    while (beforeMs > fromMs) {
      const rows = await this.#query(versionsBetween({ fromMs, toMs: beforeMs, detectedToMs }, tags, limit));
      const lastMs = Number(rows.at(-1)?.time);
      const isLast = rows.length < limit;
      // The last millisecond may have more: it is asked for again.
      const downToMs = isLast ? fromMs : lastMs + 1;
      yield { versions: rows.map(incidentOfRow).filter(isDefined), downToMs };
      if (isLast) return;
      // As many in one millisecond as fit on a page: only a larger page leads on.
      limit = downToMs >= beforeMs ? limit * 4 : this.#pageRows;
      beforeMs = downToMs;
    }
  }

  /** All versions of one incident. Throws StoreError. */
  async versionsOf(incident: IncidentAddress): Promise<StoredIncident[]> {
    return (await this.#query(versionsOf(incident))).map(incidentOfRow).filter(isDefined);
  }

  /** Oldest first. Throws StoreError. */
  async verdicts(fromMs: number, toMs: number): Promise<VerdictRow[]> {
    const found: VerdictRow[] = [];
    for (let sinceMs = fromMs, limit = this.#pageRows; ; ) {
      const rows = await this.#query(verdictsBetween(sinceMs, toMs, limit));
      found.push(...rows.map(verdictOfRow).filter(isDefined));
      if (rows.length < limit) return found;
      const lastMs = Number(rows.at(-1)?.time);
      limit = lastMs > sinceMs ? this.#pageRows : limit * 4;
      sinceMs = lastMs;
    }
  }

  /** Those on incidents with these ids of boxes. Throws StoreError. */
  async verdictsOn(ids: readonly string[]): Promise<VerdictRow[]> {
    const found: VerdictRow[] = [];
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const rows = await this.#query(verdictsOn(ids.slice(from, from + IDS_AT_ONCE)));
      found.push(...rows.map(verdictOfRow).filter(isDefined));
    }
    return found;
  }
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
