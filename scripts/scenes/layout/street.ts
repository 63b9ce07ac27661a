// A two-lane street between narrow tube houses, as in a Vietnamese town: no median, two-wheelers everywhere.

import { between, seededRandom } from '../random.ts';
import type { SceneLayout } from '../scene-file.ts';
import type { Layout, Route } from './layout.ts';
import { Path, type Point } from './path.ts';
import { horizon, houseRow, KMH, lampRow, pavements, rectangle, stripe, treeRow } from './roadside.ts';

const PAVEMENT_M = 3.2;

export function street(options: Extract<SceneLayout, { kind: 'street' }>, seed: number): Layout {
  const random = seededRandom(seed * 41 + 3);
  const half = options.widthM / 2;
  const route = (id: string, from: Point, to: Point): Route => ({
    id,
    path: new Path([from, to]),
    lanesM: [half / 2],
    ridableM: [0.6, half - 0.5],
    speedMs: options.speedKmh * KMH,
    slow: [],
  });
  const walk = (side: number) => ({
    path: new Path([
      [side * (half + PAVEMENT_M / 2), -20],
      [side * (half + PAVEMENT_M / 2), 130],
    ]),
    widthM: PAVEMENT_M - 1.2,
    share: 0.5,
  });
  return {
    routes: [route('northbound', [0, -70], [0, 190]), route('southbound', [0, 200], [0, -50])],
    walks: [walk(1), walk(-1)],
    surfaces: [
      { kind: 'paving', polygon: rectangle(-400, -120, 400, 400) },
      { kind: 'old-asphalt', polygon: rectangle(-half, -120, half, 400) },
      ...pavements(half, PAVEMENT_M, -120, 400),
    ],
    marks: [
      { ...stripe([0, -60], [0, 300], 0.14, [2, 3]), colour: 'yellow' },
      stripe([half - 0.25, -60], [half - 0.25, 300], 0.1),
      stripe([-half + 0.25, -60], [-half + 0.25, 300], 0.1),
    ],
    tyreTracks: [-half / 2, half / 2].map((x) => ({
      line: [
        [x, -60],
        [x, 200],
      ] as Point[],
    })),
    buildings: [
      ...houseRow(random, half + PAVEMENT_M + 0.3, 1, -25, 190, 'tube-house', 0.04),
      ...houseRow(random, -half - PAVEMENT_M - 0.3, -1, -25, 190, 'tube-house', 0.04),
      ...horizon(random, 215, 60),
    ],
    trees: [...treeRow(random, half + 0.9, 8, 150, 0.35), ...treeRow(random, -half - 0.9, 3, 150, 0.35)],
    lamps: [...lampRow(half + 0.5, 1, 22, 150, 30), ...lampRow(-half - 0.5, -1, 37, 150, 30)],
    signalHeads: [],
    rails: [],
    furniture: [
      ...Array.from({ length: 26 }, () => {
        const side = random() < 0.5 ? -1 : 1;
        return {
          kind: 'parked-scooter' as const,
          x: side * (half + between(random, 1.7, 2.5)),
          y: between(random, 2, 110),
          headingRad: side > 0 ? between(random, 2.9, 3.4) : between(random, -0.25, 0.25),
        };
      }),
      ...[16, 48, 80, 112].map((y) => ({
        kind: 'cable-pole' as const,
        x: -half - 0.6,
        y,
        headingRad: Math.PI / 2,
      })),
      ...[26, 63].map((y) => ({ kind: 'planter' as const, x: half + 2.6, y, headingRad: 0 })),
    ],
    bounds: { minX: -half - 8, maxX: half + 8, minY: -20, maxY: 110 },
  };
}
