// The parts of a road on which incidents are looked for, one a direction of traffic, on the ground: what an operator
// would outline in the camera's picture.

import type { SceneLayout } from '../scene-file.ts';
import type { Point } from './path.ts';

export type CarriagewayGround = {
  readonly name: string;
  /** Routes whose vehicles use it; `*` stands for anything, as in a scene's demand. */
  readonly movement: string;
  /** The carriageway as a strip: left and right border, in pairs in the direction of traffic, metres. */
  readonly left: readonly Point[];
  readonly right: readonly Point[];
  /** A part inside that is no road: a roundabout's island. */
  readonly hole?: readonly Point[];
  /** Where vehicles wait for their signal; across the end of the strip. */
  readonly stopLine?: readonly [Point, Point];
  readonly lanes: number;
  /** What an operator would set: above what ordinary drivers of the scene do. Absent at crossroads. */
  readonly speedLimitKmh?: number;
};

/** Traffic is looked at up to here from the origin of the layout, metres: farther vehicles are a few pixels. */
const REACH_M = 85;
/** Along the strip between two points: close enough for the lens to bend the border. */
const STEP_M = 2;
/** As the layouts are built: see intersection.ts, motorway.ts, roundabout.ts. */
const INTERSECTION = { halfM: 10, stopM: 18 } as const;
const MOTORWAY = { innerM: 2.1, laneM: 3.75, shoulderM: 3 } as const;
const RING_HALF_M = 3;

export function carriagewaysOf(layout: SceneLayout): CarriagewayGround[] {
  switch (layout.kind) {
    case 'dual-carriageway': {
      const inner = layout.medianM / 2;
      const outer = inner + layout.lanesEachWay * layout.laneWidthM + 0.4;
      return bothWays(inner, outer, layout.lanesEachWay, limitOf(layout));
    }
    case 'motorway': {
      const { innerM, laneM, shoulderM } = MOTORWAY;
      const outer = innerM + layout.lanesEachWay * laneM + shoulderM;
      return bothWays(innerM, outer, layout.lanesEachWay, limitOf(layout));
    }
    case 'street':
      return bothWays(0, layout.widthM / 2, 1, limitOf(layout));
    case 'intersection':
      return ['south', 'west', 'north', 'east'].flatMap((arm, index) => {
        const { halfM, stopM } = INTERSECTION;
        const at = ([x, y]: Point): Point => turned(x, y, index);
        const inward = range(-REACH_M, -stopM);
        const outward = range(-stopM, -REACH_M);
        return [
          {
            name: `${arm}-in`,
            movement: `${arm}>*`,
            left: inward.map((y) => at([0, y])),
            right: inward.map((y) => at([halfM, y])),
            stopLine: [at([0, -stopM]), at([halfM, -stopM])] as const,
            lanes: 3,
          },
          {
            name: `${arm}-out`,
            movement: `*>${arm}`,
            left: outward.map((y) => at([0, y])),
            right: outward.map((y) => at([-halfM, y])),
            lanes: 3,
          },
        ];
      });
    case 'roundabout': {
      const circle = (radiusM: number): Point[] =>
        Array.from({ length: 33 }, (_, i) => {
          const angle = (i / 32) * 2 * Math.PI;
          return [radiusM * Math.cos(angle), radiusM * Math.sin(angle)];
        });
      const [inner, outer] = [circle(layout.radiusM - RING_HALF_M), circle(layout.radiusM + RING_HALF_M)];
      return [{ name: 'ring', movement: '*', left: inner, right: outer, hole: inner, lanes: 1 }];
    }
  }
}

/** Whether a place lies on the road. */
export function isOnCarriageway({ left, right, hole }: CarriagewayGround, at: Point): boolean {
  if (hole) return isInside(right, at) && !isInside(hole, at);
  return isInside([...left, ...right.toReversed()], at);
}

function bothWays(innerM: number, outerM: number, lanes: number, speedLimitKmh: number): CarriagewayGround[] {
  const strip = (name: string, side: number, ys: readonly number[]): CarriagewayGround => ({
    ...{ name, movement: name, lanes, speedLimitKmh },
    left: ys.map((y) => [side * innerM, y]),
    right: ys.map((y) => [side * outerM, y]),
  });
  return [
    strip('northbound', 1, range(-REACH_M, REACH_M)),
    strip('southbound', -1, range(REACH_M, -REACH_M)),
  ];
}

/** Ordinary drivers of the simulation wish for up to 1.12 times the layout's speed, motorcyclists 1.18 times. */
function limitOf({ speedKmh }: SceneLayout): number {
  return Math.ceil((speedKmh * 1.15) / 10) * 10;
}

/** Even-odd rule. */
function isInside(polygon: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (const [index, a] of polygon.entries()) {
    const b = polygon[(index + 1) % polygon.length] ?? a;
    if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
  }
  return inside;
}

function range(from: number, to: number): number[] {
  const steps = Math.round(Math.abs(to - from) / STEP_M);
  return Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
}

/** A point of the south arm on arm `index`, as intersection.ts turns them. */
function turned(x: number, y: number, index: number): Point {
  const angle = (-index * Math.PI) / 2;
  return [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle)];
}
