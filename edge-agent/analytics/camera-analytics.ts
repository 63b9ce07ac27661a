// Turns the tracks of one camera into traffic events: a passage for each road user that crosses a line, and the
// flow of each line and direction for each interval. Runs on frame time only, so that a replay equals the live run.

import type { Passage, RoadUser, TrafficEvent } from '../../contract/index.ts';
import type { FrameInfo } from '../source/frame.ts';
import type { Track, TrackedFrame } from '../tracker/track.ts';
import { type CountingLine, checkLines } from './counting-line.ts';
import { FlowIntervals } from './flow-intervals.ts';
import { type Crossing, LineWatch, LONGEST_DECISION_MS } from './line-watch.ts';
import { Path, sightingOf } from './path.ts';
import { findPredecessor, LONGEST_STITCH_MS } from './stitching.ts';

export type CameraAnalyticsOptions = {
  /** Slug of the camera. */
  readonly camera: string;
  /** Size that the coordinates of the lines refer to; default: the size the camera sends. */
  readonly picture?: { readonly width: number; readonly height: number };
  readonly lines: readonly CountingLine[];
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

/** A lost track's crossing is decided when no new track can continue it any more: stitch time and confirmation. */
const SETTLE_MS = LONGEST_STITCH_MS + 500;
/** After this every passage of an interval is certain; a second is for frames that arrive late. */
const GRACE_MS = SETTLE_MS + LONGEST_DECISION_MS + 1000;

/** A track on its way: unbelieved tracks only gather sightings, the lines look at them once they are believed. */
type Followed = {
  readonly path: Path;
  /** Camera time of the first frame after the last gap before its first sighting. */
  readonly watchedSinceMs: number;
  watches: readonly LineWatch[] | undefined;
  /** Another track goes on with this path. */
  continued: boolean;
  /** Its crossings under way have been decided. */
  settled: boolean;
  /** The tracker let it go. */
  ended: boolean;
};

/**
 * One instance a camera. Each real crossing gives one passage: see LineWatch for jitter and waiting, and
 * findPredecessor for id switches. A passage is reported when it is certain, up to some seconds after the moment it
 * names; the flow of an interval follows once no passage of it can come any more (6 s after its end).
 */
export class CameraAnalytics {
  readonly #options: CameraAnalyticsOptions;
  readonly #flows: FlowIntervals;
  readonly #followed = new Map<number, Followed>();
  /** Camera time of the first frame after the last gap. */
  #watchedSinceMs = 0;

  /** @throws RangeError for lines that cannot count (checkLines). */
  constructor(options: CameraAnalyticsOptions) {
    checkLines(options.lines);
    this.#options = options;
    this.#flows = new FlowIntervals({
      camera: options.camera,
      lines: options.lines,
      intervalMs: options.intervalMs ?? 60_000,
      graceMs: GRACE_MS,
      maxFrameGapMs: options.maxFrameGapMs ?? 1000,
      roadUsers: options.roadUsers,
    });
  }

  /** Frames and passages left out of the flows because their time had been reported before (clock set back). */
  get unreported(): { readonly frames: number; readonly passages: number } {
    return this.#flows.unreported;
  }

  /** Takes the next frame's tracks in. Events come sorted: passages by their moment, then flows. */
  update(tracked: TrackedFrame): TrafficEvent[] {
    const { frame } = tracked;
    const passages: Passage[] = [];
    if (this.#flows.isGapBefore(frame)) {
      this.#watchedSinceMs = frame.cameraTimeMs;
    }
    for (const id of tracked.ended) {
      const followed = this.#followed.get(id);
      if (followed !== undefined) {
        followed.ended = true;
      }
    }
    this.#settle(passages, (path) => frame.cameraTimeMs - path.last.cameraTimeMs > SETTLE_MS);
    const scale = this.#scaleOf(frame);
    const begun: Followed[] = [];
    for (const track of tracked.tracks) {
      if (track.seen) {
        this.#see(track, frame, scale, begun, passages);
      }
    }
    for (const followed of begun) {
      this.#begin(followed, frame, passages);
    }
    return [
      ...this.#counted(passages),
      ...this.#flows.observe(frame),
      ...this.#flows.advanceTo(frame.capturedAtMs),
    ];
  }

  /**
   * Time went on to `nowMs` (UTC) without a frame: decides and closes what no frame will. Call it now and
   * then while a camera is silent; frames captured before `nowMs` may still come for some seconds.
   */
  advanceTo(nowMs: number): TrafficEvent[] {
    const passages: Passage[] = [];
    this.#settle(passages, (path) => nowMs - path.last.capturedAtMs > SETTLE_MS + 1000);
    return [...this.#counted(passages), ...this.#flows.advanceTo(nowMs)];
  }

  /**
   * After a failure: forgets who is on the way, as Tracker.reset() does; passages that were not certain yet are lost.
   * Intervals go on.
   */
  reset(): void {
    this.#followed.clear();
  }

  /** The end: decides and reports all that is still open, also an interval cut short. */
  flush(): TrafficEvent[] {
    const passages: Passage[] = [];
    this.#settle(passages, () => true);
    this.#followed.clear();
    return [...this.#counted(passages), ...this.#flows.flush()];
  }

  #counted(passages: Passage[]): Passage[] {
    passages.sort((a, b) => a.atMs - b.atMs);
    for (const passage of passages) {
      this.#flows.count(passage);
    }
    return passages;
  }

  #see(
    track: Track,
    frame: FrameInfo,
    scale: { readonly x: number; readonly y: number },
    begun: Followed[],
    passages: Passage[],
  ): void {
    const sighting = sightingOf(track, frame, scale);
    let followed = this.#followed.get(track.id);
    if (followed === undefined) {
      followed = {
        path: new Path(track, sighting),
        watchedSinceMs: this.#watchedSinceMs,
        watches: undefined,
        continued: false,
        settled: false,
        ended: false,
      };
      this.#followed.set(track.id, followed);
    } else {
      followed.path.add(track, sighting);
      followed.continued = false;
      followed.settled = false;
    }
    if (followed.watches !== undefined) {
      this.#watch(followed.path, followed.watches, (watch) => watch.see(sighting), passages);
    } else if (track.confirmed) {
      begun.push(followed);
    }
  }

  /** A track has become believable: finds out whose path it continues, then shows its sightings to the lines. */
  #begin(followed: Followed, frame: FrameInfo, passages: Passage[]): void {
    const lost = new Map<Path, Followed>();
    for (const other of this.#followed.values()) {
      if (other.watches !== undefined && !other.continued && !other.settled) {
        if (other.path.last.cameraTimeMs < frame.cameraTimeMs) {
          lost.set(other.path, other);
        }
      }
    }
    const path = findPredecessor(followed.path, lost.keys());
    const predecessor = path === undefined ? undefined : lost.get(path);
    if (predecessor?.watches !== undefined) {
      predecessor.continued = true;
      followed.watches = predecessor.watches.map((watch) => watch.fork());
    } else {
      followed.watches = this.#options.lines.map((line) => new LineWatch(line));
      const { first, firstVelocity } = followed.path;
      for (const watch of followed.watches) {
        watch.appear(first, firstVelocity, followed.watchedSinceMs);
      }
    }
    for (const sighting of followed.path.sightings) {
      this.#watch(followed.path, followed.watches, (watch) => watch.see(sighting), passages);
    }
  }

  /** Decides what is under way for paths that are over, and forgets those whose tracks have ended. */
  #settle(passages: Passage[], isOver: (path: Path) => boolean): void {
    for (const [id, followed] of this.#followed) {
      const { path, watches } = followed;
      if (watches === undefined) {
        if (followed.ended) {
          this.#followed.delete(id);
        }
        continue;
      }
      if (!isOver(path)) {
        continue;
      }
      if (!followed.settled && !followed.continued) {
        const { velocity } = path;
        this.#watch(path, watches, (watch) => watch.end(velocity), passages);
      }
      followed.settled = true;
      if (followed.ended) {
        this.#followed.delete(id);
      }
    }
  }

  #watch(
    path: Path,
    watches: readonly LineWatch[],
    ask: (watch: LineWatch) => Crossing | undefined,
    passages: Passage[],
  ): void {
    for (const [index, line] of this.#options.lines.entries()) {
      const watch = watches[index];
      const crossing = watch === undefined ? undefined : ask(watch);
      if (crossing !== undefined) {
        passages.push(this.#passageOf(path, line, crossing));
      }
    }
  }

  #passageOf(path: Path, line: CountingLine, crossing: Crossing): Passage {
    return {
      type: 'passage',
      camera: this.#options.camera,
      line: line.line,
      direction: crossing.to === 'left' ? line.directions.toLeft : line.directions.toRight,
      ...(line.lane === undefined ? {} : { lane: line.lane }),
      roadUser: path.roadUser,
      roadUserShare: roundShare(path.roadUserShare),
      confidence: roundShare(path.confidence),
      atMs: Math.round(crossing.atMs),
      track: path.track,
    };
  }

  #scaleOf(frame: FrameInfo): { readonly x: number; readonly y: number } {
    const { picture } = this.#options;
    const { sourceWidth, sourceHeight } = frame.geometry;
    return picture === undefined
      ? { x: 1, y: 1 }
      : { x: picture.width / sourceWidth, y: picture.height / sourceHeight };
  }
}

/** Three decimals: more would be noise in every message. */
function roundShare(value: number): number {
  return Math.round(value * 1000) / 1000;
}
