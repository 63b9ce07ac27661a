import { expect, it } from 'vitest';
import { screenShapes, widthOfScreen } from '../../../scripts/demo/screen-picture.ts';

it('a screen becomes a picture with its colours, each word where it stood', () => {
  const screen = '\u001b[1mngatu\u001b[22m  \u001b[32mlive\u001b[39m\na < b & c';
  const shapes = screenShapes(screen, 100, 50);
  expect(shapes).toHaveLength(3);
  expect(shapes[0]).toMatch(/x="100\.0".*font-weight="bold".*>ngatu</);
  // Seven columns of 7.8 px to the right, without the letters that only a terminal reads.
  expect(shapes[1]).toMatch(/x="154\.8".*fill="#5fd38d">live</);
  expect(shapes[2]).toContain('a &lt; b &amp; c');
  expect(shapes.join('')).not.toContain('\u001b');
  expect(widthOfScreen(screen)).toBe(Math.ceil(11 * 7.826));
});
