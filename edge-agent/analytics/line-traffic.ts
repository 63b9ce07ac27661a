// How vehicles follow each other at the counting lines of a camera: who is on a line, in which lane a crossing was, and
// how long after the one before.

import type { RoadUser } from '../../contract/index.ts';
import type { GroundMapping } from './calibration.ts';
import type { CountingLine } from './counting-line.ts';
import { type LaneSpan, laneAt, laneSpans } from './flow-lanes.ts';
import { LineOccupancy, type Occupation } from './flow-occupancy.ts';
import { Headways } from './headway.ts';
import type { Crossing } from './line-watch.ts';
import type { Observation } from './observation.ts';

/** What a passage says besides who crossed where and when. */
export type Following = { readonly lane?: string; readonly headwayS?: number; readonly gapS?: number };

export class LineTraffic {
  readonly #occupancy: LineOccupancy;
  readonly #headways = new Headways();
  readonly #spans: ReadonlyMap<string, readonly LaneSpan[]>;

  constructor(lines: readonly CountingLine[], mapping?: GroundMapping) {
    this.#occupancy = new LineOccupancy(lines, mapping);
    this.#spans = new Map(lines.map((line) => [line.line, laneSpans(line, mapping)]));
  }

  /** Takes the next frame in, before the crossings that it made certain; returns which lines were occupied since. */
  observe(observation: Observation): Occupation[] {
    this.#headways.watchedSince(observation.watchedSince.cameraTimeMs);
    return this.#occupancy.observe(observation);
  }

  /**
   * Takes the next crossing in: once each, in the order in which they become certain, those of one frame by their moment.
   *
   * @param id of the road user in the observations
   */
  crossed(
    id: number,
    roadUser: RoadUser,
    { line, directions }: CountingLine,
    { to, at, along }: Crossing,
  ): Following {
    const lane = laneAt(this.#spans.get(line) ?? [], along);
    const headway = this.#headways.next({
      line,
      direction: to === 'left' ? directions.toLeft : directions.toRight,
      lane,
      roadUser,
      atMs: at.cameraTimeMs,
      time: this.#occupancy.timeOnLine(id, line),
    });
    return { ...(lane === undefined ? {} : { lane }), ...headway };
  }

  /** Forgets who is there and who is ahead. */
  reset(): void {
    this.#occupancy.reset();
    this.#headways.reset();
  }
}
