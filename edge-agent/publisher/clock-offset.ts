// How far this box's clock is from the centre's, from batches that were confirmed at the first attempt.

/** An older measurement gives way to a worse one after this: clocks drift. */
const KEPT_MS = 600_000;

export class ClockOffset {
  #best: { offsetMs: number; roundTripMs: number; atMs: number } | undefined;

  /** Agent clock minus centre clock; the error is at most half the round trip. */
  get offsetMs(): number | undefined {
    return this.#best?.offsetMs;
  }

  /**
   * The centre wrote `centreMs` into its answer to what was sent `roundTripMs` ago, and it is `wallMs` here now.
   * The shortest round trip of the last ten minutes counts: its error is the smallest.
   */
  measure(wallMs: number, centreMs: number, roundTripMs: number, monotonicMs: number): void {
    const best = this.#best;
    if (best && roundTripMs > best.roundTripMs && monotonicMs - best.atMs < KEPT_MS) return;
    const offsetMs = Math.round(wallMs - roundTripMs / 2 - centreMs);
    this.#best = { offsetMs, roundTripMs, atMs: monotonicMs };
  }
}
