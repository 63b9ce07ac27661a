import { describe, expect, it } from 'vitest';
import { toGround } from '../../../edge-agent/analytics/calibration.ts';
import { laneAt, laneSpans } from '../../../edge-agent/analytics/flow-lanes.ts';
import { pixelOf, roadView } from '../../support/observations.ts';

const LINE = {
  line: 'north',
  from: [100, 400],
  to: [500, 400],
  directions: { toLeft: 'away', toRight: 'towards' },
} as const;
const names = (...lanes: string[]) => lanes.map((lane) => ({ lane }));

describe('the lanes of a line', () => {
  it('are none where none are named', () => {
    expect(laneSpans(LINE)).toEqual([]);
    expect(laneAt([], 0.5)).toBeUndefined();
  });

  it('are the whole line where there is one', () => {
    expect(laneAt(laneSpans({ ...LINE, lanes: names('only') }), 0.5)).toBe('only');
  });

  it.each([
    ['at its start', 0, 'a'],
    ['in the first third', 0.33, 'a'],
    ['on the boundary: the next one', 1 / 3, 'b'],
    ['in the last third', 0.7, 'c'],
    // Rounding may put a crossing a hair beyond an end.
    ['beyond its end', 1.01, 'c'],
    ['before its start', -0.01, 'a'],
  ])('are equally wide in the picture: %s', (_, along, lane) => {
    expect(laneAt(laneSpans({ ...LINE, lanes: names('a', 'b', 'c') }), along)).toBe(lane);
  });

  it('end where it is said', () => {
    const lanes = [
      { lane: 'a', until: [200, 400] as const },
      { lane: 'b', until: [400, 395] as const },
      { lane: 'c' },
    ];
    expect(laneSpans({ ...LINE, lanes }).map(({ until }) => until)).toEqual([0.25, 0.75, 1]);
  });

  it('are equally wide on the road where the camera is calibrated', () => {
    const { camera, calibration } = roadView();
    // Along the view: the far half of the road is a small part of the picture.
    const line = {
      ...LINE,
      from: pixelOf(camera, -3, 20),
      to: pixelOf(camera, 3, 60),
      lanes: names('near', 'far'),
    };
    const [near] = laneSpans(line, calibration);
    expect(near?.until).toBeGreaterThan(0.6);
    const at = (i: 0 | 1) => line.from[i] + (near?.until ?? 0) * (line.to[i] - line.from[i]);
    expect(toGround(calibration, [at(0), at(1)])?.[1]).toBeCloseTo(40, 1);
  });
});
