// The outbox's own clock, by which batches grow old. A box without a battery-backed clock wakes up in the
// past and jumps when the time server answers: by the wall clock its whole outbox would then be "too old".

/**
 * Runs with the monotonic clock while the process lives. Over a restart it moves on by what the wall clock
 * says has passed, but never backwards and never by more than `mostOffMs`: a month without power makes data
 * late, it does not throw it away.
 */
export class OutboxClock {
  readonly #monotonicMs: () => number;
  readonly #mostOffMs: number;
  #baseMs = 0;
  #startedMs: number;

  constructor({ monotonicMs, mostOffMs }: { monotonicMs: () => number; mostOffMs: number }) {
    this.#monotonicMs = monotonicMs;
    this.#mostOffMs = mostOffMs;
    this.#startedMs = monotonicMs();
  }

  /** Continues from the reading `clockMs` that was written at `wallMs`. */
  resume(clockMs: number, wallMs: number, nowWallMs: number): void {
    this.#baseMs = clockMs + Math.min(Math.max(nowWallMs - wallMs, 0), this.#mostOffMs);
    this.#startedMs = this.#monotonicMs();
  }

  /** Milliseconds, whole; only differences mean something. */
  nowMs(): number {
    return Math.round(this.#baseMs + this.#monotonicMs() - this.#startedMs);
  }
}
