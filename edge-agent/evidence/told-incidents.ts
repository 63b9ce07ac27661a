// What has been told of incidents that get evidence. Pictures and clips are ready when their incident may be over: then a
// version of its own tells of them, and all later versions count on from there.

import type { Incident, IncidentEvidence, TrafficEvent } from '../../contract/index.ts';

type Told = {
  /** The newest message, as it went out. */
  last?: Incident;
  evidence?: IncidentEvidence;
  /** Versions that were made here. */
  extra: number;
};

/** Incidents that are remembered, those that were spoken of last: more than may be open at once, and some that are over. */
const MAX_REMEMBERED = 200;

export class ToldIncidents {
  readonly #told = new Map<string, Told>();

  /** There will be evidence of this incident. */
  expect(id: string): void {
    this.#remember(id, { extra: 0 });
  }

  /** The same events; those of incidents with evidence tell of it and have the version that comes next. */
  addTo(events: readonly TrafficEvent[]): readonly TrafficEvent[] {
    if (this.#told.size === 0) return events;
    return events.map((event) => {
      const told = event.type === 'incident' ? this.#told.get(event.id) : undefined;
      if (event.type !== 'incident' || told === undefined) return event;
      const { evidence, extra } = told;
      const last = {
        ...event,
        version: event.version + extra,
        ...(evidence === undefined ? {} : { evidence }),
      };
      this.#remember(event.id, { ...told, last });
      return last;
    });
  }

  /** There is evidence now: gives the message that says so. Undefined for an incident that was never told of. */
  add(id: string, evidence: IncidentEvidence, nowMs: number): Incident | undefined {
    const told = this.#told.get(id);
    if (told?.last === undefined) return undefined;
    const { last: before, extra } = told;
    const last = {
      ...before,
      version: before.version + 1,
      state: before.state === 'detected' ? ('updated' as const) : before.state,
      updatedAtMs: Math.max(before.updatedAtMs, Math.round(nowMs)),
      evidence,
    };
    this.#remember(id, { last, evidence, extra: extra + 1 });
    return last;
  }

  #remember(id: string, told: Told): void {
    this.#told.delete(id);
    this.#told.set(id, told);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MAX_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
  }
}
