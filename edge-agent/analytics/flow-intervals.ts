// Sums passages into intervals aligned to UTC, and knows how much of each interval was really observed.

import { type Flow, type Passage, ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { CountingLine } from './counting-line.ts';

export type FlowIntervalsOptions = {
  readonly camera: string;
  readonly lines: readonly CountingLine[];
  readonly intervalMs: number;
  /** An interval closes this long after its end, in frame time: passages become certain a little late. */
  readonly graceMs: number;
  /** A longer time between two frames was not observed. */
  readonly maxFrameGapMs: number;
  /** Reported in every interval, zeros included. */
  readonly roadUsers: readonly RoadUser[];
};

/** A clock that steps back by more than this was set; less is drift of the fitted offset. */
const CLOCK_STEP_MS = 1000;
/** Intervals remembered as reported: a day of minutes. */
const REMEMBERED_INTERVALS = 1440;

type Interval = {
  readonly fromMs: number;
  observedMs: number;
  framesAnalysed: number;
  framesDropped: number;
  /** Passages by line and direction, `[ROAD_USERS.length]` each. */
  readonly counts: Map<string, Uint32Array>;
};

/**
 * An interval is reported once. One without any observed time and without passages is not reported at
 * all: an outage is missing, not zero. When the clock is set back, open intervals are closed with what was seen, and
 * time that was reported before is not reported again: its frames and passages are left out of the flows and
 * counted in `unreported`.
 */
export class FlowIntervals {
  readonly #options: FlowIntervalsOptions;
  readonly #open = new Map<number, Interval>();
  readonly #reported = new Set<number>();
  #previous: FrameInfo | undefined;
  /** Frames and passages that fell into time reported before. */
  readonly unreported = { frames: 0, passages: 0 };

  constructor(options: FlowIntervalsOptions) {
    this.#options = options;
  }

  /** Takes a frame's time in. Returns intervals that a clock set back closed early. */
  observe(frame: FrameInfo): Flow[] {
    const previous = this.#previous;
    this.#previous = frame;
    const stepped = previous !== undefined && frame.capturedAtMs < previous.capturedAtMs - CLOCK_STEP_MS;
    const flows = stepped ? this.#close(Number.POSITIVE_INFINITY) : [];
    const interval = this.#intervalAt(frame.capturedAtMs);
    if (interval === undefined) {
      this.unreported.frames++;
      return flows;
    }
    interval.framesAnalysed++;
    interval.framesDropped += frame.droppedBefore;
    if (previous !== undefined && !this.#isGapBetween(previous, frame)) {
      this.#addObserved(previous, frame);
    }
    return flows;
  }

  /** Whether what happened just before this frame, the next to be observed, was not seen. */
  isGapBefore(frame: FrameInfo): boolean {
    return this.#previous === undefined || this.#isGapBetween(this.#previous, frame);
  }

  /** Adds a passage to the interval it happened in. */
  count(passage: Passage): void {
    const interval = this.#intervalAt(passage.atMs);
    if (interval === undefined) {
      this.unreported.passages++;
      return;
    }
    const key = keyOf(passage.line, passage.direction);
    const counts = interval.counts.get(key) ?? new Uint32Array(ROAD_USERS.length);
    const index = ROAD_USERS.indexOf(passage.roadUser);
    counts[index] = (counts[index] as number) + 1;
    interval.counts.set(key, counts);
  }

  /** Reports the intervals that ended at least the grace before `nowMs` (UTC). */
  advanceTo(nowMs: number): Flow[] {
    return this.#close(nowMs - this.#options.graceMs);
  }

  /** Reports all that is open. */
  flush(): Flow[] {
    this.#previous = undefined;
    return this.#close(Number.POSITIVE_INFINITY);
  }

  #addObserved(previous: FrameInfo, frame: FrameInfo): void {
    const fromMs = previous.capturedAtMs;
    const toMs = frame.capturedAtMs;
    const { intervalMs } = this.#options;
    for (let start = floorTo(fromMs, intervalMs); start < toMs; start += intervalMs) {
      const interval = this.#intervalAt(start);
      if (interval !== undefined) {
        interval.observedMs += Math.min(toMs, start + intervalMs) - Math.max(fromMs, start);
      }
    }
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

  /** The open interval of a moment; undefined when it has been reported. */
  #intervalAt(atMs: number): Interval | undefined {
    const fromMs = floorTo(atMs, this.#options.intervalMs);
    if (this.#reported.has(fromMs)) {
      return undefined;
    }
    let interval = this.#open.get(fromMs);
    if (interval === undefined) {
      interval = { fromMs, observedMs: 0, framesAnalysed: 0, framesDropped: 0, counts: new Map() };
      this.#open.set(fromMs, interval);
    }
    return interval;
  }

  #close(untilMs: number): Flow[] {
    const { intervalMs } = this.#options;
    const ready = [...this.#open.values()]
      .filter((interval) => interval.fromMs + intervalMs <= untilMs)
      .sort((a, b) => a.fromMs - b.fromMs);
    const flows: Flow[] = [];
    for (const interval of ready) {
      this.#open.delete(interval.fromMs);
      this.#reported.add(interval.fromMs);
      if (interval.observedMs > 0 || interval.counts.size > 0) {
        flows.push(...this.#flowsOf(interval));
      }
    }
    for (const fromMs of this.#reported) {
      if (this.#reported.size <= REMEMBERED_INTERVALS) {
        break;
      }
      this.#reported.delete(fromMs);
    }
    return flows;
  }

  #flowsOf(interval: Interval): Flow[] {
    const { camera, lines, intervalMs } = this.#options;
    const flows: Flow[] = [];
    for (const { line, directions, lane } of lines) {
      for (const direction of [directions.toLeft, directions.toRight]) {
        flows.push({
          type: 'flow',
          camera,
          fromMs: interval.fromMs,
          toMs: interval.fromMs + intervalMs,
          observedMs: Math.min(intervalMs, Math.round(interval.observedMs)),
          framesAnalysed: interval.framesAnalysed,
          framesDropped: interval.framesDropped,
          line,
          direction,
          ...(lane === undefined ? {} : { lane }),
          counts: this.#countsOf(interval.counts.get(keyOf(line, direction))),
        });
      }
    }
    return flows;
  }

  #countsOf(counts: Uint32Array | undefined): Flow['counts'] {
    const result: Flow['counts'] = {};
    for (const [index, roadUser] of ROAD_USERS.entries()) {
      const n = counts?.[index] ?? 0;
      if (n > 0 || this.#options.roadUsers.includes(roadUser)) {
        result[roadUser] = { n };
      }
    }
    return result;
  }
}

function keyOf(line: string, direction: string): string {
  return `${line} ${direction}`;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
