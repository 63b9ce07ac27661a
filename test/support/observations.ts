// Observations of scripted road users, as analytics' observers see them: who goes where, in pixels of the picture or in
// metres on the ground, is hidden for a while, changes its track. The rest (boxes, motion, times) follows.

import type { RoadUser, TrafficEvent } from '../../contract/index.ts';
import { type Calibration, calibrate, toGround } from '../../edge-agent/analytics/calibration.ts';
import type { PointPair } from '../../edge-agent/analytics/calibration-points.ts';
import type { BoxCorners, Point } from '../../edge-agent/analytics/counting-line.ts';
import type { Moment, Observation, Observer, RoadUserView } from '../../edge-agent/analytics/observation.ts';
import type { FrameInfo } from '../../edge-agent/source/frame.ts';
import { Camera } from '../../scripts/scenes/truth/camera.ts';
import { frameAt, seededRandom } from '../edge-agent/tracker/make-detections.ts';

export { START_MS } from '../edge-agent/tracker/make-detections.ts';

/** Seconds from the start of the script, and the place then: straight and even from one to the next. */
export type Waypoint = readonly [timeS: number, x: number, y: number];

export type Script = {
  readonly id: number;
  /** Default car. */
  readonly roadUser?: RoadUser;
  /** Way of the anchor (middle of the box's lower edge) in px; it is there from the first time to the last. */
  readonly px?: readonly Waypoint[];
  /** The same in metres on the ground; needs a `view`. */
  readonly ground?: readonly Waypoint[];
  /** Width and height of the box in px, for ways in px. Default 80 x 60. */
  readonly boxPx?: readonly [width: number, height: number];
  /** Width and height in metres, for ways on the ground. Default 1.8 x 1.5. */
  readonly bodyM?: readonly [width: number, height: number];
  /** Times, s, at which it is there but not seen: its box is predicted. */
  readonly hidden?: readonly (readonly [fromS: number, toS: number])[];
  /** Times, s, at which it is not reported at all though it is not gone. */
  readonly missing?: readonly (readonly [fromS: number, toS: number])[];
  /** From that second on another track carries it. Default: track = id. */
  readonly tracks?: readonly (readonly [fromS: number, track: number])[];
  /** How long after its last waypoint it is reported gone. Default 2 s. */
  readonly goneAfterS?: number;
  readonly roadUserShare?: number;
  readonly confidence?: number;
};

export type SceneOptions = {
  readonly roadUsers: readonly Script[];
  /** Default 10. */
  readonly fps?: number;
  /** Default: until the last of them is gone, and a second more. */
  readonly durationS?: number;
  /** Frames at these times, s, do not come; the first after a gap of more than a second begins watching anew. */
  readonly gaps?: readonly (readonly [fromS: number, toS: number])[];
  /** Where the ground is; without it nothing is calibrated. */
  readonly view?: View;
  /** Edges of boxes are off by up to this, px, evenly spread. Default 0. */
  readonly jitterPx?: number;
  readonly seed?: number;
  /** Changes of a frame, such as a clock that is set. */
  readonly frame?: (timeS: number) => Partial<FrameInfo>;
};

export type View = { readonly camera: Camera; readonly calibration: Calibration };

const LONGEST_FRAME_GAP_S = 1;
const MOTION_S = 1;
const STANDS_WITHIN_SIZES = 0.25;
const LEAST_STAND_MS = 1000;

/** A camera of 1280 x 720 px, 8 m above the origin, looking north along a road (y), 18° down; calibrated exactly. */
export function roadView(changes: { readonly heightM?: number; readonly tiltDeg?: number } = {}): View {
  const picture = { width: 1280, height: 720, fps: 25 };
  const camera = new Camera(
    {
      position: [0, 0, changes.heightM ?? 8],
      panDeg: 0,
      tiltDeg: changes.tiltDeg ?? 18,
      rollDeg: 0,
      focalLengthMm: 6,
      sensorWidthMm: 6,
      distortion: 0,
    },
    picture,
  );
  const places = [15, 20, 27, 36, 50, 70].flatMap((y): [number, number][] => [
    [-3.5, y],
    [3.5, y + 2],
  ]);
  const points = places.map(
    (ground): PointPair => ({ picture: pixelOf(camera, ground[0], ground[1], 0), ground }),
  );
  return { camera, calibration: calibrate({ picture, points }) };
}

/** Where a place, metres, is in the picture. */
export function pixelOf(camera: Camera, x: number, y: number, z = 0): readonly [number, number] {
  const seen = camera.project(x, y, z);
  if (seen === undefined) throw new Error(`the camera does not see ${x}, ${y}, ${z}`);
  return [seen.xPx, seen.yPx];
}

/** The frames of a scene, in order. */
export function observationsOf(options: SceneOptions): Observation[] {
  const { roadUsers, fps = 10, gaps = [] } = options;
  const random = seededRandom(options.seed ?? 1);
  const durationS = options.durationS ?? Math.max(0, ...roadUsers.map(goneAtS)) + 1;
  const actors = roadUsers.map((script) => new Actor(script, options, random));
  const observations: Observation[] = [];
  let previousS = Number.NEGATIVE_INFINITY;
  let watchedSince: Moment | undefined;
  for (let i = 0; i <= Math.round(durationS * fps); i++) {
    const timeS = i / fps;
    if (isDuring(gaps, timeS)) continue;
    const frame = frameAt(timeS * 1000, { index: i, ...options.frame?.(timeS) });
    const moment = { cameraTimeMs: frame.cameraTimeMs, capturedAtMs: frame.capturedAtMs };
    if (timeS - previousS > LONGEST_FRAME_GAP_S || frame.discontinuity || watchedSince === undefined) {
      watchedSince = moment;
    }
    const gone = roadUsers.filter((script) => goneAtS(script) > previousS && goneAtS(script) <= timeS);
    observations.push({
      ...moment,
      frame,
      watchedSince,
      roadUsers: actors.flatMap((actor) => actor.viewAt(timeS, moment) ?? []),
      gone: gone.map(({ id }) => id),
    });
    previousS = timeS;
  }
  return observations;
}

/** Shows a scene to an observer; the events come in order, with those of its end. */
export function play(observer: Observer, scene: SceneOptions | readonly Observation[]): TrafficEvent[] {
  const observations = 'roadUsers' in scene ? observationsOf(scene) : scene;
  return [...observations.flatMap((observation) => observer.observe(observation)), ...observer.flush()];
}

class Actor {
  readonly #script: Script;
  readonly #options: SceneOptions;
  readonly #random: () => number;
  #firstSeen: Moment | undefined;
  #lastSeen: Moment | undefined;
  #stands: { readonly at: Point; readonly since: Moment } | undefined;

  constructor(script: Script, options: SceneOptions, random: () => number) {
    this.#script = script;
    this.#options = options;
    this.#random = random;
  }

  viewAt(timeS: number, moment: Moment): RoadUserView | undefined {
    const { id, roadUser = 'car', hidden = [], missing = [], tracks = [] } = this.#script;
    const exact = this.#boxAt(timeS);
    if (exact === undefined || isDuring(missing, timeS)) return undefined;
    const seen = !isDuring(hidden, timeS);
    if (!seen && this.#firstSeen === undefined) return undefined;
    const box = this.#jittered(exact);
    const anchor = anchorOf(box);
    const size = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
    if (seen) {
      this.#firstSeen ??= moment;
      this.#lastSeen = moment;
    }
    if (
      this.#stands === undefined ||
      Math.hypot(anchor.x - this.#stands.at.x, anchor.y - this.#stands.at.y) > STANDS_WITHIN_SIZES * size
    ) {
      this.#stands = { at: anchor, since: moment };
    }
    const { since } = this.#stands;
    const view = this.#options.view;
    const ground = view && toGround(view.calibration, [anchor.x, anchor.y]);
    const velocity = this.#velocityAt(timeS);
    return {
      id,
      track: tracks.findLast(([fromS]) => fromS <= timeS)?.[1] ?? id,
      roadUser,
      roadUserShare: this.#script.roadUserShare ?? 1,
      confidence: this.#script.confidence ?? 0.8,
      box,
      seen,
      anchor,
      ...(ground === undefined ? {} : { ground }),
      firstSeen: this.#firstSeen ?? moment,
      lastSeen: this.#lastSeen ?? moment,
      motion: {
        velocity: velocity.px,
        sizesPerS: Math.hypot(velocity.px.x, velocity.px.y) / size,
        ...(velocity.ground === undefined ? {} : { ground: velocity.ground }),
        ...(moment.cameraTimeMs - since.cameraTimeMs >= LEAST_STAND_MS ? { standsSince: since } : {}),
      },
    };
  }

  #boxAt(timeS: number): BoxCorners | undefined {
    const { px, ground, boxPx = [80, 60], bodyM = [1.8, 1.5] } = this.#script;
    if (px !== undefined) {
      const at = placeAt(px, timeS);
      return at && [at[0] - boxPx[0] / 2, at[1] - boxPx[1], at[0] + boxPx[0] / 2, at[1]];
    }
    const { view } = this.#options;
    const at = placeAt(ground ?? [], timeS);
    if (at === undefined) return undefined;
    if (view === undefined) throw new Error(`road user ${this.#script.id} goes on the ground; give a view`);
    const [x, y] = pixelOf(view.camera, at[0], at[1]);
    const top = pixelOf(view.camera, at[0], at[1], bodyM[1])[1];
    const half = pixelOf(view.camera, at[0] + bodyM[0] / 2, at[1])[0] - x;
    return [x - half, top, x + half, y];
  }

  /** Mean over the last second, or since it is there. */
  #velocityAt(timeS: number): {
    readonly px: Point;
    readonly ground?: { readonly x: number; readonly y: number; readonly speedKmh: number };
  } {
    const way = this.#script.px ?? this.#script.ground ?? [];
    const fromS = Math.max(way[0]?.[0] ?? timeS, timeS - MOTION_S);
    const before = this.#boxAt(fromS);
    const after = this.#boxAt(timeS);
    const lengthS = timeS - fromS;
    if (before === undefined || after === undefined || lengthS <= 0) return { px: { x: 0, y: 0 } };
    const [from, to] = [anchorOf(before), anchorOf(after)];
    const px = { x: (to.x - from.x) / lengthS, y: (to.y - from.y) / lengthS };
    const mapping = this.#options.view?.calibration;
    const start = mapping && toGround(mapping, [from.x, from.y]);
    const end = mapping && toGround(mapping, [to.x, to.y]);
    if (!start || !end) return { px };
    const x = (end[0] - start[0]) / lengthS;
    const y = (end[1] - start[1]) / lengthS;
    return { px, ground: { x, y, speedKmh: Math.hypot(x, y) * 3.6 } };
  }

  #jittered(box: BoxCorners): BoxCorners {
    const { jitterPx = 0 } = this.#options;
    if (jitterPx === 0) return box;
    const off = () => (2 * this.#random() - 1) * jitterPx;
    return [box[0] + off(), box[1] + off(), box[2] + off(), box[3] + off()];
  }
}

function placeAt(way: readonly Waypoint[], timeS: number): readonly [number, number] | undefined {
  const next = way.findIndex(([atS]) => atS >= timeS);
  const to = way[next];
  if (to === undefined) return undefined;
  const from = way[next - 1];
  if (from === undefined) return to[0] === timeS ? [to[1], to[2]] : undefined;
  const share = (timeS - from[0]) / (to[0] - from[0]);
  return [from[1] + share * (to[1] - from[1]), from[2] + share * (to[2] - from[2])];
}

function goneAtS({ px, ground, goneAfterS = 2 }: Script): number {
  return ((px ?? ground)?.at(-1)?.[0] ?? 0) + goneAfterS;
}

function anchorOf(box: BoxCorners): Point {
  return { x: (box[0] + box[2]) / 2, y: box[3] };
}

function isDuring(times: readonly (readonly [number, number])[], timeS: number): boolean {
  return times.some(([fromS, toS]) => timeS >= fromS && timeS < toS);
}
