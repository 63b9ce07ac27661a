// Sums passages into intervals aligned to UTC, one flow for each line and direction.

import { type Flow, type Passage, ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { CountingLine } from './counting-line.ts';
import { type Interval, IntervalClock, intervalFields } from './interval-clock.ts';

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

/** Passages by line and direction, `[ROAD_USERS.length]` each. */
type Counts = Map<string, Uint32Array>;

/**
 * An interval is reported once. One without any observed time and without passages is not reported at
 * all: an outage is missing, not zero. Frames and passages of time that was reported before, when the clock is set
 * back, are left out of the flows and counted in `unreported` (see IntervalClock).
 */
export class FlowIntervals {
  readonly #options: FlowIntervalsOptions;
  readonly #clock: IntervalClock<Counts>;
  #unreportedPassages = 0;

  constructor(options: FlowIntervalsOptions) {
    this.#options = options;
    this.#clock = new IntervalClock({ ...options, empty: () => new Map() });
  }

  /** Frames and passages that fell into time reported before. */
  get unreported(): { readonly frames: number; readonly passages: number } {
    return { frames: this.#clock.unreportedFrames, passages: this.#unreportedPassages };
  }

  /** Takes a frame's time in. Returns intervals that a clock set back closed early. */
  observe(frame: FrameInfo): Flow[] {
    return this.#flowsOf(this.#clock.observe(frame).closed);
  }

  /** Whether what happened just before this frame, the next to be observed, was not seen. */
  isGapBefore(frame: FrameInfo): boolean {
    return this.#clock.isGapBefore(frame);
  }

  /** Adds a passage to the interval it happened in. */
  count(passage: Passage): void {
    const interval = this.#clock.at(passage.atMs);
    if (interval === undefined) {
      this.#unreportedPassages++;
      return;
    }
    const key = keyOf(passage.line, passage.direction);
    const counts = interval.sums.get(key) ?? new Uint32Array(ROAD_USERS.length);
    const index = ROAD_USERS.indexOf(passage.roadUser);
    counts[index] = (counts[index] as number) + 1;
    interval.sums.set(key, counts);
  }

  /** Reports the intervals that ended at least the grace before `nowMs` (UTC). */
  advanceTo(nowMs: number): Flow[] {
    return this.#flowsOf(this.#clock.advanceTo(nowMs));
  }

  /** Reports all that is open. */
  flush(): Flow[] {
    return this.#flowsOf(this.#clock.flush());
  }

  #flowsOf(closed: readonly Interval<Counts>[]): Flow[] {
    const { camera, lines } = this.#options;
    const reported = closed.filter(({ observedMs, sums }) => observedMs > 0 || sums.size > 0);
    return reported.flatMap((interval) =>
      lines.flatMap(({ line, directions, lane }) =>
        [directions.toLeft, directions.toRight].map((direction) => ({
          type: 'flow' as const,
          camera,
          ...intervalFields(interval),
          line,
          direction,
          ...(lane === undefined ? {} : { lane }),
          counts: this.#countsOf(interval.sums.get(keyOf(line, direction))),
        })),
      ),
    );
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
