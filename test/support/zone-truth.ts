// What really happened in a zone of a rendered scene: from the middles of the road users on the ground, their real
// lengths and widths, and their real speeds. And what is measured there from the boxes of the truth.

import type { RoadUser, TrafficEvent, Zone } from '../../contract/index.ts';
import { type Calibration, calibrate, toPicture } from '../../edge-agent/analytics/calibration.ts';
import { CameraAnalytics } from '../../edge-agent/analytics/camera-analytics.ts';
import type { Point } from '../../edge-agent/analytics/counting-line.ts';
import type { QueueRule } from '../../edge-agent/analytics/zone.ts';
import { ZoneIntervals } from '../../edge-agent/analytics/zone-intervals.ts';
import { type Corners, CoveredArea, depthIn } from '../../edge-agent/analytics/zone-polygon.ts';
import { queueOf, type Standing } from '../../edge-agent/analytics/zone-queue.ts';
import { unscaledGeometry } from '../../edge-agent/source/frame-geometry.ts';
import { TRAITS } from '../../scripts/scenes/sim/traits.ts';
import type { Truth, TruthObject } from '../../scripts/scenes/truth-file.ts';
import { START_MS, seededRandom } from '../edge-agent/tracker/make-detections.ts';

/** Corners in metres on the ground. */
export type GroundZone = {
  readonly polygon: readonly (readonly [number, number])[];
  /** Stop line, two points. */
  readonly from?: readonly (readonly [number, number])[];
  readonly roadUsers?: readonly RoadUser[];
};

export type ZoneTruth = {
  readonly entries: number;
  readonly exits: number;
  readonly presentMean: number;
  readonly presentMax: number;
  readonly spaceOccupancy: number;
  readonly timeOccupancy: number;
  readonly queueMaxVehicles: number;
  readonly queueMaxM: number;
};

export const VEHICLES: readonly RoadUser[] = ['car', 'motorcycle', 'bus', 'truck', 'bicycle', 'vehicle'];

/** Who cuts a corner by less than this was not in. */
const GRAZE_M = 0.5;

export function zoneTruth(truth: Truth, zone: GroundZone): ZoneTruth {
  const corners = zone.polygon.map(([x, y]) => ({ x, y }));
  const area = new CoveredArea(corners);
  const from = zone.from?.map(([x, y]) => ({ x, y }));
  const inside = new Map<number, boolean>();
  const slowSince = new Map<number, number>();
  const standing = new Set<number>();
  const sums = { entries: 0, exits: 0, present: 0, max: 0, covered: 0, occupied: 0, vehicles: 0, m: 0 };
  for (const { t, objects } of truth.frames) {
    let present = 0;
    const footprints: Corners[] = [];
    const queued: Standing[] = [];
    for (const object of objects) {
      if (!isMeasured(object, zone)) continue;
      const [x, y] = object.ground;
      const depthM = depthIn(corners, { x, y });
      const isIn = depthM >= 0;
      const before = inside.get(object.id);
      if (before === undefined) inside.set(object.id, isIn);
      else if (before !== isIn && Math.abs(depthM) >= GRAZE_M) {
        sums[isIn ? 'entries' : 'exits']++;
        inside.set(object.id, isIn);
      }
      if (isIn) present++;
      const footprint = footprintOf(object);
      footprints.push(footprint.corners);
      if (object.speedMs * 3.6 < 5) {
        if (!slowSince.has(object.id)) slowSince.set(object.id, t);
        if (t - (slowSince.get(object.id) ?? t) >= 1) standing.add(object.id);
      } else {
        slowSince.delete(object.id);
        if (object.speedMs * 3.6 > 10) standing.delete(object.id);
      }
      if (standing.has(object.id)) queued.push({ footprint, unit: 1, inZone: isIn, rearAtEdge: false });
    }
    const cover = area.coverBy(footprints);
    const queue = queueOf(queued, from, 10, true);
    sums.present += present;
    sums.max = Math.max(sums.max, present);
    sums.covered += cover.share;
    sums.occupied += Number(cover.share >= 0.1 || cover.inside.some((share) => share >= 0.1));
    sums.vehicles = Math.max(sums.vehicles, queue.vehicles);
    sums.m = Math.max(sums.m, queue.length);
  }
  const n = truth.frames.length;
  return {
    entries: sums.entries,
    exits: sums.exits,
    presentMean: sums.present / n,
    presentMax: sums.max,
    spaceOccupancy: sums.covered / n,
    timeOccupancy: sums.occupied / n,
    queueMaxVehicles: sums.vehicles,
    queueMaxM: sums.m,
  };
}

export type Measuring = {
  /** Edges of boxes are off by up to this share of the box's height. Default 0. */
  readonly noiseShare?: number;
  /** Leaves the calibration out. */
  readonly uncalibrated?: boolean;
  /** Who is hidden more than this is not seen. Default 0.6. */
  readonly maxOcclusion?: number;
};

/** One interval of the whole scene, measured from the boxes of what can be seen, under the identities of the truth. */
export function measureZone(truth: Truth, zone: GroundZone, how: Measuring = {}): Zone {
  const { picture, calibration: header, seed } = truth.header;
  const calibration = calibrate({ picture, points: header.points, distortion: header.distortion });
  const zones = new ZoneIntervals({
    camera: 'test',
    zones: [
      {
        zone: 'zone',
        polygon: zone.polygon.map((corner) => pixelOf(calibration, corner)),
        ...(zone.roadUsers ? { roadUsers: zone.roadUsers } : {}),
        queue: { from: zone.from?.map((end) => pixelOf(calibration, end)) } satisfies QueueRule,
      },
    ],
    roadUsers: ['car'],
    picture,
    calibration: how.uncalibrated ? undefined : calibration,
    intervalMs: 3_600_000,
  });
  const analytics = new CameraAnalytics({
    camera: 'test',
    picture,
    lines: [],
    roadUsers: ['car'],
    observers: [zones],
    ...(how.uncalibrated ? {} : { calibration }),
  });
  const events = play(truth, analytics, how.noiseShare ?? 0, how.maxOcclusion ?? 0.6, seed);
  const event = events.find((each) => each.type === 'zone');
  if (event === undefined) throw new Error('no zone event');
  return event;
}

function play(
  truth: Truth,
  analytics: CameraAnalytics,
  noiseShare: number,
  maxOcclusion: number,
  seed: number,
): TrafficEvent[] {
  const random = seededRandom(seed);
  const { picture } = truth.header;
  const lastSeen = new Map<number, number>();
  const events: TrafficEvent[] = [];
  for (const [index, { t, objects }] of truth.frames.entries()) {
    const tracks = objects.flatMap((object) => {
      const { id, class: roadUser, occlusion, visibleBox } = object;
      if (roadUser === 'debris' || visibleBox === undefined || occlusion > maxOcclusion) return [];
      if (visibleBox[2] - visibleBox[0] < 4 || visibleBox[3] - visibleBox[1] < 4) return [];
      lastSeen.set(id, t);
      const noisePx = noiseShare * (object.box[3] - object.box[1]);
      const box = object.box.map((edge, i) => {
        const isCut = edge < 1.5 || edge > (i % 2 === 0 ? picture.width : picture.height) - 1.5;
        return isCut ? edge : edge + (2 * random() - 1) * noisePx;
      }) as [number, number, number, number];
      return [{ id, box, roadUser, roadUserShare: 1, score: 0.9, seen: true, confirmed: true }];
    });
    const ended = [...lastSeen].filter(([, seenAt]) => t - seenAt > 5).map(([id]) => id);
    for (const id of ended) lastSeen.delete(id);
    const cameraTimeMs = t * 1000;
    const frame = {
      index,
      cameraTimeMs,
      capturedAtMs: START_MS + cameraTimeMs,
      droppedBefore: 0,
      discontinuity: false,
      geometry: unscaledGeometry(picture),
    };
    events.push(...analytics.update({ frame, tracks, ended }));
  }
  return [...events, ...analytics.flush()];
}

function isMeasured(object: TruthObject, zone: GroundZone): boolean {
  return object.class !== 'debris' && (zone.roadUsers?.includes(object.class) ?? true);
}

function footprintOf({ ground, headingRad, kind }: TruthObject): Standing['footprint'] {
  const { lengthM, widthM } = TRAITS[kind as keyof typeof TRAITS] ?? { lengthM: 0.5, widthM: 0.5 };
  const heading = { x: Math.cos(headingRad), y: Math.sin(headingRad) };
  const at = (forward: number, right: number): Point => ({
    x: ground[0] + (forward * lengthM * heading.x) / 2 + (right * widthM * heading.y) / 2,
    y: ground[1] + (forward * lengthM * heading.y) / 2 - (right * widthM * heading.x) / 2,
  });
  return {
    corners: [at(-1, -1), at(-1, 1), at(1, 1), at(1, -1)],
    heading,
    front: at(1, 0),
    rear: at(-1, 0),
  };
}

function pixelOf(calibration: Calibration, ground: readonly [number, number]): [number, number] {
  const pixel = toPicture(calibration, ground);
  if (pixel === undefined) throw new Error(`the camera does not see ${ground}`);
  return [pixel[0], pixel[1]];
}
