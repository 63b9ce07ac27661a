import { describe, expect, it } from 'vitest';
import { ROAD_USERS, type RoadUser } from '../../../contract/index.ts';
import { Candidates } from '../../../edge-agent/detector/candidates.ts';
import { suppress } from '../../../edge-agent/detector/suppression.ts';

type Row = readonly [
  box: readonly [number, number, number, number],
  score: number,
  roadUser: RoadUser | null,
];

/** Label i of this made-up model is road user i; the label after the last is none. */
const roadUserOfLabel = Int8Array.from([...ROAD_USERS.keys(), -1]);

function kept(rows: readonly Row[], nmsIou: number | null = 0.5): readonly number[] {
  const candidates = new Candidates();
  for (const [[x1, y1, x2, y2], score, roadUser] of rows) {
    const label = roadUser === null ? ROAD_USERS.length : ROAD_USERS.indexOf(roadUser);
    candidates.add(x1, y1, x2, y2, score, label);
  }
  return suppress(candidates, { roadUserOfLabel, nmsIou });
}

describe('suppression', () => {
  it.each<[string, readonly Row[], readonly number[]]>([
    ['nothing from nothing', [], []],
    ['one box', [[[0, 0, 10, 10], 0.5, 'car']], [0]],
    [
      'the better of two boxes of one car',
      [
        [[0, 0, 10, 10], 0.5, 'car'],
        [[1, 0, 11, 10], 0.9, 'car'],
      ],
      [1],
    ],
    [
      'both of two cars that only touch, the better first',
      [
        [[0, 0, 10, 10], 0.5, 'car'],
        [[10, 0, 20, 10], 0.9, 'car'],
      ],
      [1, 0],
    ],
    [
      'the first found of equal scores, so that the same frame gives the same bytes',
      [
        [[0, 0, 10, 10], 0.5, 'car'],
        [[1, 0, 11, 10], 0.5, 'car'],
      ],
      [0],
    ],
    [
      'one of a vehicle that is seen as car and as truck: the better',
      [
        [[0, 0, 10, 10], 0.6, 'car'],
        [[0, 0, 10, 9], 0.4, 'truck'],
      ],
      [0],
    ],
    [
      'one of a two-wheeler that is seen as bicycle and as motorcycle',
      [
        [[0, 0, 10, 20], 0.4, 'bicycle'],
        [[0, 0, 10, 19], 0.6, 'motorcycle'],
      ],
      [1],
    ],
    [
      'a car and the truck that half hides it',
      [
        [[0, 0, 20, 20], 0.9, 'truck'],
        [[8, 0, 28, 20], 0.6, 'car'],
      ],
      [0, 1],
    ],
    [
      'rider and motorcycle, however much they overlap',
      [
        [[0, 0, 10, 20], 0.9, 'motorcycle'],
        [[0, 0, 10, 20], 0.8, 'person'],
      ],
      [0, 1],
    ],
    [
      'a lorry, and not the weak car that its cabin looks like',
      [
        [[0, 0, 40, 20], 0.8, 'truck'],
        [[30, 5, 40, 20], 0.3, 'car'],
      ],
      [0],
    ],
    [
      'two cars, and not the weak lorry that they look like together',
      [
        [[0, 0, 20, 20], 0.8, 'car'],
        [[21, 0, 40, 20], 0.7, 'car'],
        [[0, 0, 41, 20], 0.3, 'truck'],
      ],
      [0, 1],
    ],
    [
      'a car in front of a bus, which is seen as well as the bus',
      [
        [[0, 0, 40, 30], 0.9, 'bus'],
        [[10, 15, 25, 30], 0.6, 'car'],
      ],
      [0, 1],
    ],
    [
      'a weak car that reaches out of the box of a bus: hidden by it',
      [
        [[0, 0, 40, 30], 0.9, 'bus'],
        [[35, 15, 50, 30], 0.3, 'car'],
      ],
      [0, 1],
    ],
    [
      'a weak motorbike in front of a lorry',
      [
        [[0, 0, 40, 20], 0.9, 'truck'],
        [[30, 5, 36, 20], 0.2, 'motorcycle'],
      ],
      [0, 1],
    ],
    [
      'only road users',
      [
        [[0, 0, 10, 10], 0.9, null],
        [[0, 0, 10, 10], 0.3, 'bus'],
      ],
      [1],
    ],
    [
      'no box without an area, or that is no number',
      [
        [[5, 5, 5, 9], 0.9, 'car'],
        [[9, 0, 1, 5], 0.9, 'car'],
        [[Number.NaN, 0, 1, 5], 0.9, 'car'],
        [[0, 0, Number.POSITIVE_INFINITY, 5], 0.9, 'car'],
      ],
      [],
    ],
  ])('keeps %s', (_, rows, expected) => {
    expect(kept(rows)).toEqual(expected);
  });

  it('leaves boxes of one class to a model that takes duplicates out itself, but not double names', () => {
    const rows: readonly Row[] = [
      [[0, 0, 10, 10], 0.9, 'car'],
      [[0, 0, 10, 9], 0.8, 'car'],
      [[0, 0, 10, 9], 0.7, 'bus'],
    ];
    expect(kept(rows, null)).toEqual([0, 1]);
  });

  it('looks at no more than a thousand boxes, the best', () => {
    const rows = Array.from(
      { length: 1500 },
      (_, index): Row => [[index * 20, 0, index * 20 + 10, 10], 0.3 + index / 10_000, 'car'],
    );
    const indices = kept(rows);
    expect(indices.length).toBe(1000);
    expect(indices[0]).toBe(1499);
  });
});
