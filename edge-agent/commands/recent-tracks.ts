// Where the road users of one camera were in the last minutes, for whoever draws lines: a ring of points of a fixed size, so
// that it costs the same on a quiet street and in a jam.

import type { ResultOf, RoadUser } from '../../contract/index.ts';
import type { TrackedFrame } from '../tracker/track.ts';

export type RecentTracksOptions = {
  /** Size that the answer's coordinates refer to. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Points that are kept, 20 bytes each; the oldest give way. Default 50,000: 1 MB. */
  readonly maxPoints?: number;
};

export type Trajectories = ResultOf<'trajectories'>;

const DEFAULT_MAX_POINTS = 50_000;

/** A point is kept when the road user has moved on by this share of the picture's width: a hundred to cross it. */
const STEP_SHARE = 0.01;

/** What is known of a track besides its points; the newest tracks stay. */
const MAX_TRACKS = 5000;

/** A point as JSON is about so long. */
const POINT_BYTES = 20;
const TRACK_BYTES = 120;

type Known = {
  roadUser: RoadUser;
  box: readonly [number, number, number, number];
  /** Last point that was kept. */
  x: number;
  y: number;
};

export class RecentTracks {
  readonly #picture: RecentTracksOptions['picture'];
  readonly #step: number;
  readonly #size: number;
  readonly #xy: Float32Array;
  readonly #atMs: Float64Array;
  readonly #ids: Int32Array;
  /** Points ever kept; the next lies at this modulo the size. */
  #count = 0;
  readonly #tracks = new Map<number, Known>();
  #scale: readonly [number, number] = [1, 1];
  /** Ids of the trackers before this one. */
  #before = 0;
  #newest = 0;

  constructor({ picture, maxPoints = DEFAULT_MAX_POINTS }: RecentTracksOptions) {
    this.#picture = picture;
    this.#step = picture.width * STEP_SHARE;
    this.#size = maxPoints;
    this.#xy = new Float32Array(maxPoints * 2);
    this.#atMs = new Float64Array(maxPoints);
    this.#ids = new Int32Array(maxPoints);
  }

  get picture(): { readonly width: number; readonly height: number } {
    return this.#picture;
  }

  /** Another tracker goes on, whose ids begin at 1 again. */
  restart(): void {
    this.#before = this.#newest;
  }

  /** Takes in the tracks of a frame; those that are seen and believed. */
  add({ frame, tracks }: TrackedFrame): void {
    const scaleX = this.#picture.width / frame.geometry.sourceWidth;
    const scaleY = this.#picture.height / frame.geometry.sourceHeight;
    for (const { id: ownId, box, roadUser, seen, confirmed } of tracks) {
      if (!seen || !confirmed) continue;
      const id = this.#before + ownId;
      this.#newest = Math.max(this.#newest, id);
      const [x1, , x2, y2] = box;
      const x = ((x1 + x2) / 2) * scaleX;
      const y = y2 * scaleY;
      const known = this.#tracks.get(id);
      if (known !== undefined) {
        known.box = box;
        known.roadUser = roadUser;
        if (Math.abs(x - known.x) + Math.abs(y - known.y) < this.#step) continue;
        known.x = x;
        known.y = y;
      } else {
        this.#tracks.set(id, { roadUser, box, x, y });
        if (this.#tracks.size > MAX_TRACKS) this.#forgetOldest();
      }
      this.#keep(id, x, y, frame.capturedAtMs);
    }
    this.#scale = [scaleX, scaleY];
  }

  /**
   * The tracks with a point in `[fromMs, toMs]` (UTC), as whole as they are kept, in about `maxBytes` of JSON: with more,
   * only every second point, or fourth, and so on.
   */
  since(fromMs: number, toMs: number, maxBytes: number): Trajectories {
    const points = new Map<number, [number, number, number][]>();
    for (let n = Math.max(0, this.#count - this.#size); n < this.#count; n += 1) {
      const at = n % this.#size;
      const atMs = this.#atMs[at] ?? 0;
      const id = this.#ids[at] ?? 0;
      if (atMs < fromMs || atMs > toMs || !this.#tracks.has(id)) continue;
      const list = points.get(id) ?? [];
      points.set(id, list);
      list.push([round(this.#xy[at * 2] ?? 0), round(this.#xy[at * 2 + 1] ?? 0), Math.round(atMs - fromMs)]);
    }
    let every = 1;
    while (bytesOf(points.values(), every) > maxBytes) every *= 2;
    const tracks = [...points].flatMap(([track, all]) => {
      const known = this.#tracks.get(track);
      if (known === undefined) return [];
      return { track, roadUser: known.roadUser, points: thinned(all, every), box: this.#boxOf(known) };
    });
    // Points alone are not all of it: of very many tracks the newest stay.
    const most = Math.floor(maxBytes / (TRACK_BYTES + 2 * POINT_BYTES));
    const picture = { width: this.#picture.width, height: this.#picture.height };
    return { name: 'trajectories', fromMs, toMs, picture, tracks: tracks.slice(-most) };
  }

  #boxOf({ box: [x1, y1, x2, y2] }: Known): [number, number, number, number] {
    const [scaleX, scaleY] = this.#scale;
    return [round(x1 * scaleX), round(y1 * scaleY), round(x2 * scaleX), round(y2 * scaleY)];
  }

  #keep(id: number, x: number, y: number, atMs: number): void {
    const at = this.#count % this.#size;
    this.#xy[at * 2] = x;
    this.#xy[at * 2 + 1] = y;
    this.#atMs[at] = atMs;
    this.#ids[at] = id;
    this.#count += 1;
  }

  #forgetOldest(): void {
    const [oldest] = this.#tracks.keys();
    if (oldest !== undefined) this.#tracks.delete(oldest);
  }
}

function bytesOf(tracks: Iterable<readonly unknown[]>, every: number): number {
  let bytes = 0;
  for (const { length } of tracks) {
    if (every > length && length > 2) bytes += TRACK_BYTES + 2 * POINT_BYTES;
    else bytes += TRACK_BYTES + Math.ceil(length / every) * POINT_BYTES;
  }
  // Thinner than first and last point it does not get.
  return every > 1024 ? 0 : bytes;
}

/** Every so many, and always the last: where the road user was seen last. */
function thinned<T>(points: readonly T[], every: number): T[] {
  return points.filter((_, at) => at % every === 0 || at === points.length - 1);
}

/** Tenths of a pixel. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
