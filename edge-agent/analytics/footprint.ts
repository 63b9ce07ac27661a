// Which part of a road user the lower edge of its box touches: with the road user's usual size and its heading, the
// camera's pose tells how far that is from its middle.

import type { RoadUser } from '../../contract/index.ts';
import { type GroundMapping, toGround } from './calibration.ts';
import type { GroundPoint } from './calibration-points.ts';
import { type CameraPose, projectSpace } from './camera-pose.ts';
import type { BoxCorners } from './counting-line.ts';

/**
 * Metres. `clearanceM`: lower edge of the body; `wheelsM`: from the front of the front wheels' contact with the road to
 * the rear of the rear ones'. Far away the wheels are lowest in the picture, close below the camera the bumper is.
 *
 * ```
 *    ┌────────────────┐
 *    │      body      │ heightM
 *    └─┬──┬──────┬──┬─┘ ┄ clearanceM
 *      └──┘      └──┘
 *      ├─── wheelsM ──┤
 *    ├──── lengthM ───┤
 * ```
 */
export type RoadUserSize = {
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly clearanceM: number;
  readonly wheelsM: number;
};

/**
 * Usual sizes: a mid-size car, a scooter or light motorcycle with its rider, a city bus, a two-axle lorry. What a
 * single one differs by is found from its boxes as a factor.
 */
export const USUAL_SIZES: Readonly<Record<RoadUser, RoadUserSize>> = {
  car: { lengthM: 4.5, widthM: 1.8, heightM: 1.5, clearanceM: 0.3, wheelsM: 2.9 },
  vehicle: { lengthM: 4.5, widthM: 1.8, heightM: 1.5, clearanceM: 0.3, wheelsM: 2.9 },
  bus: { lengthM: 10.5, widthM: 2.5, heightM: 3.1, clearanceM: 0.35, wheelsM: 6.2 },
  truck: { lengthM: 8, widthM: 2.4, heightM: 3.1, clearanceM: 0.5, wheelsM: 5.6 },
  motorcycle: { lengthM: 1.9, widthM: 0.7, heightM: 1.6, clearanceM: 0.4, wheelsM: 1.5 },
  bicycle: { lengthM: 1.8, widthM: 0.6, heightM: 1.7, clearanceM: 0.5, wheelsM: 1.5 },
  person: { lengthM: 0.4, widthM: 0.5, heightM: 1.7, clearanceM: 0, wheelsM: 0.3 },
};

/** A single road user is at least and at most this many times as large as usual. */
const FACTOR = { least: 0.6, most: 1.6 } as const;

/** The offset depends a little on where the middle is. */
const PASSES = 2;

/** A road user's middle on the ground and where it points, radians from x towards y. */
export type Standing = { readonly x: number; readonly y: number; readonly headingRad: number };

/** The box that a road user of a size makes in the picture, px; undefined where it is not in front of the camera. */
export function footprintBox(
  pose: CameraPose,
  standing: Standing,
  size: RoadUserSize,
): BoxCorners | undefined {
  const { x, y, headingRad } = standing;
  const cos = Math.cos(headingRad);
  const sin = Math.sin(headingRad);
  let box: BoxCorners | undefined;
  for (const [ahead, z] of cornersOf(size)) {
    for (const aside of [-size.widthM / 2, size.widthM / 2]) {
      const seen = projectSpace(pose, [x + ahead * cos - aside * sin, y + ahead * sin + aside * cos, z]);
      if (seen === undefined) return undefined;
      const [u, v] = seen;
      box =
        box === undefined
          ? [u, v, u, v]
          : [Math.min(box[0], u), Math.min(box[1], v), Math.max(box[2], u), Math.max(box[3], v)];
    }
  }
  return box;
}

/** From the middle of a road user to the place on the road that the middle of its box's lower edge seems to be, m. */
export function anchorOffset(
  mapping: GroundMapping,
  pose: CameraPose,
  standing: Standing,
  size: RoadUserSize,
): GroundPoint | undefined {
  const box = footprintBox(pose, standing, size);
  const anchor = box && toGround(mapping, [(box[0] + box[2]) / 2, box[3]]);
  return anchor && [anchor[0] - standing.x, anchor[1] - standing.y];
}

/**
 * Middle of a road user on the ground, m, from its box and heading: 0.1 m or less off along and across for cars, where the
 * place that the middle of the lower edge seems to be is 1.5 and 0.3 to 0.9 m off (median, scenes' exact boxes).
 *
 * @param headingRad from x towards y; for a road user that stands, that of its lane or of its way there
 * @returns the place of the lower edge itself where the camera's pose is not known; undefined above the horizon
 */
export function middleOnGround(
  calibration: GroundMapping & { readonly pose: CameraPose | undefined },
  box: BoxCorners,
  roadUser: RoadUser,
  headingRad: number,
): GroundPoint | undefined {
  const anchor = toGround(calibration, [(box[0] + box[2]) / 2, box[3]]);
  const { pose } = calibration;
  if (anchor === undefined || pose === undefined) return anchor;
  let middle = anchor;
  for (let pass = 0; pass < PASSES; pass++) {
    const standing = { x: middle[0], y: middle[1], headingRad };
    const offset = anchorOffset(calibration, pose, standing, USUAL_SIZES[roadUser]);
    if (offset === undefined) return anchor;
    middle = [anchor[0] - offset[0], anchor[1] - offset[1]];
  }
  return middle;
}

/** The usual size times a factor, within what a single road user may differ by. */
export function sizedBy(usual: RoadUserSize, factor: number): RoadUserSize {
  const by = Math.min(FACTOR.most, Math.max(FACTOR.least, factor));
  return {
    lengthM: usual.lengthM * by,
    widthM: usual.widthM * by,
    heightM: usual.heightM * by,
    clearanceM: usual.clearanceM * by,
    wheelsM: usual.wheelsM * by,
  };
}

const CORNERS = new WeakMap<RoadUserSize, readonly (readonly [number, number])[]>();

function cornersOf(size: RoadUserSize): readonly (readonly [number, number])[] {
  const known = CORNERS.get(size) ?? outline(size);
  CORNERS.set(size, known);
  return known;
}

/** How far ahead of the middle and how high its corners are; made once for a size. */
function outline({
  lengthM,
  heightM,
  clearanceM,
  wheelsM,
}: RoadUserSize): readonly (readonly [number, number])[] {
  return [-1, 1].flatMap((end) => [
    [(end * wheelsM) / 2, 0],
    [(end * lengthM) / 2, clearanceM],
    [(end * lengthM) / 2, heightM],
  ]);
}
