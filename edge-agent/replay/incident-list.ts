// The incidents of a replay, each as its last message tells it.

import type { Incident, TrafficEvent } from '../../contract/index.ts';

export type ReplayIncident = Pick<Incident, 'id' | 'kind' | 'severity' | 'confidence'> & {
  readonly region?: string;
  /** Estimated onset, alarm and end in the clip, s from its start; without an end while it lasts. */
  readonly startedAtS: number;
  readonly detectedAtS: number;
  readonly clearedAtS?: number;
};

export class IncidentList {
  readonly #last = new Map<string, Incident>();

  add(event: TrafficEvent): void {
    if (event.type === 'incident') this.#last.set(event.id, event);
  }

  /**
   * In the order of their alarms. Those that the end of the clip cut off have no end.
   *
   * @param startAtMs UTC of the first frame
   */
  incidents(startAtMs: number): ReplayIncident[] {
    const secondsOf = (ms: number) => Math.round(ms - startAtMs) / 1000;
    return [...this.#last.values()]
      .sort((a, b) => a.detectedAtMs - b.detectedAtMs)
      .map(({ id, kind, severity, confidence, region, measures, ...times }) => {
        const lasts = times.clearedAtMs === undefined || measures.watchEnded !== undefined;
        return {
          id,
          kind,
          severity,
          confidence,
          ...(region === undefined ? {} : { region }),
          startedAtS: secondsOf(times.startedAtMs),
          detectedAtS: secondsOf(times.detectedAtMs),
          ...(lasts ? {} : { clearedAtS: secondsOf(times.clearedAtMs ?? 0) }),
        };
      });
  }
}
