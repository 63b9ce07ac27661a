// Sums passages into intervals aligned to UTC, one flow for each line, direction and lane.

import type { Flow, Passage, RoadUser } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { GroundMapping } from './calibration.ts';
import type { CountingLine } from './counting-line.ts';
import { type LaneSpan, laneSpans } from './flow-lanes.ts';
import type { Occupation } from './flow-occupancy.ts';
import { FlowSums, type MeasuredAccuracy } from './flow-sums.ts';
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
  /** Where the camera is calibrated, for lanes that are equally wide on the road. */
  readonly mapping?: GroundMapping | undefined;
  /** How well the camera counts, where that was measured: gives every count an interval. */
  readonly accuracy?: readonly MeasuredAccuracy[] | undefined;
};

/** Of an interval, by line, direction and lane; only where something happened. */
type Sums = Map<string, FlowSums>;

type Reported = { readonly line: CountingLine; readonly spans: readonly LaneSpan[] };

/** A time that was occupied lies at most this far before one known already, unless the clock was set back. */
const CLOCK_STEP_MS = 1000;

/**
 * An interval is reported once. One without any observed time and without passages is not reported at
 * all: an outage is missing, not zero. Frames and passages of time that was reported before, when the clock is set
 * back, are left out of the flows and counted in `unreported` (see IntervalClock).
 *
 * A line with lanes gives one flow for each direction and lane. A lane that has a direction gives one for it; the other
 * direction is reported only for intervals in which somebody drove it.
 */
export class FlowIntervals {
  readonly #options: FlowIntervalsOptions;
  readonly #clock: IntervalClock<Sums>;
  readonly #lines: readonly Reported[];
  /** Until when a line is known to have been occupied, by line, direction and lane; UTC. */
  readonly #occupiedUntilMs = new Map<string, number>();
  #watchesOccupancy = false;
  #unreportedPassages = 0;

  constructor(options: FlowIntervalsOptions) {
    this.#options = options;
    this.#clock = new IntervalClock({ ...options, empty: () => new Map() });
    this.#lines = options.lines.map((line) => ({ line, spans: laneSpans(line, options.mapping) }));
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

  /** Adds a passage to the interval it happened in, with its speed, headway and gap. */
  count(passage: Passage): void {
    const interval = this.#clock.at(passage.atMs);
    if (interval === undefined) this.#unreportedPassages++;
    else sumsOf(interval, passage.line, passage.direction, passage.lane).count(passage);
  }

  /**
   * Adds what was occupied since the frame before; call it for every frame, also with nothing, or never: flows have an
   * `occupiedMs` only when somebody watches. Vehicles side by side occupy a line once.
   */
  occupy(occupations: readonly Occupation[]): void {
    this.#watchesOccupancy = true;
    for (const { line, direction, lane, fromMs, toMs } of occupations.toSorted(
      (a, b) => a.fromMs - b.fromMs,
    )) {
      for (const each of direction === undefined ? this.#directionsOf(line) : [direction]) {
        const key = keyOf(line, each, lane);
        const untilMs = this.#occupiedUntilMs.get(key) ?? fromMs;
        const startMs = untilMs - fromMs > CLOCK_STEP_MS ? fromMs : Math.max(fromMs, untilMs);
        if (toMs <= startMs) continue;
        this.#occupiedUntilMs.set(key, toMs);
        this.#addOccupied(line, each, lane, startMs, toMs);
      }
    }
  }

  /** Reports the intervals that ended at least the grace before `nowMs` (UTC). */
  advanceTo(nowMs: number): Flow[] {
    return this.#flowsOf(this.#clock.advanceTo(nowMs));
  }

  /** Reports all that is open. */
  flush(): Flow[] {
    return this.#flowsOf(this.#clock.flush());
  }

  #directionsOf(line: string): string[] {
    const found = this.#lines.find((each) => each.line.line === line)?.line.directions;
    return found === undefined ? [] : [found.toLeft, found.toRight];
  }

  #addOccupied(
    line: string,
    direction: string,
    lane: string | undefined,
    fromMs: number,
    toMs: number,
  ): void {
    for (let startMs = fromMs; startMs < toMs; ) {
      const { intervalMs } = this.#options;
      const endMs = Math.min(toMs, (Math.floor(startMs / intervalMs) + 1) * intervalMs);
      const interval = this.#clock.at(startMs);
      if (interval !== undefined) sumsOf(interval, line, direction, lane).occupy(endMs - startMs);
      startMs = endMs;
    }
  }

  #flowsOf(closed: readonly Interval<Sums>[]): Flow[] {
    const reported = closed.filter(({ observedMs, sums }) => observedMs > 0 || sums.size > 0);
    return reported.flatMap((interval) =>
      this.#lines.flatMap((line) =>
        this.#sumsToReport(line, interval.sums).map((sums) => this.#flowOf(line, interval, sums)),
      ),
    );
  }

  #flowOf({ line }: Reported, interval: Interval<Sums>, sums: FlowSums): Flow {
    const { camera, roadUsers, accuracy = [] } = this.#options;
    const { occupiedMs, ...spans } = sums.spans(intervalFields(interval).observedMs);
    return {
      type: 'flow',
      camera,
      ...intervalFields(interval),
      line: line.line,
      direction: sums.direction,
      ...(sums.lane === undefined ? {} : { lane: sums.lane }),
      counts: sums.countsOf(roadUsers, accuracy),
      ...(this.#watchesOccupancy ? { occupiedMs } : {}),
      ...spans,
    };
  }

  /** Those that are always reported, direction by direction, then others in which something happened. */
  #sumsToReport({ line, spans }: Reported, sums: Sums): FlowSums[] {
    const wanted = [line.directions.toLeft, line.directions.toRight].flatMap((direction) =>
      (spans.length === 0 ? [undefined] : spans)
        .filter((span) => span?.direction === undefined || span.direction === direction)
        .map(
          (span) => [keyOf(line.line, direction, span?.lane), new FlowSums(direction, span?.lane)] as const,
        ),
    );
    const found = [...sums].filter(([key]) => key.startsWith(`${line.line} `));
    return [...new Map([...wanted, ...found]).values()];
  }
}

function sumsOf(
  { sums }: Interval<Sums>,
  line: string,
  direction: string,
  lane: string | undefined,
): FlowSums {
  const key = keyOf(line, direction, lane);
  const found = sums.get(key) ?? new FlowSums(direction, lane);
  sums.set(key, found);
  return found;
}

/** A blank is in no slug. */
function keyOf(line: string, direction: string, lane: string | undefined): string {
  return `${line} ${direction} ${lane ?? ''}`;
}
