// A straight urban road with two carriageways and a raised or painted median, running north.

import { seededRandom } from '../random.ts';
import type { SceneLayout } from '../scene-file.ts';
import type { Layout, Mark, Route, Surface } from './layout.ts';
import { Path, type Point } from './path.ts';
import { horizon, houseRow, KMH, lampRow, pavements, rectangle, stripe, treeRow } from './roadside.ts';

const FROM_Y = -40;
const TO_Y = 230;
const PAVEMENT_M = 4.2;

export function dualCarriageway(
  options: Extract<SceneLayout, { kind: 'dual-carriageway' }>,
  seed: number,
): Layout {
  const random = seededRandom(seed * 31 + 5);
  const { lanesEachWay, laneWidthM, medianM } = options;
  const inner = medianM / 2;
  const half = inner + lanesEachWay * laneWidthM + 0.4;
  const lanesM = Array.from({ length: lanesEachWay }, (_, i) => inner + (i + 0.5) * laneWidthM);
  const route = (id: string, from: Point, to: Point): Route => ({
    id,
    path: new Path([from, to]),
    lanesM,
    ridableM: [inner + 0.7, half - 0.8],
    speedMs: options.speedKmh * KMH,
    slow: [],
  });

  const marks: Mark[] = [];
  const tracks: { line: Point[] }[] = [];
  for (const side of [-1, 1]) {
    for (let lane = 1; lane < lanesEachWay; lane++) {
      const x = side * (inner + lane * laneWidthM);
      marks.push(stripe([x, FROM_Y], [x, TO_Y], 0.13, [3, 4.5]));
    }
    marks.push(stripe([side * (half - 0.3), FROM_Y], [side * (half - 0.3), TO_Y]));
    marks.push({
      ...stripe([side * (inner + 0.12), FROM_Y], [side * (inner + 0.12), TO_Y]),
      colour: medianM < 1 ? 'yellow' : 'white',
    });
    for (const lane of lanesM)
      tracks.push({
        line: [
          [side * lane, FROM_Y],
          [side * lane, TO_Y],
        ],
      });
  }
  const surfaces: Surface[] = [
    { kind: 'grass', polygon: rectangle(-400, -120, 400, 420) },
    { kind: 'asphalt', polygon: rectangle(-half, -120, half, 420) },
    ...(options.surroundings === 'country' ? [] : pavements(half, PAVEMENT_M, -120, 420)),
  ];
  if (medianM >= 1) {
    surfaces.push({ kind: 'grass', polygon: rectangle(-inner + 0.15, -120, inner - 0.15, 420) });
    for (const side of [-1, 1]) {
      surfaces.push({
        kind: 'kerb',
        line: [
          [side * (inner - 0.1), -120],
          [side * (inner - 0.1), 420],
        ],
        widthM: 0.2,
      });
    }
  }
  const city = options.surroundings === 'city';
  const front = half + PAVEMENT_M + (city ? 1 : 9);
  const walk = (side: number) => ({
    path: new Path([
      [side * (half + PAVEMENT_M / 2), -30],
      [side * (half + PAVEMENT_M / 2), 180],
    ]),
    widthM: PAVEMENT_M - 1.6,
    share: 0.5,
  });
  return {
    routes: [route('northbound', [0, -110], [0, 260]), route('southbound', [0, 270], [0, -70])],
    walks: options.surroundings === 'country' ? [] : [walk(1), walk(-1)],
    surfaces,
    marks,
    tyreTracks: tracks,
    buildings:
      options.surroundings === 'country'
        ? []
        : [
            ...houseRow(random, front, 1, -30, TO_Y, 'european', city ? 0.25 : 0.9),
            ...houseRow(random, -front, -1, -30, TO_Y, 'european', city ? 0.25 : 0.9),
            ...horizon(random, TO_Y + 30, 90),
          ],
    trees: [
      ...treeRow(random, half + 1.3, 4, 190, city ? 0.55 : 0.8),
      ...treeRow(random, -half - 1.3, 4, 190, city ? 0.55 : 0.8),
      ...(city ? [] : [...treeRow(random, half + 14, 0, 230, 1), ...treeRow(random, -half - 14, 0, 230, 1)]),
    ],
    lamps: [...lampRow(half + 0.7, 1, 25, 190), ...lampRow(-half - 0.7, -1, 12, 190)],
    signalHeads: [],
    rails:
      options.surroundings === 'country'
        ? [
            [
              [0, -60],
              [0, 300],
            ],
          ]
        : [],
    furniture: [20, 44, 71].flatMap((y, i) => [
      { kind: 'sign' as const, x: (i % 2 ? -1 : 1) * (half + 0.5), y, headingRad: -Math.PI / 2 },
      { kind: 'bin' as const, x: (i % 2 ? 1 : -1) * (half + 3.2), y: y + 5, headingRad: 0 },
    ]),
    bounds: { minX: -half - 14, maxX: half + 14, minY: FROM_Y + 20, maxY: 150 },
  };
}
