import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchorPoint,
  type CountingLine,
  checkLines,
  crossingBetween,
  isWithin,
  liesAcross,
  positionAt,
} from '../../../edge-agent/analytics/counting-line.ts';

type Ends = { from: readonly [number, number]; to: readonly [number, number] };

const EASTWARDS: Ends = { from: [100, 200], to: [300, 200] };
const SOUTHWARDS: Ends = { from: [100, 200], to: [100, 400] };

describe('sides of a line', () => {
  it.each([
    ['below a line from left to right is the right-hand side', EASTWARDS, [200, 250], 50, 0.5],
    ['above it is the left-hand side', EASTWARDS, [200, 150], -50, 0.5],
    ['left of a line that goes down the picture is the right-hand side', SOUTHWARDS, [60, 200], 40, 0],
    ['right of it is the left-hand side', SOUTHWARDS, [130, 400], -30, 1],
    ['on the line is neither', EASTWARDS, [250, 200], 0, 0.75],
    ['beyond the end the distance is that from the infinite line', EASTWARDS, [400, 210], 10, 1.5],
  ] as const)('%s', (_, line, [x, y], distance, along) => {
    const position = positionAt(line, { x, y });
    expect(position.distance).toBeCloseTo(distance, 9);
    expect(position.along).toBeCloseTo(along, 9);
  });
});

describe('crossing a line', () => {
  const crossing = (line: Ends, a: readonly [number, number], b: readonly [number, number]) => {
    const found = crossingBetween(
      positionAt(line, { x: a[0], y: a[1] }),
      positionAt(line, { x: b[0], y: b[1] }),
    );
    return found === undefined ? 'none' : isWithin(found.along) ? 'on the line' : 'beyond its ends';
  };

  it.each([
    ['straight over it', EASTWARDS, [200, 150], [200, 250], 'on the line'],
    ['back over it', EASTWARDS, [200, 250], [200, 150], 'on the line'],
    ['slantwise over it', EASTWARDS, [110, 150], [290, 250], 'on the line'],
    ['past its end', EASTWARDS, [350, 150], [350, 250], 'beyond its ends'],
    ['parallel beside it', EASTWARDS, [100, 190], [300, 190], 'none'],
    ['along the line itself', EASTWARDS, [120, 200], [280, 200], 'none'],
    [
      'touching it and going back is two half steps, the second of which ends where it began',
      EASTWARDS,
      [200, 150],
      [200, 200],
      'on the line',
    ],
    ['not reaching it', EASTWARDS, [200, 150], [200, 199], 'none'],
    ['over its first point, which belongs to it', EASTWARDS, [100, 150], [100, 250], 'on the line'],
    [
      'over its last point, which belongs to the next line',
      EASTWARDS,
      [300, 150],
      [300, 250],
      'beyond its ends',
    ],
    ['no step at all', EASTWARDS, [200, 150], [200, 150], 'none'],
  ] as const)('%s', (_, line, a, b, expected) => {
    expect(crossing(line, a, b)).toBe(expected);
  });

  it('tells how far along the way the line was', () => {
    const before = positionAt(EASTWARDS, { x: 200, y: 190 });
    const after = positionAt(EASTWARDS, { x: 200, y: 230 });
    expect(crossingBetween(before, after)).toEqual({ share: 0.25, along: 0.5 });
  });

  it('finds the same crossing whichever way the line is drawn, with the sides changed over', () => {
    const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
    const point = fc.tuple(coordinate, coordinate);
    fc.assert(
      fc.property(point, point, point, (from, to, probe) => {
        fc.pre(Math.hypot(to[0] - from[0], to[1] - from[1]) > 1);
        const forth = positionAt({ from, to }, { x: probe[0], y: probe[1] });
        const back = positionAt({ from: to, to: from }, { x: probe[0], y: probe[1] });
        expect(back.distance).toBeCloseTo(-forth.distance, 5);
        expect(back.along).toBeCloseTo(1 - forth.along, 5);
      }),
    );
  });
});

describe('boxes at a line', () => {
  it('takes the bottom centre or the centre of a box', () => {
    expect(anchorPoint([10, 20, 30, 60], 'bottom-centre')).toEqual({ x: 20, y: 60 });
    expect(anchorPoint([10, 20, 30, 60], 'centre')).toEqual({ x: 20, y: 40 });
  });

  it.each([
    ['a box over the line', [200, 180, 240, 220], true],
    ['a box above it', [200, 100, 240, 190], false],
    ['a box that touches it from above', [200, 100, 240, 200], false],
  ] as const)('knows %s', (_, box, expected) => {
    expect(liesAcross(EASTWARDS, box)).toBe(expected);
  });
});

describe('lines that cannot count are refused', () => {
  const good: CountingLine = { line: 'a', ...EASTWARDS, directions: { toLeft: 'in', toRight: 'out' } };

  it.each([
    ['no length', [{ ...good, to: good.from }], /two different ends/],
    ['a coordinate that is no number', [{ ...good, to: [Number.NaN, 3] as const }], /finite/],
    [
      'one name for both directions',
      [{ ...good, directions: { toLeft: 'x', toRight: 'x' } }],
      /two direction names/,
    ],
    ['the same name twice', [good, good], /"a" is there twice/],
  ] as const)('%s', (_, lines, message) => {
    expect(() => checkLines(lines)).toThrow(message);
  });
});
