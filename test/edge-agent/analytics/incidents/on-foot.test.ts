import { describe, expect, it } from 'vitest';
import { areaOf, drives, kinds, told } from './road.ts';

const CROSSES = [
  [0, -6, 30],
  [9, 6, 30],
] as const;
const person = (ground: readonly (readonly [number, number, number])[], id = 1) => ({
  id,
  roadUser: 'person' as const,
  bodyM: [0.6, 1.75] as const,
  ground,
});

describe('somebody on foot', () => {
  it('is told two seconds after stepping onto the road, and no more after leaving it', () => {
    const incidents = told({ roadUsers: [person(CROSSES)] });
    expect(kinds(incidents)).toEqual(['pedestrian']);
    const [first] = incidents;
    expect((first?.detectedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBe(2000);
    expect(incidents.at(-1)?.state).toBe('cleared');
  });

  it.each([
    [
      'for a moment',
      [
        [0, -6, 30],
        [2, -3, 30],
        [3, -6, 30],
      ] as const,
    ],
    [
      'beside the road',
      [
        [0, -6, 20],
        [20, -6, 40],
      ] as const,
    ],
    [
      'on its very edge',
      [
        [0, -3.52, 20],
        [20, -3.52, 40],
      ] as const,
    ],
  ])('is nothing %s', (_, ground) => {
    expect(told({ roadUsers: [person(ground)], jitterPx: 0 })).toEqual([]);
  });

  it('may use a crossing that is excluded', () => {
    expect(told({ roadUsers: [person(CROSSES)] }, { exclude: [areaOf(-4, 4, 26, 34)] })).toEqual([]);
  });

  it('is a group that is one incident', () => {
    const roadUsers = [0, 1, 2].map((i) =>
      person(
        [
          [i * 0.5, -6, 30 + i],
          [9 + i * 0.5, 6, 30 + i],
        ],
        i + 1,
      ),
    );
    expect(kinds(told({ roadUsers }))).toEqual(['pedestrian']);
  });

  it('is found at a detector that takes persons on roads for motorcycles, by going across', () => {
    const roadUsers = [{ ...person(CROSSES), roadUser: 'motorcycle' as const }];
    expect(kinds(told({ roadUsers }))).toEqual(['pedestrian']);
  });

  it('is not a rider, nor a motorcycle that drives along', () => {
    const ground = drives(25);
    const riders = [
      person(ground),
      { id: 2, roadUser: 'motorcycle' as const, bodyM: [0.8, 1.1] as const, ground },
    ];
    expect(told({ roadUsers: riders })).toEqual([]);
    expect(told({ roadUsers: [person(drives(30))] })).toEqual([]);
  });

  it('is told once though the detection blinks', () => {
    const hidden = [
      [2, 2.4],
      [3, 3.6],
      [5, 5.8],
    ] as const;
    expect(kinds(told({ roadUsers: [{ ...person(CROSSES), hidden }] }))).toEqual(['pedestrian']);
  });
});

describe('a cyclist', () => {
  const rides = { id: 1, roadUser: 'bicycle' as const, bodyM: [0.6, 1.7] as const, ground: drives(17) };

  it('belongs on a street and not on a motorway', () => {
    expect(told({ roadUsers: [rides] })).toEqual([]);
    expect(kinds(told({ roadUsers: [rides] }, { road: 'motorway' }))).toEqual(['cyclist']);
  });

  it('is told on a street where that is asked for', () => {
    expect(kinds(told({ roadUsers: [rides] }, { rules: { cyclist: {} } }))).toEqual(['cyclist']);
  });
});

describe('what is taken for a person', () => {
  it('is none as long as it has never moved, and one who walked there and stands', () => {
    expect(
      told({
        roadUsers: [
          person([
            [0, 0, 30],
            [20, 0, 30],
          ]),
        ],
        jitterPx: 2,
      }),
    ).toEqual([]);
    const walks = [
      [0, -6, 30],
      [4, 0, 30],
      [20, 0, 30],
    ] as const;
    expect(kinds(told({ roadUsers: [person(walks)] }))).toEqual(['pedestrian']);
  });

  it('is a pedestrian as soon as it moves', () => {
    const sets = [
      [0, 0, 30],
      [10, 0, 30],
      [14, 3, 30],
    ] as const;
    expect(kinds(told({ roadUsers: [person(sets)] }))).toEqual(['pedestrian']);
  });
});

describe('a two-wheeler on a motorway', () => {
  const rides = (kmh: number) => ({
    id: 1,
    roadUser: 'motorcycle' as const,
    bodyM: [0.7, 1.7] as const,
    ground: drives(kmh, { fromY: 16, toY: 60 }),
  });
  const slow = { id: 2, ground: drives(25, { x: -1.75 }) };

  it('is a cyclist at the speed of one while the others drive', () => {
    const incidents = told({ roadUsers: [rides(17)] }, { road: 'motorway' });
    expect(kinds(incidents)).toEqual(['cyclist']);
  });

  it('is none when it is faster, when all are slow, or in a street', () => {
    expect(kinds(told({ roadUsers: [rides(36)] }, { road: 'motorway' }))).toEqual([]);
    expect(kinds(told({ roadUsers: [rides(17), slow] }, { road: 'motorway' }))).toEqual([]);
    expect(kinds(told({ roadUsers: [rides(17)] }))).toEqual([]);
  });
});
