import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../../scripts/scenes/sim/vehicle.ts';
import { CrossingCounter, crossing } from '../../../../scripts/scenes/truth/crossings.ts';

const line = { from: [0, 0] as const, to: [10, 0] as const };

describe('a line from west to east', () => {
  test.each([
    ['northwards is to the left', [5, -1], [5, 1], { share: 0.5, direction: 'toLeft' }],
    ['southwards is to the right', [5, 3], [5, -1], { share: 0.75, direction: 'toRight' }],
    ['past its end', [11, -1], [11, 1], undefined],
    ['exactly over its end', [10, -1], [10, 1], { share: 0.5, direction: 'toLeft' }],
    ['along it', [2, 1], [8, 1], undefined],
    ['up to it but not over it', [5, -1], [5, 0], undefined],
    ['from it northwards', [5, 0], [5, 1], { share: 0, direction: 'toLeft' }],
    ['from it southwards', [5, 0], [5, -1], undefined],
  ] as const)('%s', (_, [x0, y0], [x1, y1], expected) => {
    expect(crossing(line, x0, y0, x1, y1)).toEqual(expected);
  });
});

test('somebody who stops on the line and drives on is counted once', () => {
  const counter = new CrossingCounter([
    { line: 'a', from: [0, 0], to: [10, 0], directions: { toLeft: 'away', toRight: 'towards' } },
  ]);
  for (const [t, y] of [
    [0, -2],
    [1, -1],
    [2, 0],
    [3, 0],
    [4, 0.5],
    [5, 2],
  ] as const)
    counter.observe(t, [actor(y)]);
  expect(counter.crossings).toMatchObject([
    { line: 'a', direction: 'toLeft', name: 'away', id: 3, class: 'car', t: 3 },
  ]);
});

test('crossings before the clip begins do not count', () => {
  const counter = new CrossingCounter([{ line: 'a', from: [0, 0], to: [10, 0] }]);
  counter.observe(-0.5, [actor(-1)]);
  counter.observe(-0.1, [actor(1)]);
  expect(counter.crossings).toEqual([]);
});

function actor(y: number): Actor {
  return {
    id: 3,
    kind: 'sedan',
    class: 'car',
    seed: 1,
    x: 5,
    y,
    headingRad: Math.PI / 2,
    speedMs: 1,
    travelledM: 0,
    braking: false,
    hazardLights: false,
  };
}
