// Things that lie on the carriageway: small, still, not there before, and no road user. No detector names them, so they
// are looked for in small pictures of the frames, which is why they are a risk to look at rather than a certainty.

import type { Thumbnail } from '../../source/frame.ts';
import { grown, sharedArea } from '../boxes.ts';
import type { BoxCorners } from '../counting-line.ts';
import type { Moment, Observation } from '../observation.ts';
import { type Blob, blobsOf } from './blobs.ts';
import type { Carriageway, ToGround } from './carriageway.ts';
import { type Finding, isNear } from './finding.ts';
import { timingOf } from './rules.ts';
import { isFastRoad } from './severity.ts';
import { StillPixels } from './still-pixels.ts';
import type { Traffic } from './traffic.ts';

export type DebrisOptions = {
  /** Size of the picture that boxes refer to; default: the camera's own. */
  readonly picture: { readonly width: number; readonly height: number } | undefined;
  readonly toGround: ToGround | undefined;
};

type Thing = { readonly id: number; box: BoxCorners; readonly since: Moment; lastMs: number };

/** A pixel that has been still for this share of the time that makes debris belongs to the thing. */
const STILL_SHARE = 0.5;
/** Fewer pixels of a thumbnail, or a single row or column of them, are noise, or a lamp of a signal that has changed. */
const LEAST_PIXELS = 4;
const LEAST_SIDE = 2;
/** Where nothing is calibrated: of the pixels that are looked at, a thing covers no more than this share. */
const LARGEST_SHARE = 0.02;
/** Around a road user's box by this share of its size and a pixel of the thumbnail: its shadow, its blurred edge. */
const AROUND_SHARE = 0.15;
/** So many that stand: a queue, in which some that are not detected stand too. */
const QUEUED = 3;
/** What the looks say is no more than this sure. */
const CONFIDENCE = 0.45;
/** More things at once than this are no things: something covers or moves the camera, or the light falls differently. */
const MOST_THINGS = 4;
/** A thing that no look shows any more is forgotten after this, ms. */
const FORGET_MS = 60_000;

export class Debris {
  readonly #carriageway: Carriageway;
  readonly #options: DebrisOptions;
  #pixels: { readonly of: Thumbnail; readonly inside: Int32Array; readonly still: StillPixels } | undefined;
  #things: Thing[] = [];
  #lastId = 0;

  constructor(carriageway: Carriageway, options: DebrisOptions) {
    this.#carriageway = carriageway;
    this.#options = options;
  }

  find(traffic: Traffic, { thumbnail, frame }: Pick<Observation, 'thumbnail' | 'frame'>): Finding[] {
    const { everybody } = traffic;
    if (thumbnail !== undefined) {
      const { sourceWidth, sourceHeight } = frame.geometry;
      const { picture = { width: sourceWidth, height: sourceHeight } } = this.#options;
      const scale = { x: sourceWidth / picture.width, y: sourceHeight / picture.height };
      this.#look(
        thumbnail,
        new ThumbnailMap(thumbnail, scale),
        traffic.moment,
        everybody.map(({ box }) => box),
      );
    }
    const queued = traffic.members.filter(({ halts, isVehicle }) => halts && isVehicle).length >= QUEUED;
    const { cameraTimeMs } = traffic.moment;
    return this.#things.flatMap((thing): Finding[] => {
      // Between two looks nothing changes; what has gone is no longer found.
      if (cameraTimeMs - thing.lastMs > 1000) return [];
      const isHidden = everybody.some(({ box }) => sharedArea(grown(box, 0.5), thing.box) > 0);
      return [this.#finding(thing, queued || isHidden ? 'stay' : 'enter')];
    });
  }

  reset(): void {
    this.#pixels = undefined;
    this.#things = [];
  }

  #finding(thing: Thing, holds: Finding['holds']): Finding {
    const { rules, road, speedLimitKmh, name, laneAt } = this.#carriageway;
    const size = this.#sizeM(thing.box);
    const lane = laneAt.call(this.#carriageway, {
      x: (thing.box[0] + thing.box[2]) / 2,
      y: thing.box[3],
    });
    return {
      kind: 'debris',
      subject: `${name} ${thing.id}`,
      holds,
      onset: thing.since,
      severity: isFastRoad(road, speedLimitKmh) ? 'high' : 'medium',
      confidence: CONFIDENCE,
      timing: timingOf(rules.debris, 1.5),
      region: name,
      ...(lane === undefined ? {} : { lane }),
      box: thing.box,
      measures: size === undefined ? {} : { widthM: size.widthM, heightM: size.heightM },
    };
  }

  #look(thumbnail: Thumbnail, map: ThumbnailMap, moment: Moment, boxes: readonly BoxCorners[]): void {
    const { inside, still } = this.#pixelsFor(thumbnail, map);
    const covered = new Uint8Array(thumbnail.luma.length);
    for (const box of boxes) map.cover(covered, grown(box, AROUND_SHARE));
    still.see(thumbnail.luma, covered, moment.cameraTimeMs);
    const leastMs = this.#carriageway.rules.debris.afterS * 1000 * STILL_SHARE;
    const set = new Uint8Array(thumbnail.luma.length);
    for (const at of inside) if ((still.stillMs[at] as number) >= leastMs) set[at] = 1;
    const plausible = blobsOf(set, inside, thumbnail.width).filter((blob) =>
      this.#isPlausible(blob, map, inside.length),
    );
    for (const blob of plausible.length > MOST_THINGS ? [] : plausible) {
      const box = map.boxOf(blob);
      const known = this.#things.find((thing) => isNear(thing.box, box, 1.5));
      if (known === undefined) {
        // Its pixels have been still for so long already.
        const since = {
          cameraTimeMs: moment.cameraTimeMs - leastMs,
          capturedAtMs: moment.capturedAtMs - leastMs,
        };
        this.#things.push({ id: ++this.#lastId, box, since, lastMs: moment.cameraTimeMs });
      } else {
        known.box = box;
        known.lastMs = moment.cameraTimeMs;
      }
    }
    this.#things = this.#things.filter(({ lastMs }) => moment.cameraTimeMs - lastMs <= FORGET_MS);
  }

  #isPlausible(blob: Blob, map: ThumbnailMap, looked: number): boolean {
    const { pixels, x1, y1, x2, y2 } = blob;
    if (pixels < LEAST_PIXELS || Math.min(x2 - x1, y2 - y1) < LEAST_SIDE || map.isAtEdge(blob)) return false;
    const box = map.boxOf(blob);
    if (!this.#carriageway.contains({ x: (box[0] + box[2]) / 2, y: box[3] })) return false;
    const { smallestM, largestM } = this.#carriageway.rules.debris;
    const size = this.#sizeM(box);
    if (size === undefined) return pixels <= looked * LARGEST_SHARE;
    const longer = Math.max(size.widthM, size.heightM);
    return longer >= smallestM && longer <= largestM;
  }

  /** Width on the road, and height if it stands upright there. */
  #sizeM(box: BoxCorners): { readonly widthM: number; readonly heightM: number } | undefined {
    const left = this.#options.toGround?.({ x: box[0], y: box[3] });
    const right = this.#options.toGround?.({ x: box[2], y: box[3] });
    if (left === undefined || right === undefined) return undefined;
    const widthM = Math.hypot(left[0] - right[0], left[1] - right[1]);
    return { widthM, heightM: (widthM * (box[3] - box[1])) / (box[2] - box[0]) };
  }

  #pixelsFor(thumbnail: Thumbnail, map: ThumbnailMap): { inside: Int32Array; still: StillPixels } {
    const known = this.#pixels;
    if (
      known?.of.width === thumbnail.width &&
      known.of.height === thumbnail.height &&
      known.of.scaleX === thumbnail.scaleX &&
      known.of.originX === thumbnail.originX &&
      known.of.originY === thumbnail.originY
    ) {
      return known;
    }
    const { width, height } = thumbnail;
    const pixels: number[] = [];
    for (let at = 0; at < width * height; at++) {
      const point = map.pointOf((at % width) + 0.5, Math.floor(at / width) + 0.5);
      if (this.#carriageway.contains(point)) pixels.push(at);
    }
    const inside = Int32Array.from(pixels);
    // The picture itself is not kept, only how it lies.
    const of = { ...thumbnail, luma: new Uint8Array(0) };
    this.#pixels = { of, inside, still: new StillPixels(width * height, inside) };
    this.#things = [];
    return this.#pixels;
  }
}

/** Between pixels of the picture that is configured and those of a thumbnail. */
class ThumbnailMap {
  readonly #thumbnail: Thumbnail;
  readonly #scale: { readonly x: number; readonly y: number };

  /** @param scale pixels of the camera's own picture a pixel of the configured one */
  constructor(thumbnail: Thumbnail, scale: { readonly x: number; readonly y: number }) {
    this.#thumbnail = thumbnail;
    this.#scale = scale;
  }

  pointOf(x: number, y: number): { x: number; y: number } {
    const { scaleX, scaleY, originX, originY } = this.#thumbnail;
    return { x: (x / scaleX + originX) / this.#scale.x, y: (y / scaleY + originY) / this.#scale.y };
  }

  boxOf({ x1, y1, x2, y2 }: Blob): BoxCorners {
    const [a, b] = [this.pointOf(x1, y1), this.pointOf(x2, y2)];
    return [a.x, a.y, b.x, b.y];
  }

  /** Whether a part of it may lie outside the picture. */
  isAtEdge({ x1, y1, x2, y2 }: Blob): boolean {
    const { width, height } = this.#thumbnail;
    return x1 === 0 || y1 === 0 || x2 === width || y2 === height;
  }

  /** Sets every pixel that a box touches, and one more on each side. */
  cover(covered: Uint8Array, [x1, y1, x2, y2]: BoxCorners): void {
    const { width, height, scaleX, scaleY, originX, originY } = this.#thumbnail;
    const column = (x: number) => (x * this.#scale.x - originX) * scaleX;
    const row = (y: number) => (y * this.#scale.y - originY) * scaleY;
    const right = Math.min(width, Math.ceil(column(x2)) + 1);
    const bottom = Math.min(height, Math.ceil(row(y2)) + 1);
    for (let y = Math.max(0, Math.floor(row(y1)) - 1); y < bottom; y++) {
      for (let x = Math.max(0, Math.floor(column(x1)) - 1); x < right; x++) covered[y * width + x] = 1;
    }
  }
}
