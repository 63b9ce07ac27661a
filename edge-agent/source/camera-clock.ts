// Two clocks out of one stream of presentation times: the camera's own, without gaps or jumps back, and UTC.

/** Where a frame lies in time. */
export type FrameMoment = {
  readonly cameraTimeMs: number;
  readonly capturedAtMs: number;
  /** The camera's clock jumped or a new connection began: the step to this frame was measured by our own clock. */
  readonly discontinuity: boolean;
};

/** A step of the camera's clock that is longer than the time that really passed by this much is a jump, ms. */
const JUMP_MS = 10_000;

/** A step back up to this is a frame out of order, and not worth keeping; beyond, the clock was set, ms. */
const OUT_OF_ORDER_MS = 1000;

/**
 * Presentation times start anywhere, wrap and jump. `cameraTimeMs` goes on strictly increasing: inside a
 * connection by the camera's own steps, across connections and jumps by the time that passed here.
 *
 * UTC is the camera's time plus an offset. Frames arrive late by a delay that is never negative and varies
 * (bursts at the start of a connection, retransmissions), so the offset follows the frames that arrived
 * soonest: the least (arrival - camera time) of the last minute, approached slowly so that `capturedAtMs`
 * neither jumps nor stands still. What remains is the camera's constant delay, typically 50 to 300 ms.
 */
export class CameraClock {
  #base = 0;
  #last: { timeMs: number; cameraTimeMs: number; capturedAtMs: number; atMs: number } | undefined;
  #newConnection = true;
  #offset = new OffsetFit();

  /** The next frame belongs to another connection: its presentation time says nothing about the ones before. */
  startConnection(): void {
    this.#newConnection = true;
  }

  /**
   * @param timeMs presentation time
   * @param utcMs and `monotonicMs` when the frame arrived
   * @returns undefined for a frame that is not after the one before
   */
  locate(timeMs: number, utcMs: number, monotonicMs: number): FrameMoment | undefined {
    const last = this.#last;
    if (last === undefined) {
      this.#newConnection = false;
      this.#base = -timeMs;
      return this.#moment(timeMs, 0, utcMs, monotonicMs, true);
    }
    const passedMs = Math.max(0, monotonicMs - last.atMs);
    const stepMs = timeMs - last.timeMs;
    const jumped = stepMs < -OUT_OF_ORDER_MS || stepMs > passedMs + JUMP_MS;
    if (this.#newConnection || jumped) {
      this.#newConnection = false;
      this.#offset.restart();
      this.#base = last.cameraTimeMs + Math.max(1, passedMs) - timeMs;
      return this.#moment(timeMs, timeMs + this.#base, utcMs, monotonicMs, true);
    }
    if (stepMs <= 0) return undefined;
    return this.#moment(timeMs, timeMs + this.#base, utcMs, monotonicMs, false);
  }

  #moment(
    timeMs: number,
    cameraTimeMs: number,
    utcMs: number,
    monotonicMs: number,
    discontinuity: boolean,
  ): FrameMoment {
    const last = this.#last;
    const stepMs = last === undefined ? 0 : cameraTimeMs - last.cameraTimeMs;
    const fitted = cameraTimeMs + this.#offset.update(cameraTimeMs, utcMs, stepMs);
    const capturedAtMs =
      last === undefined || this.#offset.wasSet
        ? fitted
        : steady(fitted, last.capturedAtMs + stepMs / 2, Math.max(utcMs, last.capturedAtMs));
    this.#last = { timeMs, cameraTimeMs, capturedAtMs, atMs: monotonicMs };
    return { cameraTimeMs, capturedAtMs, discontinuity };
  }
}

/**
 * Not after the frame's arrival, and otherwise at half the camera's pace at least, so that no frame lies before
 * the one before it.
 */
function steady(fittedMs: number, leastMs: number, mostMs: number): number {
  return Math.min(mostMs, Math.max(leastMs, fittedMs));
}

/** Length of one of the buckets over which the least offset is kept, and how many there are. */
const BUCKET_MS = 10_000;
const BUCKETS = 6;

/** An offset that moved this far for a whole bucket means that one of the clocks was set, ms. */
const CLOCK_SET_MS = 2000;

/** The offset grows by at most this share of the time that passes: a drifting clock is slower by far. */
const MAX_RISE = 0.01;

/** It falls by at most this share: right after a connection the first frames are the latest ones. */
const MAX_FALL = 0.5;

class OffsetFit {
  /** Whether the last update jumped, because a clock was set. */
  wasSet = false;
  #buckets: { index: number; least: number }[] = [];
  #offset: number | undefined;

  /** Forgets what it has seen, but not where it stands. */
  restart(): void {
    this.#buckets = [];
  }

  /** Takes the next frame; gives UTC minus camera time, ms. */
  update(cameraTimeMs: number, utcMs: number, stepMs: number): number {
    const seen = utcMs - cameraTimeMs;
    this.#note(Math.floor(cameraTimeMs / BUCKET_MS), seen);
    const least = Math.min(...this.#buckets.map((bucket) => bucket.least));
    const before = this.#offset;
    this.wasSet = before !== undefined && (seen < before - CLOCK_SET_MS || this.#isLateThroughout(before));
    if (before === undefined) this.#offset = least;
    else if (this.wasSet) {
      this.#buckets = this.#buckets.slice(-1).map(({ index }) => ({ index, least: seen }));
      this.#offset = seen;
    } else {
      this.#offset = Math.max(before - stepMs * MAX_FALL, Math.min(before + stepMs * MAX_RISE, least));
    }
    return this.#offset;
  }

  #note(index: number, seen: number): void {
    const current = this.#buckets.at(-1);
    if (current?.index === index) current.least = Math.min(current.least, seen);
    else this.#buckets.push({ index, least: seen });
    while (this.#buckets.length > BUCKETS) this.#buckets.shift();
  }

  /** In the last complete bucket not one frame came close to the offset that we hold. */
  #isLateThroughout(offset: number): boolean {
    const complete = this.#buckets.at(-2);
    return complete !== undefined && complete.least > offset + CLOCK_SET_MS;
  }
}
