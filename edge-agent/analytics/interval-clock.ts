// Intervals aligned to UTC: which are open, how much of each was really observed, and that each is reported once,
// whatever the clock does. What is summed in an interval is the business of whoever owns the clock.

import type { FrameInfo } from '../source/frame.ts';

export type IntervalClockOptions<Sums> = {
  readonly intervalMs: number;
  /** An interval closes this long after its end, in frame time: some of it becomes certain a little late. */
  readonly graceMs: number;
  /** A longer time between two frames was not observed. */
  readonly maxFrameGapMs: number;
  /** The sums of an interval in which nothing has happened yet. */
  readonly empty: () => Sums;
};

/** `[fromMs, toMs)`, UTC. */
export type Interval<Sums> = {
  readonly fromMs: number;
  readonly toMs: number;
  observedMs: number;
  framesAnalysed: number;
  framesDropped: number;
  readonly sums: Sums;
};

/** What a frame means for the intervals. */
export type Tick<Sums> = {
  /** Intervals that a clock set back closed early, oldest first. */
  readonly closed: readonly Interval<Sums>[];
  /** The time since the previous frame by the interval it lies in; empty when it was not observed. */
  readonly observed: readonly ObservedPart<Sums>[];
};

/** Observed time `[fromMs, toMs)` of one interval, UTC; `ms` is its length. */
export type ObservedPart<Sums> = {
  readonly interval: Interval<Sums>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly ms: number;
};

/** A clock that steps back by more than this was set; less is drift of the fitted offset. */
const CLOCK_STEP_MS = 1000;
/** Intervals remembered as reported: a day of minutes. */
const REMEMBERED_INTERVALS = 1440;

/**
 * An interval is handed out for reporting once. When the clock is set back, open intervals are closed with what was
 * seen, and time that was reported before is not reported again: nothing of it is open, its frames are counted in
 * `unreportedFrames`. An interval without observed time is handed out like any other: whoever reports it leaves it
 * out, for an outage is missing, not zero.
 */
export class IntervalClock<Sums> {
  readonly #options: IntervalClockOptions<Sums>;
  readonly #open = new Map<number, Interval<Sums>>();
  readonly #reported = new Set<number>();
  #previous: FrameInfo | undefined;
  #unreportedFrames = 0;

  constructor(options: IntervalClockOptions<Sums>) {
    this.#options = options;
  }

  /** Frames that fell into time reported before. */
  get unreportedFrames(): number {
    return this.#unreportedFrames;
  }

  /** Takes a frame's time in. */
  observe(frame: FrameInfo): Tick<Sums> {
    const previous = this.#previous;
    this.#previous = frame;
    const stepped = previous !== undefined && frame.capturedAtMs < previous.capturedAtMs - CLOCK_STEP_MS;
    const closed = stepped ? this.#close(Number.POSITIVE_INFINITY) : [];
    const interval = this.at(frame.capturedAtMs);
    if (interval === undefined) {
      this.#unreportedFrames++;
      return { closed, observed: [] };
    }
    interval.framesAnalysed++;
    interval.framesDropped += frame.droppedBefore;
    const seen = previous !== undefined && !this.#isGapBetween(previous, frame);
    return { closed, observed: seen ? this.#observed(previous, frame) : [] };
  }

  /** Whether what happened just before this frame, the next to be observed, was not seen. */
  isGapBefore(frame: FrameInfo): boolean {
    return this.#previous === undefined || this.#isGapBetween(this.#previous, frame);
  }

  /** The open interval of a moment (UTC); undefined when it has been reported. */
  at(atMs: number): Interval<Sums> | undefined {
    const { intervalMs, empty } = this.#options;
    const fromMs = floorTo(atMs, intervalMs);
    if (this.#reported.has(fromMs)) {
      return undefined;
    }
    let interval = this.#open.get(fromMs);
    if (interval === undefined) {
      const toMs = fromMs + intervalMs;
      interval = { fromMs, toMs, observedMs: 0, framesAnalysed: 0, framesDropped: 0, sums: empty() };
      this.#open.set(fromMs, interval);
    }
    return interval;
  }

  /** All that is open, in no order. */
  get open(): Iterable<Interval<Sums>> {
    return this.#open.values();
  }

  /** The intervals that ended at least the grace before `nowMs` (UTC), oldest first. */
  advanceTo(nowMs: number): Interval<Sums>[] {
    return this.#close(nowMs - this.#options.graceMs);
  }

  /** All that is open, oldest first. */
  flush(): Interval<Sums>[] {
    this.#previous = undefined;
    return this.#close(Number.POSITIVE_INFINITY);
  }

  #observed(previous: FrameInfo, frame: FrameInfo): ObservedPart<Sums>[] {
    const fromMs = previous.capturedAtMs;
    const toMs = frame.capturedAtMs;
    const parts: ObservedPart<Sums>[] = [];
    const { intervalMs } = this.#options;
    for (let start = floorTo(fromMs, intervalMs); start < toMs; start += intervalMs) {
      const interval = this.at(start);
      if (interval !== undefined) {
        const part = { fromMs: Math.max(fromMs, start), toMs: Math.min(toMs, start + intervalMs) };
        const ms = part.toMs - part.fromMs;
        interval.observedMs += ms;
        parts.push({ interval, ...part, ms });
      }
    }
    return parts;
  }

  /** Both clocks must agree that little time passed: UTC may just have been set. */
  #isGapBetween(previous: FrameInfo, frame: FrameInfo): boolean {
    const limitMs = this.#options.maxFrameGapMs;
    return (
      frame.discontinuity ||
      frame.cameraTimeMs - previous.cameraTimeMs > limitMs ||
      Math.abs(frame.capturedAtMs - previous.capturedAtMs) > limitMs + CLOCK_STEP_MS
    );
  }

  #close(untilMs: number): Interval<Sums>[] {
    const ready = [...this.#open.values()]
      .filter(({ toMs }) => toMs <= untilMs)
      .sort((a, b) => a.fromMs - b.fromMs);
    for (const { fromMs } of ready) {
      this.#open.delete(fromMs);
      this.#reported.add(fromMs);
    }
    for (const fromMs of this.#reported) {
      if (this.#reported.size <= REMEMBERED_INTERVALS) {
        break;
      }
      this.#reported.delete(fromMs);
    }
    return ready;
  }
}

/** The fields that every report of an interval shares. Sums of fractions are rounded here and nowhere before. */
export function intervalFields({
  fromMs,
  toMs,
  observedMs,
  framesAnalysed,
  framesDropped,
}: Interval<unknown>): {
  fromMs: number;
  toMs: number;
  observedMs: number;
  framesAnalysed: number;
  framesDropped: number;
} {
  return {
    fromMs,
    toMs,
    observedMs: Math.min(toMs - fromMs, Math.round(observedMs)),
    framesAnalysed,
    framesDropped,
  };
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
