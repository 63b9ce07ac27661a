// A motorway with hard shoulders and a central barrier, running north.

import { between, seededRandom } from '../random.ts';
import type { SceneLayout } from '../scene-file.ts';
import type { Layout, Mark, Route, Surface } from './layout.ts';
import { Path, type Point } from './path.ts';
import { KMH, rectangle, stripe } from './roadside.ts';

const LANE_M = 3.75;
const MEDIAN_M = 3;
const SHOULDER_M = 3;
const FROM_Y = -80;
const TO_Y = 420;

export function motorway(options: Extract<SceneLayout, { kind: 'motorway' }>, seed: number): Layout {
  const random = seededRandom(seed * 37 + 11);
  const inner = MEDIAN_M / 2 + 0.6;
  const edge = inner + options.lanesEachWay * LANE_M;
  const half = edge + SHOULDER_M;
  const lanesM = Array.from({ length: options.lanesEachWay }, (_, i) => inner + (i + 0.5) * LANE_M);
  const route = (id: string, from: Point, to: Point): Route => ({
    id,
    path: new Path([from, to]),
    lanesM,
    ridableM: [inner + 1, edge - 1],
    speedMs: options.speedKmh * KMH,
    slow: [],
  });
  const marks: Mark[] = [];
  const tracks: { line: Point[] }[] = [];
  for (const side of [-1, 1]) {
    for (let lane = 1; lane < options.lanesEachWay; lane++) {
      const x = side * (inner + lane * LANE_M);
      marks.push(stripe([x, FROM_Y], [x, TO_Y], 0.16, [6, 12]));
    }
    marks.push(stripe([side * edge, FROM_Y], [side * edge, TO_Y], 0.28));
    marks.push(stripe([side * inner, FROM_Y], [side * inner, TO_Y], 0.2));
    for (const lane of lanesM)
      tracks.push({
        line: [
          [side * lane, FROM_Y],
          [side * lane, TO_Y],
        ],
      });
  }
  const surfaces: Surface[] = [
    { kind: 'grass', polygon: rectangle(-400, -160, 400, 600) },
    { kind: 'gravel', polygon: rectangle(-half - 1.5, -160, half + 1.5, 600) },
    { kind: 'asphalt', polygon: rectangle(-half, -160, half, 600) },
    { kind: 'gravel', polygon: rectangle(-MEDIAN_M / 2 + 0.3, -160, MEDIAN_M / 2 - 0.3, 600) },
  ];
  const trees = Array.from({ length: 90 }, () => ({
    x: (random() < 0.5 ? -1 : 1) * between(random, half + 9, half + 55),
    y: between(random, -20, 420),
    scale: between(random, 0.9, 1.6),
  }));
  return {
    routes: [route('northbound', [0, -160], [0, 460]), route('southbound', [0, 470], [0, -120])],
    walks: [],
    surfaces,
    marks,
    tyreTracks: tracks,
    buildings: Array.from({ length: 5 }, (_, i) => ({
      x: (i % 2 ? -1 : 1) * between(random, 80, 140),
      y: between(random, 90, 400),
      widthM: between(random, 20, 44),
      depthM: between(random, 16, 30),
      floors: 2,
      seed: Math.floor(random() * 1e6),
      style: 'shed' as const,
    })),
    trees,
    lamps: [30, 75, 120, 165, 210].flatMap((y) => [
      { x: half + 1.2, y, facingRad: Math.PI },
      { x: -half - 1.2, y, facingRad: 0 },
    ]),
    signalHeads: [],
    rails: [
      [
        [-0.5, -100],
        [-0.5, 460],
      ],
      [
        [0.5, -100],
        [0.5, 460],
      ],
      [
        [half + 0.7, -100],
        [half + 0.7, 460],
      ],
      [
        [-half - 0.7, -100],
        [-half - 0.7, 460],
      ],
    ],
    furniture: [40, 90, 140, 190].map((y, i) => ({
      kind: 'sign' as const,
      x: (i % 2 ? -1 : 1) * (half + 2.2),
      y,
      headingRad: -Math.PI / 2,
    })),
    bounds: { minX: -half - 10, maxX: half + 10, minY: -20, maxY: 230 },
  };
}
