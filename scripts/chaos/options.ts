// What a run of chaos is made of. Everything that decides about it is here, so that a run can be had again.

export type ChaosOptions = {
  readonly seed: number;
  readonly faults: number;
  readonly agents: number;
  readonly collectors: number;
  /** Planned length of the time with faults, in minutes; a busy machine takes longer. */
  readonly minutes: number;
  /** Events that each agent publishes in a second, on average. */
  readonly eventsPerSecond: number;
  /** Faults at once, at most. */
  readonly concurrency: number;
  /** Keep the folder with logs, outboxes and data also when everything is right. */
  readonly keep: boolean;
  /** Where the run has its folder. */
  readonly directory: string;
};

/** A second and a bit for each fault: long enough to notice what went wrong before, and to come back. */
export const MINUTES_PER_FAULT = 1.1 / 60;

/** No run is so short that nothing is published. */
export const MIN_MINUTES = 0.25;

export const SITE = 'hai-phong';

export const DATABASE = 'ngatu';

/** Slug of an agent by its number, from 1. */
export function agentName(number: number): string {
  return `box-${String(number).padStart(3, '0')}`;
}
