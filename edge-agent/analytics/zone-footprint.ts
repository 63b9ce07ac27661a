// Which part of the road a road user covers, from its box: on the ground where the camera is calibrated, else the
// lower part of the box in the picture.

import type { RoadUser } from '../../contract/index.ts';
import { type GroundMapping, toGround } from './calibration.ts';
import type { Point } from './counting-line.ts';
import { groundSlopes } from './ground-scale.ts';
import type { RoadUserView } from './observation.ts';
import type { Corners } from './zone-polygon.ts';

/** In metres on the ground, or in px of the picture. */
export type Footprint = {
  readonly corners: Corners;
  /** Where it is going, of length 1; undefined when it was never seen to move. */
  readonly heading: Point | undefined;
  readonly front: Point;
  readonly rear: Point;
};

/** Usual length and width, m: a box does not tell them. Bus and truck as mixed in towns, not the longest allowed. */
const SIZE_M: Readonly<Record<RoadUser, readonly [lengthM: number, widthM: number]>> = {
  car: [4.5, 1.8],
  motorcycle: [2, 0.8],
  bus: [11, 2.5],
  truck: [8, 2.5],
  bicycle: [1.8, 0.6],
  person: [0.5, 0.5],
  vehicle: [4.5, 1.8],
};

/**
 * Height of the lower part of a box that stands for its footprint, as a share of the box's height. With a quarter, zones
 * of the scenes are covered as they are on the ground to a fifth or so; with a half it was twice as much.
 */
const LOWER_SHARE = 0.25;
/** Where a pixel covers more than this, a place is a guess, as for speeds. */
const MAX_METRES_PER_PX = 1;

/** No corner of a footprint on the ground is farther from the road user's ground point than this, m. */
export function reachM(roadUser: RoadUser): number {
  const [lengthM, widthM] = SIZE_M[roadUser];
  return lengthM + widthM;
}

/** Rectangle on the ground; undefined where the ground is not seen well enough. */
export function groundFootprint(
  view: RoadUserView,
  mapping: GroundMapping,
  heading: Point | undefined,
): Footprint | undefined {
  const { anchor, ground } = view;
  const slopes = ground && groundSlopes(mapping, [anchor.x, anchor.y]);
  if (!ground || !slopes || Math.hypot(...slopes) > MAX_METRES_PER_PX) return undefined;
  const away = unit({ x: -slopes[1], y: -slopes[3] });
  const along = heading ?? away;
  if (along === undefined || away === undefined) return undefined;
  const [lengthM, widthM] = SIZE_M[view.roadUser];
  // The anchor is at the side towards the camera: the middle lies behind it by half the extent along the view.
  const depthM =
    (lengthM / 2) * Math.abs(along.x * away.x + along.y * away.y) +
    (widthM / 2) * Math.abs(along.x * away.y - along.y * away.x);
  const middle = { x: ground[0] + away.x * depthM, y: ground[1] + away.y * depthM };
  const at = (forward: number, right: number): Point => ({
    x: middle.x + (forward * lengthM * along.x) / 2 + (right * widthM * along.y) / 2,
    y: middle.y + (forward * lengthM * along.y) / 2 - (right * widthM * along.x) / 2,
  });
  return {
    corners: [at(-1, -1), at(-1, 1), at(1, 1), at(1, -1)],
    heading,
    front: at(1, 0),
    rear: at(-1, 0),
  };
}

/** Lower part of the box. */
export function pictureFootprint({ box }: RoadUserView, heading: Point | undefined): Footprint {
  const [x1, y1, x2, y2] = box;
  const upper = y2 - LOWER_SHARE * (y2 - y1);
  const middle = { x: (x1 + x2) / 2, y: (upper + y2) / 2 };
  // From the middle to the side of the part that the heading points to.
  const reach = heading
    ? Math.min(
        (x2 - x1) / 2 / Math.max(Math.abs(heading.x), 1e-6),
        (y2 - upper) / 2 / Math.max(Math.abs(heading.y), 1e-6),
      )
    : 0;
  const at = (way: number): Point => ({
    x: middle.x + way * reach * (heading?.x ?? 0),
    y: middle.y + way * reach * (heading?.y ?? 0),
  });
  return {
    corners: [
      { x: x1, y: upper },
      { x: x2, y: upper },
      { x: x2, y: y2 },
      { x: x1, y: y2 },
    ],
    heading,
    front: at(1),
    rear: at(-1),
  };
}

/** Steps along an edge: a lens bends a straight edge of the picture on the ground. */
const EDGE_STEPS = 8;

/** A polygon of the picture on the ground; undefined when a part of it is not seen there well enough. */
export function groundPolygon(mapping: GroundMapping, corners: Corners): Corners | undefined {
  const ground: Point[] = [];
  for (const [i, to] of corners.entries()) {
    const from = corners.at(i - 1) as Point;
    for (let step = 1; step <= EDGE_STEPS; step++) {
      const share = step / EDGE_STEPS;
      const pixel = [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)] as const;
      const place = toGround(mapping, pixel);
      const slopes = place && groundSlopes(mapping, pixel);
      if (!place || !slopes || Math.hypot(...slopes) > MAX_METRES_PER_PX) return undefined;
      ground.push({ x: place[0], y: place[1] });
    }
  }
  return ground;
}

export function unit({ x, y }: Point): Point | undefined {
  const length = Math.hypot(x, y);
  return length > 0 ? { x: x / length, y: y / length } : undefined;
}
