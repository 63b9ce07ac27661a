import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaOf,
  areWithin,
  boundsOf,
  CoveredArea,
  crossesItself,
  depthIn,
  distanceBetween,
  innerRadius,
  isInside,
  isNear,
} from '../../../edge-agent/analytics/zone-polygon.ts';

const at = (...corners: [number, number][]) => corners.map(([x, y]) => ({ x, y }));
const rectangle = (x1: number, y1: number, x2: number, y2: number) =>
  at([x1, y1], [x2, y1], [x2, y2], [x1, y2]);
/** An L: 20 x 20 without its upper right quarter. */
const ELL = at([0, 0], [10, 0], [10, 10], [20, 10], [20, 20], [0, 20]);

describe('depth in a polygon', () => {
  it.each([
    ['in the middle of its lower arm', 15, 15, 5],
    ['in the notch: outside, though inside of the hull', 15, 5, -5],
    ['on a corner', 10, 10, 0],
    ['beyond a corner: distance to the corner', 23, 24, -5],
    ['at the height of a corner, to the left of it', -3, 10, -3],
  ])('%s', (_, x, y, depth) => {
    expect(depthIn(ELL, { x, y })).toBeCloseTo(depth);
    expect(depthIn(ELL.toReversed(), { x, y })).toBeCloseTo(depth);
  });

  it('has an inner radius', () => {
    expect(innerRadius(rectangle(0, 0, 40, 10))).toBeGreaterThan(4.5);
  });
});

describe('a covered area', () => {
  it('counts once what two shapes cover', () => {
    const area = new CoveredArea(rectangle(0, 0, 100, 100));
    const cover = area.coverBy([rectangle(0, 0, 50, 50), rectangle(25, 0, 75, 50)]);
    expect(cover.share).toBeCloseTo(0.375, 2);
    expect(cover.inside).toEqual([1, 1]);
  });

  it('knows how much of a shape lies in it', () => {
    const area = new CoveredArea(ELL);
    expect(area.area).toBeCloseTo(300, 0);
    const cover = area.coverBy([rectangle(5, 5, 15, 15), rectangle(30, 30, 40, 40)]);
    expect(cover.share).toBeCloseTo(75 / 300, 2);
    expect(cover.inside[0]).toBeCloseTo(0.75, 2);
    expect(cover.inside[1]).toBe(0);
  });

  it('is covered wholly by what is larger than it', () => {
    expect(new CoveredArea(ELL).coverBy([rectangle(-5, -5, 50, 50)]).share).toBe(1);
  });
});

describe('shapes', () => {
  it('have a distance, 0 when they overlap, however they do', () => {
    expect(distanceBetween(rectangle(0, 0, 1, 1), rectangle(4, 5, 6, 6))).toBeCloseTo(5);
    expect(distanceBetween(rectangle(0, 0, 9, 9), rectangle(3, 3, 4, 4))).toBe(0);
    expect(distanceBetween(rectangle(0, 4, 9, 5), rectangle(4, 0, 5, 9))).toBe(0);
  });

  it('have an area', () => {
    expect(areaOf(ELL)).toBe(300);
  });

  it.each([
    ['a bow tie', at([0, 0], [10, 10], [10, 0], [0, 10]), true],
    ['an edge that runs back through a corner', at([0, 0], [10, 0], [10, 10], [0, 0], [0, 10]), true],
    ['a triangle', at([0, 0], [10, 0], [0, 10]), false],
    ['an L', ELL, false],
  ])('%s', (_, corners, crossing) => {
    expect(crossesItself(corners)).toBe(crossing);
  });
});

describe('Shortcuts for what is far away', () => {
  const place = fc.record({ x: fc.integer({ min: -30, max: 30 }), y: fc.integer({ min: -30, max: 30 }) });
  const box = fc
    .tuple(place, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
    .map(([{ x, y }, width, height]) => [
      { x, y },
      { x: x + width, y },
      { x: x + width, y: y + height },
      { x, y: y + height },
    ]);

  it('say inside or outside as the depth does', () => {
    fc.assert(
      fc.property(box, place, (corners, { x, y }) => {
        const point = { x: x + 0.5, y: y + 0.5 };
        expect(isInside(corners, point)).toBe(depthIn(corners, point) >= 0);
        if (isInside(corners, point)) expect(isNear(boundsOf(corners), point.x, point.y, 0)).toBe(true);
      }),
    );
  });

  it('say near or far as the distance does', () => {
    fc.assert(
      fc.property(box, box, fc.integer({ min: 0, max: 30 }), (a, b, distance) => {
        const within = distance + 0.01;
        expect(areWithin(a, b, within)).toBe(distanceBetween(a, b) <= within);
      }),
    );
  });
});
