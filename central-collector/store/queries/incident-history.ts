// Incidents and verdicts out of InfluxDB, in pages that hold up nobody.

import type { Row } from '../database.ts';
import type { VerdictRow } from '../verdict-points.ts';
import {
  alarmOfRow,
  alarmsBetween,
  type IncidentAddress,
  type IncidentPlace,
  type IncidentTags,
  incidentOfRow,
  type StoredIncident,
  type ToldAlarm,
  verdictOfRow,
  verdictsBetween,
  verdictsOn,
  versionsBetween,
  versionsIn,
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

/** As long as the files that InfluxDB keeps points in. */
const FIRST_WINDOW_MS = 7 * 86_400_000;

/** Rows of few columns, as many times more on a page. */
const NARROW = 5;

/** Few enough for a statement that a person could read. */
const IDS_AT_ONCE = 100;

export class IncidentHistory {
  readonly #query: (influxql: string) => Promise<Row[]>;
  readonly #pageRows: number;

  constructor(query: (influxql: string) => Promise<Row[]>, pageRows = PAGE_ROWS) {
    this.#query = query;
    this.#pageRows = pageRows;
  }

  /**
   * Newest first. A version may come twice, in two pages. Asked in windows that grow where little was told: InfluxDB looks
   * into every file of the time that a statement names, however few rows it wants. Throws StoreError.
   */
  async *versions({ fromMs, toMs, detectedToMs, ...tags }: VersionsRange): AsyncGenerator<VersionsPage> {
    let beforeMs = toMs;
    let limit = this.#pageRows;
    let windowMs = FIRST_WINDOW_MS;
    while (beforeMs > fromMs) {
      const sinceMs = Math.max(fromMs, beforeMs - windowMs);
      const range = { fromMs: sinceMs, toMs: beforeMs, detectedToMs };
      const rows = await this.#query(versionsBetween(range, tags, limit));
      const isWhole = rows.length < limit;
      // The last millisecond may have more: it is asked for again.
      const downToMs = isWhole ? sinceMs : Number(rows.at(-1)?.time) + 1;
      yield { versions: rows.map(incidentOfRow).filter(isDefined), downToMs };
      // As many in one millisecond as fit on a page: only a larger page leads on.
      limit = downToMs >= beforeMs ? limit * 4 : this.#pageRows;
      if (!isWhole) windowMs = Math.max(windowMs / 2, FIRST_WINDOW_MS);
      else if (rows.length < limit / 4) windowMs *= 4;
      beforeMs = downToMs;
    }
  }

  /** All versions of one incident. Throws StoreError. */
  async versionsOf(incident: IncidentAddress): Promise<StoredIncident[]> {
    return (await this.#query(versionsOf(incident))).map(incidentOfRow).filter(isDefined);
  }

  /** All versions of several since a moment. Throws StoreError. */
  async versionsOn(incidents: readonly IncidentPlace[], sinceMs: number): Promise<StoredIncident[]> {
    const series = new Map<string, IncidentPlace[]>();
    for (const incident of incidents) {
      const { site, agent, camera, kind } = incident;
      const name = `${site}/${agent}/${camera}/${kind}`;
      series.set(name, [...(series.get(name) ?? []), incident]);
    }
    const found: StoredIncident[] = [];
    for (const [place, ...others] of series.values()) {
      if (place === undefined) continue;
      const ids = [place, ...others].map(({ id }) => id);
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const rows = await this.#query(versionsIn(place, ids.slice(from, from + IDS_AT_ONCE), sinceMs));
        found.push(...rows.map(incidentOfRow).filter(isDefined));
      }
    }
    return found;
  }

  /** What statistics need of all versions told in this time, oldest first; one may come twice. Throws StoreError. */
  async *alarms(fromMs: number, toMs: number): AsyncGenerator<readonly ToldAlarm[]> {
    const pageRows = this.#pageRows * NARROW;
    for (let sinceMs = fromMs, limit = pageRows; sinceMs < toMs; ) {
      const untilMs = Math.min(toMs, sinceMs + FIRST_WINDOW_MS);
      const rows = await this.#query(alarmsBetween(sinceMs, untilMs, limit));
      yield rows.map(alarmOfRow).filter(isDefined);
      const lastMs = rows.length < limit ? untilMs : Number(rows.at(-1)?.time);
      // As many in one millisecond as fit on a page: only a larger page leads on.
      limit = lastMs > sinceMs ? pageRows : limit * 4;
      sinceMs = lastMs;
    }
  }

  /** Oldest first. Throws StoreError. */
  async verdicts(fromMs: number, toMs: number): Promise<VerdictRow[]> {
    const found: VerdictRow[] = [];
    const pageRows = this.#pageRows * NARROW;
    for (let sinceMs = fromMs, limit = pageRows; ; ) {
      const rows = await this.#query(verdictsBetween(sinceMs, toMs, limit));
      found.push(...rows.map(verdictOfRow).filter(isDefined));
      if (rows.length < limit) return found;
      const lastMs = Number(rows.at(-1)?.time);
      limit = lastMs > sinceMs ? pageRows : limit * 4;
      sinceMs = lastMs;
    }
  }

  /** Those on incidents with these ids of boxes. Throws StoreError. */
  async verdictsOn(ids: readonly string[], sinceMs = 0): Promise<VerdictRow[]> {
    const found: VerdictRow[] = [];
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const rows = await this.#query(verdictsOn(ids.slice(from, from + IDS_AT_ONCE), sinceMs));
      found.push(...rows.map(verdictOfRow).filter(isDefined));
    }
    return found;
  }
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
