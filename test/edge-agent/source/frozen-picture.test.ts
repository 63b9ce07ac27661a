import { expect, test } from 'vitest';
import { FrozenPicture } from '../../../edge-agent/source/frozen-picture.ts';

const picture = (value: number) => new Uint8Array(300).fill(value);

/** Plays one value a frame, 100 ms apart; gives the longest standstill. */
function longest(values: readonly number[]): number {
  const frozen = new FrozenPicture();
  return Math.max(...values.map((value, i) => frozen.update(picture(value), i * 100)));
}

test('a moving picture is never frozen', () => {
  expect(longest(Array.from({ length: 100 }, (_, i) => i))).toBe(0);
});

test('a picture that stands is known to stand, at most a second late', () => {
  const values = Array.from({ length: 100 }, (_, i) => Math.min(i, 20));
  expect(longest(values)).toBeGreaterThanOrEqual(99 * 100 - 2000 - 1000);
});

test('one changed pixel is a moving picture', () => {
  const frozen = new FrozenPicture();
  frozen.update(picture(5), 0);
  const other = picture(5);
  other[299] = 6;
  expect(frozen.update(other, 5000)).toBe(0);
});

test('two pictures in turn are not frozen for longer than the time between references', () => {
  expect(longest(Array.from({ length: 200 }, (_, i) => i % 2))).toBeLessThan(1500);
});

test('after a reset nothing is known', () => {
  const frozen = new FrozenPicture();
  frozen.update(picture(5), 0);
  frozen.reset();
  expect(frozen.update(picture(5), 9000)).toBe(0);
});
