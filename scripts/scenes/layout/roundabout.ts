// A single-lane roundabout with four arms; traffic on the ring has priority and turns counter-clockwise.

import { between, seededRandom } from '../random.ts';
import type { SceneLayout } from '../scene-file.ts';
import type { Layout, Mark, Route, Surface, Walk } from './layout.ts';
import { arc, curve, Path, type Point } from './path.ts';
import { horizon, houseRow, KMH, rectangle, stripe } from './roadside.ts';

const LANE_M = 2.3;
const HALF_ROAD_M = 4.6;
const RING_M = 6;
const REACH_M = 130;
/** Angle between an arm's middle and where its entry or exit meets the ring. */
const SPREAD_RAD = 0.5;
const ARMS = ['south', 'east', 'north', 'west'] as const;

export function roundabout(options: Extract<SceneLayout, { kind: 'roundabout' }>, seed: number): Layout {
  const random = seededRandom(seed * 47 + 21);
  const { radiusM } = options;
  const outer = radiusM + RING_M / 2;
  const inner = radiusM - RING_M / 2;
  const routes = ARMS.flatMap((_, from) =>
    [1, 2, 3].map((steps) => ringRoute(from, steps, radiusM, options.speedKmh * KMH)),
  );
  const circle = (radius: number): Point[] => arc([0, 0], radius, 0, 2 * Math.PI).slice(0, -1);
  const arms = ARMS.map((_, i) => armRad(i));
  const surfaces: Surface[] = [
    { kind: 'grass', polygon: rectangle(-400, -400, 400, 400) },
    { kind: 'sidewalk', polygon: circle(outer + 4.5) },
    ...arms.map(
      (angle): Surface => ({ kind: 'sidewalk', line: ray(angle, 0, 160), widthM: 2 * HALF_ROAD_M + 6.5 }),
    ),
    { kind: 'kerb', polygon: circle(outer + 0.25) },
    ...arms.map(
      (angle): Surface => ({ kind: 'kerb', line: ray(angle, 0, 160), widthM: 2 * HALF_ROAD_M + 0.5 }),
    ),
    ...arms.map((angle): Surface => ({ kind: 'asphalt', line: ray(angle, 0, 300), widthM: 2 * HALF_ROAD_M })),
    { kind: 'asphalt', polygon: circle(outer) },
    ...arms.map((angle): Surface => ({ kind: 'kerb', polygon: splitter(angle, outer) })),
    { kind: 'kerb', polygon: circle(inner + 0.2) },
    { kind: 'paving', polygon: circle(inner) },
    { kind: 'grass', polygon: circle(inner - 1.6) },
  ];
  const marks: Mark[] = arms.flatMap((angle): Mark[] => [
    stripe(along(angle, outer + 13, 0), along(angle, 120, 0), 0.13, [3, 4.5]),
    ...[-1, 1].map((side) =>
      stripe(
        along(angle, outer + 5, side * (HALF_ROAD_M - 0.3)),
        along(angle, 120, side * (HALF_ROAD_M - 0.3)),
      ),
    ),
    {
      colour: 'white',
      line: arc([0, 0], outer + 0.2, angle + 0.12, angle + SPREAD_RAD * 0.8),
      widthM: 0.4,
      dashM: [0.8, 0.5],
    },
    ...[-4, -3, -2, 2, 3, 4].map((offset) =>
      stripe(along(angle, outer + 7, offset), along(angle, outer + 10, offset), 0.5),
    ),
  ]);
  const walks: Walk[] = arms.flatMap((angle): Walk[] =>
    [-1, 1].map((side) => ({
      path: new Path([
        along(angle, outer + 8, side * (HALF_ROAD_M + 2)),
        along(angle, 90, side * (HALF_ROAD_M + 2)),
      ]),
      widthM: 1.6,
      share: 0.12,
    })),
  );
  return {
    routes,
    walks,
    surfaces,
    marks,
    tyreTracks: routes.filter((_, i) => i % 3 === 1).map((route) => ({ line: route.path.points })),
    buildings: [
      ...houseRow(random, 46, 1, 22, 110, 'european', 0.6),
      ...houseRow(random, -46, -1, 22, 110, 'european', 0.6),
      ...horizon(random, 150, 110),
    ],
    trees: [
      ...Array.from({ length: 34 }, () => ({
        x: (random() < 0.5 ? -1 : 1) * between(random, outer + 9, 60),
        y: (random() < 0.7 ? 1 : -1) * between(random, outer + 9, 95),
        scale: between(random, 0.8, 1.3),
      })),
      ...[0.4, 2.4, 4.4].map((angle) => ({ x: Math.cos(angle) * 4, y: Math.sin(angle) * 4, scale: 0.7 })),
    ],
    lamps: arms.flatMap((angle) =>
      [outer + 6, outer + 34].map((d) => {
        const [x, y] = along(angle, d, HALF_ROAD_M + 0.6);
        return { x, y, facingRad: angle + Math.PI / 2 };
      }),
    ),
    signalHeads: [],
    rails: [],
    furniture: arms.flatMap((angle) => {
      const [x, y] = along(angle, outer + 6, 0.9);
      return [{ kind: 'sign' as const, x, y, headingRad: angle }];
    }),
    bounds: { minX: -58, maxX: 58, minY: -45, maxY: 70 },
  };
}

function armRad(index: number): number {
  return -Math.PI / 2 + (index * Math.PI) / 2;
}

/** A point `distanceM` out on an arm, moved `leftM` to the left of the way out. */
function along(angle: number, distanceM: number, leftM: number): Point {
  return [
    Math.cos(angle) * distanceM - Math.sin(angle) * leftM,
    Math.sin(angle) * distanceM + Math.cos(angle) * leftM,
  ];
}

function ray(angle: number, fromM: number, toM: number): Point[] {
  return [along(angle, fromM, 0), along(angle, toM, 0)];
}

function splitter(angle: number, outer: number): Point[] {
  return [
    along(angle, outer + 1, -1.5),
    along(angle, outer + 1, 1.5),
    along(angle, outer + 13, 0.15),
    along(angle, outer + 13, -0.15),
  ];
}

function ringRoute(from: number, steps: number, radiusM: number, speedMs: number): Route {
  const start = armRad(from);
  const end = start + (steps * Math.PI) / 2;
  const entryRad = start + SPREAD_RAD;
  const exitRad = end - SPREAD_RAD;
  const outer = radiusM + RING_M / 2;
  // Inbound traffic keeps to the right of the way in, which is the left of the way out.
  const entryFrom = along(start, outer + 9, LANE_M);
  const exitTo = along(end, outer + 9, -LANE_M);
  const ring = arc([0, 0], radiusM, entryRad, exitRad);
  const entry = curve(entryFrom, meet(entryFrom, start, radiusM, entryRad), ring[0] ?? entryFrom, 10);
  const exit = curve(ring.at(-1) ?? exitTo, meet(exitTo, end, radiusM, exitRad), exitTo, 10);
  const points = [
    along(start, REACH_M, LANE_M),
    ...entry,
    ...ring.slice(1),
    ...exit.slice(1),
    along(end, REACH_M, -LANE_M),
  ];
  const path = new Path(points);
  const approachM = REACH_M - outer - 9;
  const fromM = approachM + new Path(entry).lengthM;
  const toM = fromM + new Path(ring).lengthM;
  return {
    id: `${ARMS[from]}>${ARMS[(from + steps) % 4]}`,
    path,
    lanesM: [0],
    ridableM: [-1.2, 1.3],
    speedMs,
    slow: [{ fromM: approachM - 4, toM: toM + 6, speedMs: 6.5 }],
    giveWay: { stopM: approachM + 4.5, entryRad },
    ring: { fromM, toM, exitRad },
  };
}

/** Where the straight of an arm through `point` meets the ring's tangent at `ringRad`: control point of the curve. */
function meet(point: Point, arm: number, radiusM: number, ringRad: number): Point {
  const px = radiusM * Math.cos(ringRad);
  const py = radiusM * Math.sin(ringRad);
  const tx = -Math.sin(ringRad);
  const ty = Math.cos(ringRad);
  // point + a·arm = ring + b·tangent; the cross product with the arm's direction leaves b.
  const ax = Math.cos(arm);
  const ay = Math.sin(arm);
  const b = -((px - point[0]) * ay - (py - point[1]) * ax) / (tx * ay - ty * ax);
  return [px + b * tx, py + b * ty];
}
