// One direction of a road in the picture: where it is, which way traffic goes, and what there is looked for.

import type { GroundPoint } from '../calibration-points.ts';
import type { BoxCorners, Point } from '../counting-line.ts';
import type { RoadUserView } from '../observation.ts';
import { unit } from '../zone-footprint.ts';
import { areaOf, type Corners, depthIn, innerRadius, isInside } from '../zone-polygon.ts';
import { type RuleChanges, type Rules, rulesOf } from './rules.ts';
import type { VehicleFit } from './vehicle-fit.ts';

/** `[x, y]` corners in order, px of the picture; the last one joins the first. */
export type Polygon = readonly (readonly [number, number])[];

export type CarriagewayOptions = {
  /** Slug; once in a camera. The `region` of its incidents. */
  readonly carriageway: string;
  readonly area: Polygon;
  /** An arrow in the picture along which traffic goes. Without it no way is wrong. */
  readonly direction?:
    | { readonly from: readonly [number, number]; readonly to: readonly [number, number] }
    | undefined;
  readonly road?: 'street' | 'motorway' | undefined;
  readonly speedLimitKmh?: number | undefined;
  /** Not looked at: bus stops, parking bays, crossings. */
  readonly exclude?: readonly Polygon[] | undefined;
  readonly lanes?: readonly { readonly lane: string; readonly area: Polygon }[] | undefined;
  /** Where vehicles wait for a signal, or to give way, for at most `longestWaitS`. */
  readonly stopLine?:
    | {
        readonly from: readonly [number, number];
        readonly to: readonly [number, number];
        readonly longestWaitS?: number | undefined;
      }
    | undefined;
  readonly rules?: RuleChanges | undefined;
};

/** Place on the road of a point of the picture; undefined above the horizon. */
export type ToGround = (point: Point) => GroundPoint | undefined;

/** A red light that lasts longer than this is broken. */
const LONGEST_WAIT_S = 150;
/** Width of a lane where the number of lanes is guessed from the area, metres. */
const LANE_M = 3.5;
/** Inside by this share of its box's width counts as on the edge: the box is not exact. */
const EDGE_SHARE = 0.1;
/**
 * A vehicle that stands in the way has its middle so far inside, metres, or by this share of the width: a car is 1.8 m
 * wide, so that one nearer to the edge is parked on it, or stands on the next carriageway and its box is not exact.
 */
const STANDS_INSIDE_M = 1;
const STANDS_INSIDE_SHARE = 0.25;

export class Carriageway {
  readonly name: string;
  readonly area: Corners;
  readonly exclude: readonly Corners[];
  readonly rules: Rules;
  readonly road: 'street' | 'motorway';
  readonly speedLimitKmh: number | undefined;
  readonly stopLine: { readonly from: Point; readonly to: Point; readonly longestWaitMs: number } | undefined;
  /** Unit vectors along which traffic goes. */
  readonly direction: Point | undefined;
  readonly groundDirection: Point | undefined;
  /** All its lanes' length together, metres; undefined without calibration or beyond the horizon. */
  readonly laneLengthM: number | undefined;
  readonly isCalibrated: boolean;
  /** Where the camera's pose is known. */
  readonly fit: VehicleFit | undefined;
  readonly #toGround: ToGround | undefined;
  readonly #onGround: { readonly area: Corners; readonly insideM: number } | undefined;
  readonly #lanes: readonly { readonly lane: string; readonly area: Corners }[];

  constructor(options: CarriagewayOptions, toGround: ToGround | undefined, fit?: VehicleFit) {
    this.fit = fit;
    this.name = options.carriageway;
    this.#toGround = toGround;
    this.area = cornersOf(options.area);
    this.exclude = (options.exclude ?? []).map(cornersOf);
    this.#lanes = (options.lanes ?? []).map(({ lane, area }) => ({ lane, area: cornersOf(area) }));
    this.road = options.road ?? 'street';
    this.speedLimitKmh = options.speedLimitKmh;
    this.rules = rulesOf(options.rules ?? {}, { road: this.road, speedLimitKmh: options.speedLimitKmh });
    const { stopLine, direction } = options;
    this.stopLine = stopLine && {
      from: { x: stopLine.from[0], y: stopLine.from[1] },
      to: { x: stopLine.to[0], y: stopLine.to[1] },
      longestWaitMs: (stopLine.longestWaitS ?? LONGEST_WAIT_S) * 1000,
    };
    this.isCalibrated = toGround !== undefined;
    if (direction !== undefined) {
      const from = toGround?.({ x: direction.from[0], y: direction.from[1] });
      const to = toGround?.({ x: direction.to[0], y: direction.to[1] });
      this.direction = wayOf(direction.from, direction.to);
      this.groundDirection = from && to && wayOf(from, to);
    }
    const corners = toGround && options.area.map(([x, y]) => toGround({ x, y }));
    if (corners?.every((corner) => corner !== undefined)) {
      const area = cornersOf(corners);
      this.laneLengthM = areaOf(area) / LANE_M;
      const widthM = 2 * innerRadius(area);
      this.#onGround = { area, insideM: Math.min(STANDS_INSIDE_M, STANDS_INSIDE_SHARE * widthM) };
    }
  }

  contains(point: Point): boolean {
    return isInside(this.area, point) && !this.exclude.some((corners) => isInside(corners, point));
  }

  /** Clearly on it: not merely by the inexactness of a box. */
  containsClearly(point: Point, box: BoxCorners): boolean {
    const roomPx = EDGE_SHARE * (box[2] - box[0]);
    return (
      depthIn(this.area, point) > roomPx && !this.exclude.some((corners) => depthIn(corners, point) > -roomPx)
    );
  }

  /** Whether a vehicle stands on it for certain; without the camera's pose, as far as its box's lower edge tells. */
  holdsStanding({ anchor, box, roadUser }: RoadUserView): boolean {
    const along = this.groundDirection;
    const middle = along && this.fit?.middle(box, roadUser, along);
    if (middle === undefined || this.#onGround === undefined) return this.containsClearly(anchor, box);
    const { area, insideM } = this.#onGround;
    return depthIn(area, { x: middle[0], y: middle[1] }) >= insideM;
  }

  /** Metres that a pixel is wide at a point of the road; 0 where that is not known. */
  metresAcrossPx({ x, y }: Point): number {
    const left = this.#toGround?.({ x: x - 0.5, y });
    const right = this.#toGround?.({ x: x + 0.5, y });
    return left && right ? Math.hypot(left[0] - right[0], left[1] - right[1]) : 0;
  }

  /** How far apart on the road two points are that are a pixel above each other; 0 where that is not known. */
  metresPerPx({ x, y }: Point): number {
    const near = this.#toGround?.({ x, y });
    const far = this.#toGround?.({ x, y: y - 1 });
    return near && far ? Math.hypot(near[0] - far[0], near[1] - far[1]) : 0;
  }

  laneAt(point: Point): string | undefined {
    return this.#lanes.find(({ area }) => isInside(area, point))?.lane;
  }
}

function cornersOf(polygon: Polygon): Corners {
  return polygon.map(([x, y]) => ({ x, y }));
}

function wayOf(from: readonly [number, number], to: readonly [number, number]): Point | undefined {
  return unit({ x: to[0] - from[0], y: to[1] - from[1] });
}
