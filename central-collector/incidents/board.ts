// The incidents of the last days in memory, bounded: what screens ask for again and again, and what goes on when the
// database is away.

import type { AgentAddress, Incident } from '../../contract/index.ts';
import { idOf } from './incident-id.ts';
import { type IncidentRecord, withEvent, withVerdicts } from './incident-record.ts';
import { isWorse, type Severity, type Verdict } from './verdict.ts';

export type ActiveIncidents = { readonly count: number; readonly worst: Severity | null };

const NONE_ACTIVE: ActiveIncidents = { count: 0, worst: null };

/** When it is full, so many go at once: looking for the oldest takes time. */
const EVICTED_SHARE = 0.02;

export class Board {
  readonly #maxIncidents: number;
  readonly #verdictsOn: (address: AgentAddress & { id: string }) => readonly Verdict[];
  readonly #records = new Map<string, IncidentRecord>();
  /** By camera and by site. */
  readonly #active = new Map<string, Map<string, Severity>>();
  #sorted: readonly IncidentRecord[] | undefined;
  #readDownToMs = Number.POSITIVE_INFINITY;
  #letGoUpToMs = 0;
  /** Of those that were let go, how many were active. */
  evictedActive = 0;

  constructor(
    maxIncidents: number,
    verdictsOn: (address: AgentAddress & { id: string }) => readonly Verdict[],
  ) {
    this.#maxIncidents = maxIncidents;
    this.#verdictsOn = verdictsOn;
  }

  /** Every incident of which something was told at or after this moment is here. */
  get completeSinceMs(): number {
    return Math.max(this.#readDownToMs, this.#letGoUpToMs);
  }

  get size(): number {
    return this.#records.size;
  }

  get isFull(): boolean {
    return this.#records.size >= this.#maxIncidents;
  }

  /** The database was read down to a moment. */
  readDownTo(atMs: number): void {
    this.#readDownToMs = atMs;
  }

  get(id: string): IncidentRecord | undefined {
    return this.#records.get(id);
  }

  /** A version of an incident: new, again, late or out of order. */
  take(address: AgentAddress, event: Incident): IncidentRecord {
    const id = idOf({ ...address, id: event.id });
    const before = this.#records.get(id);
    let record = withEvent(before, address, event);
    if (before === undefined)
      record = withVerdicts(record, this.#verdictsOn({ ...address, id: record.event.id }));
    if (record !== before) this.#put(record);
    return record;
  }

  /** Undefined when the incident is not here. */
  judge(id: string, verdicts: readonly Verdict[]): IncidentRecord | undefined {
    const before = this.#records.get(id);
    if (before === undefined) return undefined;
    const record = withVerdicts(before, verdicts);
    if (record !== before) this.#put(record);
    return record;
  }

  /** Newest first, by detection; the same array until something changes. */
  get newestFirst(): readonly IncidentRecord[] {
    this.#sorted ??= [...this.#records.values()].sort(byDetection);
    return this.#sorted;
  }

  /** Of a camera `site/agent/camera`, or of a site. */
  activeOf(place: string): ActiveIncidents {
    const severities = this.#active.get(place);
    if (severities === undefined) return NONE_ACTIVE;
    let worst: Severity | null = null;
    for (const severity of severities.values()) {
      if (worst === null || isWorse(severity, worst)) worst = severity;
    }
    return { count: severities.size, worst };
  }

  #put(record: IncidentRecord): void {
    this.#records.set(record.id, record);
    this.#sorted = undefined;
    this.#index(record, record.view.state === 'active');
    if (this.#records.size > this.#maxIncidents) this.#evict();
  }

  #index({ id, camera, site, event }: IncidentRecord, isActive: boolean): void {
    for (const place of [camera, site]) {
      const severities = this.#active.get(place) ?? new Map<string, Severity>();
      if (isActive) severities.set(id, event.severity);
      else severities.delete(id);
      if (severities.size > 0) this.#active.set(place, severities);
      else this.#active.delete(place);
    }
  }

  /** What is over and was heard of longest ago goes first. */
  #evict(): void {
    const count = this.#records.size - this.#maxIncidents + Math.floor(this.#maxIncidents * EVICTED_SHARE);
    const order = [...this.#records.values()].sort(
      (a, b) =>
        Number(a.view.state === 'active') - Number(b.view.state === 'active') || heardMs(a) - heardMs(b),
    );
    for (const record of order.slice(0, count)) {
      this.#records.delete(record.id);
      if (record.view.state === 'active') this.evictedActive += 1;
      this.#index(record, false);
      this.#letGoUpToMs = Math.max(this.#letGoUpToMs, heardMs(record) + 1);
    }
  }
}

/** When it was last heard of. */
export function heardMs({ event }: IncidentRecord): number {
  return event.updatedAtMs;
}

/** Newest first; a name decides between two of the same millisecond. */
export function byDetection(one: IncidentRecord, other: IncidentRecord): number {
  return (
    other.event.detectedAtMs - one.event.detectedAtMs || (one.id < other.id ? -1 : Number(one.id > other.id))
  );
}
