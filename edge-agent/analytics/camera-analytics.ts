// Turns the tracks of one camera into traffic events: a passage for each road user that crosses a line, the flow of
// each line and direction for each interval, and what the observers make of who is on the road. Runs on frame time
// only, so that a replay equals the live run.

import type { RoadUser, TrafficEvent } from '../../contract/index.ts';
import type { PictureState, SourceState, Thumbnail } from '../source/frame.ts';
import type { TrackedFrame } from '../tracker/track.ts';
import { type Calibration, toGround } from './calibration.ts';
import type { CameraFaults } from './camera-faults.ts';
import { type CountingLine, checkLines } from './counting-line.ts';
import { FlowIntervals } from './flow-intervals.ts';
import type { MeasuredAccuracy } from './flow-sums.ts';
import { LineCounter } from './line-counter.ts';
import { LineTraffic } from './line-traffic.ts';
import { LONGEST_DECISION_MS } from './line-watch.ts';
import type { Moment, Observer, RoadUserPassage } from './observation.ts';
import { Passages, SPEED_WAIT_MS } from './passages.ts';
import { RoadUsers, SETTLE_MS } from './road-users.ts';

export type CameraAnalyticsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  /** Size that the coordinates of the lines refer to; default: the size the camera sends. */
  readonly picture?: { readonly width: number; readonly height: number };
  readonly lines: readonly CountingLine[];
  /** Where on the road the points of `picture` are: gives passages their speeds. */
  readonly calibration?: Calibration;
  /** How well the camera counts, where that was measured: gives every count its bounds. */
  readonly accuracy?: readonly MeasuredAccuracy[] | undefined;
  /** Faults of the camera itself. Speeds are withheld while it looks elsewhere than it used to. */
  readonly faults?: CameraFaults;
  /** Zones, journeys, incidents: their events follow passages, flows and faults, in this order. */
  readonly observers?: readonly Observer[];
  /** Length of a flow interval, aligned to UTC. Default 60 000 ms. */
  readonly intervalMs?: number;
  /** What the model can tell apart: reported in every flow, zeros included. */
  readonly roadUsers: readonly RoadUser[];
  /**
   * More time than this between two analysed frames does not count as observed. Default 1000 ms; a camera analysed
   * less than twice a second needs more.
   */
  readonly maxFrameGapMs?: number;
};

/** What the pixels of a frame tell besides its boxes, a few times a second. */
export type FrameLook = {
  readonly thumbnail: Thumbnail;
  /** Absent where faults are not looked for. */
  readonly picture: PictureState | undefined;
};

/** A second is for frames that arrive late. */
const LATE_MS = 1000;
/** After this every passage of an interval is certain. */
const GRACE_MS = SETTLE_MS + LONGEST_DECISION_MS + LATE_MS;

const START: Moment = { cameraTimeMs: 0, capturedAtMs: 0 };

/**
 * One instance a camera. Each real crossing gives one passage: see LineWatch for jitter and waiting, and
 * findPredecessor for id switches. A passage is reported when it is certain, up to some seconds after the moment it
 * names; the flow of an interval follows once no passage of it can come any more (6 s after its end).
 */
export class CameraAnalytics {
  readonly #flows: FlowIntervals;
  readonly #lines: LineCounter;
  readonly #traffic: LineTraffic;
  readonly #roadUsers: RoadUsers;
  readonly #passages: Passages;
  readonly #faults: CameraFaults | undefined;
  readonly #observers: readonly Observer[];
  #picture: PictureState | undefined;
  /** The first frame after the last gap. */
  #watchedSince = START;

  /** @throws RangeError for lines that cannot count (checkLines). */
  constructor(options: CameraAnalyticsOptions) {
    const { camera, picture, lines, calibration } = options;
    checkLines(lines);
    this.#lines = new LineCounter(lines, calibration);
    this.#traffic = new LineTraffic(lines, calibration);
    this.#roadUsers = new RoadUsers(
      { picture, toGround: calibration && (({ x, y }) => toGround(calibration, [x, y])) },
      this.#lines,
    );
    this.#passages = new Passages(camera, calibration);
    this.#faults = options.faults;
    this.#observers = options.observers ?? [];
    this.#flows = new FlowIntervals({
      camera,
      lines,
      intervalMs: options.intervalMs ?? 60_000,
      graceMs: GRACE_MS,
      maxFrameGapMs: options.maxFrameGapMs ?? 1000,
      roadUsers: options.roadUsers,
      mapping: calibration,
      accuracy: options.accuracy,
    });
  }

  /** Frames and passages left out of the flows because their time had been reported before (clock set back). */
  get unreported(): { readonly frames: number; readonly passages: number } {
    return this.#flows.unreported;
  }

  /**
   * Takes the next frame's tracks in, and what its pixels look like where somebody looked. Events come sorted: passages by
   * their moment, then flows, then the rest.
   */
  update(tracked: TrackedFrame, look?: FrameLook): TrafficEvent[] {
    const { frame } = tracked;
    const { cameraTimeMs, capturedAtMs } = frame;
    if (this.#flows.isGapBefore(frame)) {
      this.#watchedSince = { cameraTimeMs, capturedAtMs };
    }
    const roadUsers = this.#roadUsers.update(tracked, this.#watchedSince.cameraTimeMs);
    this.#picture = look?.picture ?? this.#picture;
    const observation = {
      frame,
      cameraTimeMs,
      capturedAtMs,
      watchedSince: this.#watchedSince,
      roadUsers,
      gone: this.#roadUsers.takeGone(),
      thumbnail: look?.thumbnail,
      picture: this.#picture,
    };
    const faults =
      look?.picture === undefined
        ? this.#faults?.advanceTo(capturedAtMs)
        : this.#faults?.picture(look.picture);
    this.#passages.withholdSpeeds = this.#faults?.viewFits === false;
    const occupied = this.#traffic.observe(observation);
    const passages = this.#takePassages((at) => cameraTimeMs - at.cameraTimeMs >= SPEED_WAIT_MS);
    this.#flows.occupy(occupied);
    return [
      ...passages,
      ...this.#flows.observe(frame),
      ...this.#flows.advanceTo(capturedAtMs),
      ...(faults ?? []),
      ...this.#observers.flatMap((observer) => observer.observe(observation)),
    ];
  }

  /**
   * Time went on to `nowMs` (UTC) without a frame: decides and closes what no frame will. Call it now and
   * then while a camera is silent; frames captured before `nowMs` may still come for some seconds.
   */
  advanceTo(nowMs: number): TrafficEvent[] {
    const isPast = (at: Moment, waitMs: number) => nowMs - at.capturedAtMs > waitMs + LATE_MS;
    this.#roadUsers.settle((path) => isPast(path.last, SETTLE_MS));
    return [
      ...this.#takePassages((at) => isPast(at, SPEED_WAIT_MS)),
      ...this.#flows.advanceTo(nowMs),
      ...(this.#faults?.advanceTo(nowMs) ?? []),
      ...this.#observers.flatMap((observer) => observer.advanceTo(nowMs)),
    ];
  }

  /** The source is in this state since `nowMs` (UTC). */
  source(state: SourceState, nowMs: number): TrafficEvent[] {
    return this.#faults?.source(state, nowMs) ?? [];
  }

  /**
   * After a failure: forgets who is on the way, as Tracker.reset() does; passages that were not certain yet are lost.
   * Intervals go on.
   */
  reset(): void {
    this.#roadUsers.clear();
    this.#roadUsers.takeGone();
    this.#lines.takeCrossings();
    this.#traffic.reset();
    this.#passages.reset();
    for (const observer of this.#observers) observer.reset();
  }

  /** The end: decides and reports all that is still open, also an interval cut short. */
  flush(): TrafficEvent[] {
    this.#roadUsers.settle(() => true);
    this.#roadUsers.clear();
    return [
      ...this.#takePassages(() => true),
      ...this.#flows.flush(),
      ...(this.#faults?.flush() ?? []),
      ...this.#observers.flatMap((observer) => observer.flush()),
    ];
  }

  #takePassages(isDue: (at: Moment) => boolean): RoadUserPassage['passage'][] {
    const crossings = this.#lines.takeCrossings();
    crossings.sort((a, b) => a.crossing.at.capturedAtMs - b.crossing.at.capturedAtMs);
    for (const each of crossings) {
      const { path, line, crossing } = each;
      this.#passages.take(each, this.#traffic.crossed(path.id, path.roadUser, line, crossing));
    }
    return this.#passages.ready(isDue).map((certain) => {
      this.#flows.count(certain.passage);
      for (const observer of this.#observers) observer.passed?.(certain);
      return certain.passage;
    });
  }
}
