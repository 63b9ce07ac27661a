import { describe, expect, it } from 'vitest';
import {
  countCrossings,
  type Trajectory,
} from '../../../central-collector/dashboard/src/pages/setup/model/crossings.ts';
import {
  cornerIndex,
  isInside,
  labelPlace,
  type Point,
  rightHand,
} from '../../../central-collector/dashboard/src/pages/setup/model/geometry.ts';
import {
  fitGround,
  type GroundFit,
  gridOf,
} from '../../../central-collector/dashboard/src/pages/setup/model/ground.ts';
import { wholeOf, zoomed } from '../../../central-collector/dashboard/src/pages/setup/model/view.ts';
import { calibrate, toGround, toPicture } from '../../../edge-agent/analytics/calibration.ts';
import { positionAt } from '../../../edge-agent/analytics/counting-line.ts';

const SIZE = { width: 1280, height: 720 };

describe('the right hand of a line', () => {
  it.each<[Point, Point, Point]>([
    // From left to right: right is downwards. From top to bottom: right is to the left.
    [
      [0, 0],
      [10, 0],
      [0, 1],
    ],
    [
      [0, 0],
      [0, 10],
      [-1, 0],
    ],
    [
      [10, 0],
      [0, 0],
      [0, -1],
    ],
    // No length, no hand.
    [
      [5, 5],
      [5, 5],
      [0, 0],
    ],
  ])('from %j to %j it points %j', (from, to, hand) => {
    const [x, y] = rightHand({ from, to });
    expect([x + 0, y + 0]).toEqual(hand);
  });

  it('is the side that the box counts as right', () => {
    const line = { from: [100, 50], to: [400, 300] } as const;
    const [x, y] = rightHand(line);
    expect(positionAt(line, { x: 250 + 9 * x, y: 175 + 9 * y }).distance).toBeCloseTo(9);
  });
});

describe('counting trajectories over a line', () => {
  const line = { from: [0, 100], to: [200, 100] } as const;
  const along = (...points: Point[]): Trajectory => ({
    roadUser: 'car',
    points: points.map(([x, y], i) => [x, y, i * 100]),
    box: [0, 0, 40, 40],
  });
  it.each<[string, Point[], { toLeft: number; toRight: number }]>([
    [
      'downwards is to the right',
      [
        [50, 50],
        [50, 150],
      ],
      { toLeft: 0, toRight: 1 },
    ],
    [
      'upwards is to the left',
      [
        [50, 150],
        [50, 50],
      ],
      { toLeft: 1, toRight: 0 },
    ],
    [
      'beside its end does not count',
      [
        [250, 50],
        [250, 150],
      ],
      { toLeft: 0, toRight: 0 },
    ],
    [
      'jitter on it does not count',
      [
        [50, 99],
        [50, 101],
        [50, 99],
        [50, 102],
      ],
      { toLeft: 0, toRight: 0 },
    ],
    [
      'jitter on the way counts once',
      [
        [50, 50],
        [50, 101],
        [50, 99],
        [50, 150],
      ],
      { toLeft: 0, toRight: 1 },
    ],
    [
      'there and back counts both',
      [
        [50, 50],
        [50, 150],
        [60, 50],
      ],
      { toLeft: 1, toRight: 1 },
    ],
    [
      'only near it does not count',
      [
        [50, 50],
        [50, 98],
        [150, 98],
      ],
      { toLeft: 0, toRight: 0 },
    ],
    [
      'a point on it on the way counts',
      [
        [50, 50],
        [50, 100],
        [50, 150],
      ],
      { toLeft: 0, toRight: 1 },
    ],
    ['nobody', [], { toLeft: 0, toRight: 0 }],
  ])('%s', (_, points, expected) => {
    expect(countCrossings(line, [along(...points)])).toEqual(expected);
  });

  it('counts nothing on a line without length', () => {
    const nowhere = { from: [5, 5], to: [5, 5] } as const;
    expect(countCrossings(nowhere, [along([0, 0], [9, 9])])).toEqual({ toLeft: 0, toRight: 0 });
  });
});

describe('polygons', () => {
  const square: Point[] = [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ];
  it('puts a new corner on the edge that is nearest', () => {
    expect(cornerIndex(square, [50, -5])).toBe(1);
    expect(cornerIndex(square, [105, 50])).toBe(2);
    expect(cornerIndex(square, [-5, 50])).toBe(4);
  });

  it('labels a bent one where it is, not in the gap', () => {
    const bent: Point[] = [
      [0, 0],
      [100, 0],
      [100, 10],
      [10, 10],
      [10, 100],
      [0, 100],
    ];
    expect(labelPlace(square)).toEqual([50, 50]);
    expect(isInside(bent, [50, 50])).toBe(false);
    expect(labelPlace(bent)).toEqual([0, 0]);
  });
});

describe('the ground under the picture', () => {
  const pairs = [
    { picture: [401, 605], ground: [2.35, 10] },
    { picture: [602, 401], ground: [2.35, 18] },
    { picture: [744, 256], ground: [2.35, 30] },
    { picture: [666, 647], ground: [5.85, 10] },
    { picture: [790, 421], ground: [5.85, 18] },
    { picture: [893, 234], ground: [5.85, 34] },
    { picture: [256, 451], ground: [-2.35, 14] },
    { picture: [80, 429], ground: [-5.85, 14] },
  ] as const;

  it.each([0, 0.08, -0.1])('is fitted as the box fits it, with a distortion of %d', (distortion) => {
    const own = fitGround(SIZE, pairs, distortion) as GroundFit;
    const box = calibrate({ picture: SIZE, points: pairs, distortion });
    for (const point of [
      [640, 500],
      [300, 400],
      [800, 300],
    ] as const) {
      const [x, y] = toGround(box, point) ?? [0, 0];
      const place = own.toGround(point) ?? [Number.NaN, Number.NaN];
      expect(place[0]).toBeCloseTo(x, 4);
      expect(place[1]).toBeCloseTo(y, 4);
    }
    const [u, v] = toPicture(box, [1, 20]) ?? [0, 0];
    const seen = own.toPicture([1, 20]) ?? [Number.NaN, Number.NaN];
    expect(seen[0]).toBeCloseTo(u, 3);
    expect(seen[1]).toBeCloseTo(v, 3);
    expect(own.rmsPx).toBeCloseTo(box.rms.px, 4);
    expect(own.errors[0]?.m).toBeCloseTo(box.errors[0]?.m ?? -1, 5);
  });

  it.each([
    ['too-few', pairs.slice(0, 3)],
    ['same-place', [...pairs, pairs[0]]],
    ['mirrored', pairs.map(({ picture, ground }) => ({ picture, ground: [-ground[0], ground[1]] as const }))],
    [
      'on-one-line',
      [0, 1, 2, 3, 4].map((i) => ({ picture: [100 + 50 * i, 200] as const, ground: [i, 5] as const })),
    ],
  ])('says %s when the points cannot be right', (fault, points) => {
    expect(fitGround(SIZE, points)).toBe(fault);
  });

  it('lays a grid of whole metres that stays near the picture', () => {
    const grid = gridOf(SIZE, pairs, fitGround(SIZE, pairs) as GroundFit);
    expect(grid.stepM).toBe(5);
    expect(grid.lines.length).toBeGreaterThan(10);
    for (const { points } of grid.lines)
      for (const [x, y] of points) expect(Math.abs(x) + Math.abs(y)).toBeLessThan(2 * (1280 + 720));
  });
});

describe('zooming', () => {
  it('keeps the point under the cursor where it is', () => {
    const view = wholeOf(SIZE);
    const near = zoomed(view, SIZE, 4, [900, 300]);
    expect((900 - near.x) / near.width).toBeCloseTo((900 - view.x) / view.width);
    expect((300 - near.y) / near.height).toBeCloseTo((300 - view.y) / view.height);
  });

  it('never shows less than a sixteenth or more than the whole', () => {
    const view = wholeOf(SIZE);
    expect(zoomed(view, SIZE, 1000, [0, 0]).width).toBeCloseTo(view.width / 16);
    expect(zoomed(view, SIZE, 0.1, [0, 0])).toEqual(view);
  });
});
