// Zones of a camera in intervals aligned to UTC: entries and exits, who is present, occupancy, dwell and queues.

import {
  ROAD_USERS,
  type RoadUser,
  type TrafficEvent,
  type Zone as ZoneEvent,
} from '../../contract/index.ts';
import type { GroundMapping } from './calibration.ts';
import { type Interval, IntervalClock, intervalFields } from './interval-clock.ts';
import type { Moment, Observation, Observer } from './observation.ts';
import { checkZones, type Zone } from './zone.ts';
import { ZoneFootprints } from './zone-footprints.ts';
import { ZoneSums } from './zone-sums.ts';
import { type ZonesSums, ZoneWatch } from './zone-watch.ts';

export type ZoneIntervalsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  readonly zones: readonly Zone[];
  /** What the model can tell apart: reported in every interval that counts it, zeros included. */
  readonly roadUsers: readonly RoadUser[];
  /** Size that the coordinates of the zones refer to, px. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Part of it that is analysed. Default: all. */
  readonly region?:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
  /** With it, queues are measured in metres and areas on the ground. */
  readonly calibration?: GroundMapping | undefined;
  /** Length of an interval, aligned to UTC. Default 60 000 ms. */
  readonly intervalMs?: number | undefined;
  /** An interval closes this long after its end: changes become certain a little late. Default 6000 ms. */
  readonly graceMs?: number | undefined;
  /** More time than this between two frames does not count as observed. Default 1000 ms. */
  readonly maxFrameGapMs?: number | undefined;
};

/**
 * One `zone` event for each zone and interval; none for an interval of which nothing was observed.
 *
 * - Who is inside when watching begins is present but enters not; who appears inside, or vanishes there, is
 *   `appeared` or `lost`. A stay that an outage cuts off ends nowhere.
 * - Presence runs from the entry to the exit, or to the last sighting of who is lost, and is reckoned when the
 *   interval closes: what became known late is in it. Only observed time counts.
 * - A stay that ended before an interval that is reported already is counted in the running one.
 */
export class ZoneIntervals implements Observer {
  readonly #options: ZoneIntervalsOptions;
  readonly #clock: IntervalClock<ZonesSums>;
  readonly #watches: readonly ZoneWatch[];
  readonly #footprints: ZoneFootprints;
  /** After a reset, nothing is known of what was before. */
  #knownSince: Moment | undefined;

  /** @throws RangeError for zones that cannot be measured (checkZones). */
  constructor(options: ZoneIntervalsOptions) {
    const { zones, picture, region, calibration } = options;
    checkZones(zones);
    this.#options = options;
    this.#clock = new IntervalClock<ZonesSums>({
      intervalMs: options.intervalMs ?? 60_000,
      graceMs: options.graceMs ?? 6000,
      maxFrameGapMs: options.maxFrameGapMs ?? 1000,
      empty: () => ({ observed: [], zones: zones.map(() => new ZoneSums()) }),
    });
    const { x, y, width, height } = region ?? { x: 0, y: 0, ...picture };
    const visible = { x1: x, y1: y, x2: x + width, y2: y + height };
    this.#footprints = new ZoneFootprints(calibration);
    this.#watches = zones.map(
      (zone, index) => new ZoneWatch({ zone, index, clock: this.#clock, visible, calibration }),
    );
  }

  /** Frames, and changes of who is inside, that fell into time reported before (clock set back). */
  get unreported(): { readonly frames: number; readonly changes: number } {
    return {
      frames: this.#clock.unreportedFrames,
      changes: this.#watches.reduce((sum, { unreported }) => sum + unreported, 0),
    };
  }

  observe(observation: Observation): TrafficEvent[] {
    const { closed, observed } = this.#clock.observe(observation.frame);
    const events = this.#report(closed);
    for (const { interval, fromMs, toMs } of observed) addSpan(interval.sums.observed, fromMs, toMs);
    this.#footprints.observe(observation.roadUsers);
    this.#knownSince ??= { cameraTimeMs: observation.cameraTimeMs, capturedAtMs: observation.capturedAtMs };
    const watchedSince =
      this.#knownSince.cameraTimeMs > observation.watchedSince.cameraTimeMs
        ? this.#knownSince
        : observation.watchedSince;
    for (const watch of this.#watches) watch.observe(observation, watchedSince, this.#footprints, observed);
    for (const id of observation.gone) this.#footprints.forget(id);
    return [...events, ...this.#report(this.#clock.advanceTo(observation.capturedAtMs))];
  }

  advanceTo(nowMs: number): TrafficEvent[] {
    return this.#report(this.#clock.advanceTo(nowMs));
  }

  reset(): void {
    for (const watch of this.#watches) watch.reset();
    this.#footprints.reset();
    this.#knownSince = undefined;
  }

  flush(): TrafficEvent[] {
    const events = this.#report(this.#clock.flush());
    this.reset();
    return events;
  }

  #report(closed: readonly Interval<ZonesSums>[]): ZoneEvent[] {
    const { camera, zones, roadUsers } = this.#options;
    return closed.flatMap((interval) =>
      zones.flatMap(({ zone, roadUsers: counted = ROAD_USERS }, index) => {
        const sums = interval.sums.zones[index];
        if (sums === undefined || (interval.observedMs <= 0 && sums.isEmpty)) return [];
        const open = this.#watches[index]?.openSpans() ?? [];
        const told = roadUsers.filter((roadUser) => counted.includes(roadUser));
        const measured = sums.report(told, open, interval.sums.observed);
        return [{ type: 'zone' as const, camera, zone, ...measured, ...intervalFields(interval) }];
      }),
    );
  }
}

/** Spans that follow one another are one. */
function addSpan(
  spans: [number, number][] | (readonly [number, number])[],
  fromMs: number,
  toMs: number,
): void {
  const last = spans.at(-1);
  if (last?.[1] === fromMs) spans[spans.length - 1] = [last[0], toMs];
  else spans.push([fromMs, toMs]);
}
