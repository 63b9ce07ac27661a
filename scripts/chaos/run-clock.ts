// The run's own time: it stands still while the machine is too slow for the schedule, so that events and faults keep
// their places relative to each other.

export class RunClock {
  #baseMs = 0;
  #sinceMs: number | undefined;

  /** Milliseconds of the run. */
  get nowMs(): number {
    return this.#baseMs + (this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs);
  }

  go(): void {
    this.#sinceMs ??= performance.now();
  }

  hold(): void {
    this.#baseMs = this.nowMs;
    this.#sinceMs = undefined;
  }
}
