// Who is on the road: makes road users of tracks. Unbelieved tracks only gather sightings; a believed one either
// begins a path or continues the path of one that the tracker lost.

import type { FrameInfo } from '../source/frame.ts';
import type { Track, TrackedFrame } from '../tracker/track.ts';
import type { GroundPoint } from './calibration-points.ts';
import { anchorPoint, type Point } from './counting-line.ts';
import type { RoadUserView } from './observation.ts';
import { Path, type PathSighting, scaledBox, sightingOf } from './path.ts';
import { findPredecessor, LONGEST_STITCH_MS } from './stitching.ts';

/** A lost track's path is over when no new track can continue it any more: stitch time and confirmation. */
export const SETTLE_MS = LONGEST_STITCH_MS + 500;

/** Follows the paths of believed road users. */
export type PathListener = {
  /**
   * A path has become believable; its sightings so far come next through `saw`.
   *
   * @param predecessor the path it continues
   * @param watchedSinceMs camera time of the first frame after the last gap before its first sighting
   */
  began(path: Path, predecessor: Path | undefined, watchedSinceMs: number): void;
  saw(path: Path, sighting: PathSighting): void;
  /** Nobody will continue it. Its own track may still come back: then `saw` is called again. */
  over(path: Path): void;
  /** Its track has ended too: lets its state go. */
  gone(path: Path): void;
};

export type RoadUsersOptions = {
  /** Size that the coordinates of the camera's file refer to; default: the size the camera sends. */
  readonly picture: { readonly width: number; readonly height: number } | undefined;
  /** Place on the road of a point of the picture, where the camera is calibrated. */
  readonly toGround: ((point: Point) => GroundPoint | undefined) | undefined;
};

type Followed = {
  readonly path: Path;
  readonly watchedSinceMs: number;
  believed: boolean;
  /** The path that goes on with this one. */
  continuedBy: Path | undefined;
  over: boolean;
  /** The tracker let it go. */
  ended: boolean;
};

export class RoadUsers {
  readonly #options: RoadUsersOptions;
  readonly #listener: PathListener;
  readonly #followed = new Map<number, Followed>();
  #gone: number[] = [];

  constructor(options: RoadUsersOptions, listener: PathListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Takes the next frame's tracks in; returns the believed road users of the frame. */
  update({ frame, tracks, ended }: TrackedFrame, watchedSinceMs: number): RoadUserView[] {
    for (const id of ended) {
      const followed = this.#followed.get(id);
      if (followed !== undefined) followed.ended = true;
    }
    this.settle((path) => frame.cameraTimeMs - path.last.cameraTimeMs > SETTLE_MS);
    const scale = this.#scaleOf(frame);
    const begun: Followed[] = [];
    for (const track of tracks) {
      if (track.seen) this.#see(track, frame, scale, watchedSinceMs, begun);
    }
    for (const followed of begun) {
      this.#begin(followed, frame);
    }
    return tracks.flatMap((track) => this.#viewOf(track, scale));
  }

  /** Ids of road users that will not come back, since the last call. */
  takeGone(): number[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  /** Ends the paths that are over, and forgets those whose tracks have ended. */
  settle(isOver: (path: Path) => boolean): void {
    for (const [id, followed] of this.#followed) {
      const { path, believed } = followed;
      if (!believed) {
        if (followed.ended) this.#followed.delete(id);
        continue;
      }
      if (!isOver(path)) continue;
      if (!followed.over && followed.continuedBy === undefined) this.#listener.over(path);
      followed.over = true;
      if (followed.ended) {
        this.#followed.delete(id);
        this.#listener.gone(path);
        if (followed.continuedBy === undefined) this.#gone.push(path.id);
      }
    }
  }

  /** Forgets everybody. */
  clear(): void {
    for (const { path, believed, continuedBy } of this.#followed.values()) {
      if (!believed) continue;
      this.#listener.gone(path);
      if (continuedBy === undefined) this.#gone.push(path.id);
    }
    this.#followed.clear();
  }

  #see(track: Track, frame: FrameInfo, scale: Point, watchedSinceMs: number, begun: Followed[]): void {
    const sighting = sightingOf(track, frame, scale, this.#options.toGround);
    let followed = this.#followed.get(track.id);
    if (followed === undefined) {
      followed = {
        path: new Path(track, sighting),
        watchedSinceMs,
        believed: false,
        continuedBy: undefined,
        over: false,
        ended: false,
      };
      this.#followed.set(track.id, followed);
    } else {
      followed.path.add(track, sighting);
      // It was not lost after all: whoever was taken for it is somebody else.
      followed.continuedBy?.standAlone();
      followed.continuedBy = undefined;
      followed.over = false;
    }
    if (followed.believed) this.#listener.saw(followed.path, sighting);
    else if (track.confirmed) begun.push(followed);
  }

  /** A track has become believable: finds out whose path it continues, then shows its sightings. */
  #begin(followed: Followed, frame: FrameInfo): void {
    const { path } = followed;
    const lost = new Map<Path, Followed>();
    for (const other of this.#followed.values()) {
      if (other.believed && other.continuedBy === undefined && !other.over) {
        if (other.path.last.cameraTimeMs < frame.cameraTimeMs) lost.set(other.path, other);
      }
    }
    const own = [...path.sightings];
    const predecessor = findPredecessor(path, lost.keys());
    const continued = predecessor === undefined ? undefined : lost.get(predecessor);
    followed.believed = true;
    this.#listener.began(path, predecessor, followed.watchedSinceMs);
    if (predecessor !== undefined && continued !== undefined) {
      continued.continuedBy = path;
      path.continueFrom(predecessor);
    }
    for (const sighting of own) {
      this.#listener.saw(path, sighting);
    }
  }

  #viewOf(track: Track, scale: Point): RoadUserView[] {
    const followed = this.#followed.get(track.id);
    if (followed === undefined || !followed.believed || followed.continuedBy !== undefined) return [];
    const { path } = followed;
    const box = track.seen ? path.last.box : scaledBox(track.box, scale);
    const anchor = anchorPoint(box, 'bottom-centre');
    const ground = track.seen ? path.last.ground : this.#options.toGround?.(anchor);
    return [
      {
        id: path.id,
        track: path.track,
        roadUser: path.roadUser,
        roadUserShare: path.roadUserShare,
        confidence: path.confidence,
        box,
        seen: track.seen,
        anchor,
        ...(ground === undefined ? {} : { ground }),
        firstSeen: path.first,
        lastSeen: path.last,
        motion: path.motion,
      },
    ];
  }

  #scaleOf(frame: FrameInfo): Point {
    const { picture } = this.#options;
    const { sourceWidth, sourceHeight } = frame.geometry;
    return picture === undefined
      ? { x: 1, y: 1 }
      : { x: picture.width / sourceWidth, y: picture.height / sourceHeight };
  }
}
