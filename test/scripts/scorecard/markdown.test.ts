import { expect, test } from 'vitest';
import { quantile, table } from '../../../scripts/scorecard/markdown.ts';

test('a table is padded, and its numbers stand to the right', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['a', 1],
        ['bcdef', '-'],
        ['c', 12.5],
      ],
    ),
  ).toBe(
    ['| name  |    n |', '| ----- | ---: |', '| a     |    1 |', '| bcdef |    - |', '| c     | 12.5 |'].join(
      '\n',
    ),
  );
});

test('a quantile lies between the two nearest values', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([7], 0.95)).toBe(7);
  expect(quantile([], 0.5)).toBeUndefined();
});
