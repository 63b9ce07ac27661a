// A signalised crossroads with four arms of three lanes each way; left turns have their own phase.

import { between, seededRandom } from '../random.ts';
import type { SceneLayout } from '../scene-file.ts';
import type { Building, Layout, Mark, Route, SignalHead, Surface, Walk } from './layout.ts';
import { curve, Path, type Point } from './path.ts';
import { KMH, rectangle, stripe } from './roadside.ts';

const LANE_M = 3.2;
const HALF_M = 3 * LANE_M + 0.4;
const REACH_M = 150;
/** Distance of stop lines and crossings from the middle. */
const STOP_M = 18;
const WALK_M = 14.5;
const AMBER_S = 3;
const ALL_RED_S = 2;
const ARMS = ['south', 'west', 'north', 'east'] as const;
type Arm = (typeof ARMS)[number];

export function intersection(options: Extract<SceneLayout, { kind: 'intersection' }>, seed: number): Layout {
  const random = seededRandom(seed * 43 + 9);
  const speedMs = options.speedKmh * KMH;
  const routes = ARMS.flatMap((arm, index) => armRoutes(arm, index, speedMs));
  const leftS = Math.max(6, options.greenS * 0.55);
  const gap = AMBER_S + ALL_RED_S;
  const starts = [
    0,
    options.greenS + gap,
    options.greenS + leftS + 2 * gap,
    2 * options.greenS + leftS + 3 * gap,
  ];
  const lengths = [options.greenS, leftS, options.greenS, leftS];
  const groups = ['ns', 'ns-left', 'ew', 'ew-left'].map((group, i) => ({
    group,
    greenFromS: starts[i] ?? 0,
    greenToS: (starts[i] ?? 0) + (lengths[i] ?? 0),
  }));

  const surfaces: Surface[] = [
    { kind: 'paving', polygon: rectangle(-400, -400, 400, 400) },
    ...([-1, 1] as const).flatMap((sx) =>
      ([-1, 1] as const).map(
        (sy): Surface => ({
          kind: 'sidewalk',
          polygon: rectangle(...sorted(sx * HALF_M, sx * 60, sy * HALF_M, sy * 60)),
        }),
      ),
    ),
    { kind: 'asphalt', polygon: rectangle(-HALF_M, -400, HALF_M, 400) },
    { kind: 'asphalt', polygon: rectangle(-400, -HALF_M, 400, HALF_M) },
    ...([-1, 1] as const).flatMap((sx) =>
      ([-1, 1] as const).flatMap((sy): Surface[] => [
        {
          kind: 'asphalt',
          polygon: [
            [sx * HALF_M, sy * HALF_M],
            [sx * (HALF_M + 4), sy * HALF_M],
            [sx * HALF_M, sy * (HALF_M + 4)],
          ],
        },
        {
          kind: 'kerb',
          widthM: 0.24,
          line: [
            [sx * HALF_M, sy * 200],
            [sx * HALF_M, sy * (HALF_M + 4)],
            [sx * (HALF_M + 4), sy * HALF_M],
            [sx * 200, sy * HALF_M],
          ],
        },
      ]),
    ),
  ];
  const marks: Mark[] = ARMS.flatMap((_, index) => armMarks(index));
  const heads: SignalHead[] = ARMS.flatMap((arm, index) => {
    const group = arm === 'south' || arm === 'north' ? 'ns' : 'ew';
    // Far side and near side of the junction, for drivers coming from this arm.
    return [
      { ...turned(HALF_M + 0.8, STOP_M - 5.5, index), facingRad: facing(index), armM: 4.5, group },
      { ...turned(HALF_M + 0.8, -STOP_M + 1, index), facingRad: facing(index), armM: 0, group },
    ];
  });
  const walks: Walk[] = ARMS.flatMap((arm, index): Walk[] => {
    const a = turned(-HALF_M - 2, -WALK_M, index);
    const b = turned(HALF_M + 2, -WALK_M, index);
    const c = turned(HALF_M + 3, -70, index);
    const d = turned(HALF_M + 3, -HALF_M - 3, index);
    const own = arm === 'south' || arm === 'north' ? ['ns', 'ns-left'] : ['ew', 'ew-left'];
    const turning = arm === 'south' || arm === 'north' ? ['ew-left'] : ['ns-left'];
    return [
      {
        path: new Path([
          [a.x, a.y],
          [b.x, b.y],
        ]),
        widthM: 2.2,
        share: 0.16,
        redGroups: [...own, ...turning],
      },
      {
        path: new Path([
          [c.x, c.y],
          [d.x, d.y],
        ]),
        widthM: 3,
        share: 0.09,
      },
    ];
  });
  return {
    routes,
    signals: { cycleS: 2 * (options.greenS + leftS) + 4 * gap, groups },
    walks,
    surfaces,
    marks,
    tyreTracks: routes.map((route) => ({ line: route.path.points.map((_, i) => lanePoint(route, i)) })),
    buildings: corners(random),
    trees: ARMS.flatMap((_, index) =>
      [26, 36, 47, 60, 75].flatMap((d) =>
        random() < 0.6 ? [{ ...turned(HALF_M + 2, -d, index), scale: between(random, 0.7, 1.05) }] : [],
      ),
    ),
    lamps: ARMS.flatMap((_, index) =>
      [30, 58, 86].map((d) => ({
        ...turned(HALF_M + 0.8, -d, index),
        facingRad: Math.PI - (index * Math.PI) / 2,
      })),
    ),
    signalHeads: heads,
    rails: [],
    furniture: ARMS.flatMap((_, index) => [
      { kind: 'bin' as const, ...turned(HALF_M + 4, -24, index), headingRad: 0 },
      ...[0, 1.6, 3.2, 4.8].map((d) => ({
        kind: 'bollard' as const,
        ...turned(HALF_M + 0.7, -22 - d, index),
        headingRad: 0,
      })),
    ]),
    bounds: { minX: -62, maxX: 62, minY: -46, maxY: 78 },
  };
}

/** Turns a point of the south arm onto arm `index` (clockwise by 90 degrees each: south, west, north, east). */
function turned(x: number, y: number, index: number): { x: number; y: number } {
  const angle = (-index * Math.PI) / 2;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
}

function turnedPoint(x: number, y: number, index: number): Point {
  const point = turned(x, y, index);
  return [point.x, point.y];
}

/** Signals of an arm face the drivers who come from it. */
function facing(index: number): number {
  return -Math.PI / 2 - (index * Math.PI) / 2;
}

function armRoutes(arm: Arm, index: number, speedMs: number): Route[] {
  const to = (steps: number): Arm => ARMS[(index + steps) % 4] ?? 'south';
  const at = (points: readonly Point[]): Point[] => points.map(([x, y]) => turnedPoint(x, y, index));
  const axis = arm === 'south' || arm === 'north' ? 'ns' : 'ew';
  const stopM = REACH_M - STOP_M;
  const outer = 2.5 * LANE_M;
  const inner = 0.5 * LANE_M;
  const right: Point[] = [
    [outer, -REACH_M],
    ...curve([outer, -HALF_M - 5], [outer, -outer], [HALF_M + 5, -outer]),
    [REACH_M, -outer],
  ];
  const left: Point[] = [
    [inner, -REACH_M],
    ...curve([inner, -HALF_M], [inner, inner], [-HALF_M, inner], 20),
    [-REACH_M, inner],
  ];
  return [
    {
      id: `${arm}>${to(2)}`,
      path: new Path(
        at([
          [0, -REACH_M],
          [0, REACH_M],
        ]),
      ),
      lanesM: [1.5 * LANE_M, outer],
      ridableM: [LANE_M + 0.6, HALF_M - 0.8],
      speedMs,
      slow: [],
      signal: { group: axis, stopM },
    },
    {
      id: `${arm}>${to(3)}`,
      path: new Path(at(right)),
      lanesM: [0],
      ridableM: [-0.9, 0.9],
      speedMs,
      slow: [{ fromM: REACH_M - HALF_M - 6, toM: REACH_M - HALF_M + 16, speedMs: 5 }],
      signal: { group: axis, stopM },
    },
    {
      id: `${arm}>${to(1)}`,
      path: new Path(at(left)),
      lanesM: [0],
      ridableM: [-0.9, 0.9],
      speedMs,
      slow: [{ fromM: REACH_M - HALF_M - 1, toM: REACH_M + HALF_M + 4, speedMs: 7 }],
      signal: { group: `${axis}-left`, stopM },
    },
  ];
}

function armMarks(index: number): Mark[] {
  const p = (x: number, y: number): Point => turnedPoint(x, y, index);
  const marks: Mark[] = [
    { ...stripe(p(-0.14, -STOP_M), p(-0.14, -120), 0.12), colour: 'white' },
    { ...stripe(p(0.14, -STOP_M), p(0.14, -120), 0.12), colour: 'white' },
    stripe(p(0.4, -STOP_M + 0.25), p(HALF_M - 0.3, -STOP_M + 0.25), 0.45),
    stripe(p(HALF_M - 0.35, -STOP_M - 4), p(HALF_M - 0.35, -120)),
    stripe(p(-HALF_M + 0.35, -STOP_M - 4), p(-HALF_M + 0.35, -120)),
  ];
  for (const lane of [1, 2]) {
    marks.push(stripe(p(lane * LANE_M, -STOP_M), p(lane * LANE_M, -STOP_M - 25)));
    marks.push(stripe(p(lane * LANE_M, -STOP_M - 25), p(lane * LANE_M, -120), 0.13, [3, 4.5]));
    marks.push(stripe(p(-lane * LANE_M, -STOP_M), p(-lane * LANE_M, -120), 0.13, [3, 4.5]));
  }
  for (let x = -HALF_M + 0.7; x < HALF_M - 0.4; x += 1)
    marks.push(stripe(p(x, -WALK_M - 1.7), p(x, -WALK_M + 1.7), 0.5));
  // Arrows: a shaft and a head; turned ones get a bent shaft.
  for (const [lane, bend] of [
    [0.5, -1],
    [1.5, 0],
    [2.5, 1],
  ] as const) {
    const x = lane * LANE_M;
    const y = -STOP_M - 8;
    marks.push(stripe(p(x, y - 2.4), p(x, y), 0.16));
    if (bend === 0)
      marks.push({
        colour: 'white',
        widthM: 0,
        fill: true,
        line: [p(x - 0.4, y), p(x + 0.4, y), p(x, y + 1.4)],
      });
    else {
      marks.push(stripe(p(x, y), p(x + bend * 0.7, y), 0.3));
      marks.push({
        colour: 'white',
        widthM: 0,
        fill: true,
        line: [p(x + bend * 0.7, y - 0.6), p(x + bend * 0.7, y + 0.6), p(x + bend * 1.4, y)],
      });
    }
  }
  return marks;
}

function corners(random: () => number): Building[] {
  const houses: Building[] = [];
  for (const sx of [-1, 1]) {
    for (const sy of [-1, 1]) {
      const corner = HALF_M + 9;
      for (let i = 0; i < 5; i++) {
        for (const along of i === 0 ? [0] : [0, 1]) {
          const near = corner + 8;
          const far = corner + 8 + i * 17;
          houses.push({
            x: sx * (along ? far : near),
            y: sy * (along ? near : far),
            widthM: 16,
            depthM: 16.5,
            floors: 2 + Math.floor(random() * 5),
            seed: Math.floor(random() * 1e6),
            style: random() < 0.3 ? 'office' : 'european',
          });
        }
      }
    }
  }
  return houses;
}

function lanePoint(route: Route, index: number): Point {
  const [x, y] = route.path.points[index] ?? [0, 0];
  const offset = route.lanesM[0] ?? 0;
  if (offset === 0) return [x, y];
  const pose = route.path.pose(index === 0 ? 0 : route.path.lengthM, offset);
  return [pose.x, pose.y];
}

function sorted(x1: number, x2: number, y1: number, y2: number): [number, number, number, number] {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}
