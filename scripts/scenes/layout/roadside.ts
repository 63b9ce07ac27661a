// Rows of buildings, trees and lamps along a straight road, shared by the layouts.

import { between, type Random } from '../random.ts';
import type { Building, Layout, Mark, Surface } from './layout.ts';
import type { Point } from './path.ts';

export const KMH = 1 / 3.6;

export function rectangle(minX: number, minY: number, maxX: number, maxY: number): Point[] {
  return [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
  ];
}

/** A straight painted line; lengths of dash and gap in metres. */
export function stripe(from: Point, to: Point, widthM = 0.13, dashM?: readonly [number, number]): Mark {
  return { colour: 'white', line: [from, to], widthM, ...(dashM ? { dashM } : {}) };
}

/** Houses along one side of a road that runs north: `x` is the line of their fronts, `side` +1 east, -1 west. */
export function houseRow(
  random: Random,
  x: number,
  side: 1 | -1,
  fromY: number,
  toY: number,
  style: Building['style'],
  gapShare = 0.25,
): Building[] {
  const houses: Building[] = [];
  let y = fromY;
  while (y < toY - 4) {
    const narrow = style === 'tube-house';
    const front = Math.min(toY - y, narrow ? between(random, 4, 6) : between(random, 12, 22));
    const depth = narrow ? between(random, 9, 14) : between(random, 11, 16);
    houses.push({
      x: x + (side * depth) / 2 + side * between(random, 0, narrow ? 0.6 : 2),
      y: y + front / 2,
      widthM: depth,
      depthM: front,
      floors: narrow ? 2 + Math.floor(random() * 4) : 2 + Math.floor(random() * 4),
      seed: Math.floor(random() * 1e6),
      style,
    });
    y += front + (random() < gapShare ? between(random, 2, 8) : 0.06);
  }
  return houses;
}

/** Blocks that close the horizon. */
export function horizon(random: Random, y: number, halfWidthM: number): Building[] {
  const blocks: Building[] = [];
  for (let x = -halfWidthM; x < halfWidthM; x += between(random, 20, 34)) {
    blocks.push({
      x,
      y: y + between(random, 0, 20),
      widthM: between(random, 16, 28),
      depthM: 14,
      floors: 3 + Math.floor(random() * 7),
      seed: Math.floor(random() * 1e6),
      style: random() < 0.5 ? 'office' : 'european',
    });
  }
  return blocks;
}

export function treeRow(
  random: Random,
  x: number,
  fromY: number,
  toY: number,
  density = 0.75,
): Layout['trees'] {
  const trees: { x: number; y: number; scale: number }[] = [];
  for (let y = fromY; y < toY; y += between(random, 7, 12)) {
    if (random() < density)
      trees.push({ x: x + between(random, -0.3, 0.3), y, scale: between(random, 0.75, 1.15) });
  }
  return trees;
}

export function lampRow(x: number, side: 1 | -1, fromY: number, toY: number, stepM = 26): Layout['lamps'] {
  const lamps: { x: number; y: number; facingRad: number }[] = [];
  for (let y = fromY; y < toY; y += stepM) lamps.push({ x, y, facingRad: side > 0 ? Math.PI : 0 });
  return lamps;
}

/** Footpaths on both sides of a road that runs north. */
export function pavements(halfRoadM: number, widthM: number, minY: number, maxY: number): Surface[] {
  return ([-1, 1] as const).flatMap((side): Surface[] => {
    const inner = side * halfRoadM;
    const outer = side * (halfRoadM + widthM);
    return [
      { kind: 'sidewalk', polygon: rectangle(Math.min(inner, outer), minY, Math.max(inner, outer), maxY) },
      {
        kind: 'kerb',
        line: [
          [inner + side * 0.1, minY],
          [inner + side * 0.1, maxY],
        ],
        widthM: 0.24,
      },
    ];
  });
}
