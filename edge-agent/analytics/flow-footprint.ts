// How far a road user reaches across a counting line: whether it is on it, for time occupancy and gaps.

import type { RoadUser } from '../../contract/index.ts';
import { type GroundMapping, toGround } from './calibration.ts';
import { type BoxCorners, type CountingLine, positionAt } from './counting-line.ts';
import type { Footprint } from './zone-footprint.ts';

/** A road user across a line: its nearest and farthest distance, positive on the right-hand side; px or m. */
export type Reach = { readonly least: number; readonly most: number };

/**
 * Share of a box, from below, behind which the road lies that the road user stands on. What is above it is the height of
 * the vehicle. Measured on scenes with truth: see docs/influxdb.md.
 */
const FOOT_SHARE: Readonly<Record<RoadUser, number>> = {
  car: 0.6,
  motorcycle: 0.35,
  bus: 0.5,
  truck: 0.5,
  bicycle: 0.35,
  person: 0.15,
  vehicle: 0.5,
};

/**
 * In the picture: the ellipse in the lower part of the box. An ellipse, because a vehicle that goes askew does not fill
 * the corners of its box.
 */
export function reachInPicture(line: CountingLine, roadUser: RoadUser, box: BoxCorners): Reach {
  const [x1, y1, x2, y2] = box;
  const height = FOOT_SHARE[roadUser] * (y2 - y1);
  const { distance } = positionAt(line, { x: (x1 + x2) / 2, y: y2 - height / 2 });
  const [nx, ny] = normalOf(line);
  const half = Math.hypot((nx * (x2 - x1)) / 2, (ny * height) / 2);
  return { least: distance - half, most: distance + half };
}

/** A line on the ground, m, so that distances from it have the sign that they have in the picture. */
export type GroundLine = Pick<CountingLine, 'from' | 'to'>;

/** Undefined where an end of the line is not on the road. */
export function groundLineOf(line: CountingLine, mapping: GroundMapping): GroundLine | undefined {
  const from = toGround(mapping, line.from);
  const to = toGround(mapping, line.to);
  // Seen from above, y grows upwards: exchanged ends give the picture's sides.
  return from && to && { from: to, to: from };
}

/** On the ground: the rectangle of a usual vehicle of its class, as for zones. */
export function reachOnGround(line: GroundLine, { corners }: Footprint): Reach {
  const distances = corners.map((corner) => positionAt(line, corner).distance);
  return { least: Math.min(...distances), most: Math.max(...distances) };
}

/** Unit vector across a line. */
function normalOf({ from, to }: Pick<CountingLine, 'from' | 'to'>): readonly [number, number] {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const length = Math.hypot(dx, dy);
  return [-dy / length, dx / length];
}
