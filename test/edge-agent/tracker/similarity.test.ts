import { describe, expect, it } from 'vitest';
import { bufferedIou, classFit, shapeFit, turnShare } from '../../../edge-agent/tracker/similarity.ts';

const corners = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });
const UNIT = corners(0, 0, 10, 10);

describe('overlap of two boxes', () => {
  it.each([
    ['the same box overlaps fully', UNIT, 0, 1],
    ['half a box aside overlaps by a third', corners(5, 0, 15, 10), 0, 1 / 3],
    ['touching edges do not overlap', corners(10, 0, 20, 10), 0, 0],
    ['a gap does not overlap', corners(12, 0, 22, 10), 0, 0],
    [
      'a buffer bridges the gap: both boxes are 14 wide then and share 2 by 14',
      corners(12, 0, 22, 10),
      2,
      28 / 364,
    ],
    ['a box inside overlaps by its share of the area', corners(2, 2, 7, 7), 0, 0.25],
  ])('%s', (_, other, buffer, expected) => {
    expect(bufferedIou(UNIT, other, buffer)).toBeCloseTo(expected, 9);
    expect(bufferedIou(other, UNIT, buffer)).toBeCloseTo(expected, 9);
  });

  it('knows boxes of unlike shape wherever they lie', () => {
    expect(shapeFit(UNIT, corners(100, 50, 110, 60))).toBe(1);
    expect(shapeFit(UNIT, corners(0, 0, 40, 10))).toBe(0.5);
  });
});

describe('classes on one track', () => {
  it.each([
    ['car', 'truck', 1],
    ['bus', 'vehicle', 1],
    ['motorcycle', 'bicycle', 1],
    ['person', 'person', 1],
    ['car', 'person', 0],
    ['motorcycle', 'car', 0],
  ] as const)('%s and %s fit by %d', (a, b, expected) => {
    expect(classFit(a, b)).toBe(expected);
  });

  it('lets a rider taken for a person go on as a motorcycle, reluctantly', () => {
    expect(classFit('motorcycle', 'person')).toBeGreaterThan(0);
    expect(classFit('motorcycle', 'person')).toBeLessThan(1);
  });
});

describe('turning', () => {
  it.each([
    ['straight on', 10, 0, 3, 0, 0],
    ['a right angle', 10, 0, 0, 5, 0.5],
    ['back', 10, 0, -4, 0, 1],
    ['no travel is no turn', 0, 0, 1, 1, 0],
    ['no step is no turn', 1, 1, 0, 0, 0],
  ])('%s', (_, travelX, travelY, stepX, stepY, expected) => {
    expect(turnShare(travelX, travelY, stepX, stepY)).toBeCloseTo(expected, 9);
  });
});
