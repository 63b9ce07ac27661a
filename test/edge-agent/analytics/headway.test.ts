import { describe, expect, it } from 'vitest';
import { Headways, type LineCrossing } from '../../../edge-agent/analytics/headway.ts';

const crossing = (atS: number, changes: Partial<LineCrossing> = {}): LineCrossing => ({
  line: 'north',
  direction: 'away',
  lane: undefined,
  roadUser: 'car',
  atMs: atS * 1000,
  time: { onMs: atS * 1000, offMs: atS * 1000 + 400 },
  ...changes,
});

function watched(): Headways {
  const headways = new Headways();
  headways.watchedSince(0);
  return headways;
}

describe('a headway', () => {
  it('is the time since the vehicle ahead, its gap the time that the line was free', () => {
    const headways = watched();
    expect(headways.next(crossing(10))).toEqual({});
    expect(headways.next(crossing(12.5))).toEqual({ headwayS: 2.5, gapS: 2.1 });
  });

  it.each([
    ['line', { line: 'south' }],
    ['direction', { direction: 'towards' }],
    ['lane', { lane: 'inner' }],
  ])('is within one %s', (_, other) => {
    const headways = watched();
    headways.next(crossing(10));
    expect(headways.next(crossing(11, other))).toEqual({});
    expect(headways.next(crossing(12))).toMatchObject({ headwayS: 2 });
  });

  it('takes no notice of persons', () => {
    const headways = watched();
    headways.next(crossing(10));
    expect(headways.next(crossing(11, { roadUser: 'person' }))).toEqual({});
    expect(headways.next(crossing(12))).toMatchObject({ headwayS: 2 });
  });

  it('is not known after time that was not observed: somebody may have passed', () => {
    const headways = watched();
    headways.next(crossing(10));
    headways.watchedSince(15_000);
    expect(headways.next(crossing(16))).toEqual({});
    expect(headways.next(crossing(18))).toMatchObject({ headwayS: 2 });
  });

  it('is known for who crossed before such a time and became certain after it', () => {
    const headways = watched();
    headways.next(crossing(10));
    headways.watchedSince(15_000);
    expect(headways.next(crossing(12))).toMatchObject({ headwayS: 2 });
    expect(headways.next(crossing(17))).toEqual({});
  });

  it('begins anew when the clock of the camera does', () => {
    const headways = watched();
    headways.next(crossing(1000));
    headways.watchedSince(-500);
    expect(headways.next(crossing(1))).toEqual({});
    expect(headways.next(crossing(3))).toMatchObject({ headwayS: 2 });
  });

  it('is not given to one that crossed before another that became certain first', () => {
    const headways = watched();
    headways.next(crossing(10));
    expect(headways.next(crossing(14))).toMatchObject({ headwayS: 4 });
    expect(headways.next(crossing(12))).toEqual({});
    expect(headways.next(crossing(15))).toMatchObject({ headwayS: 1 });
  });
});

describe('a gap', () => {
  it('is nothing between two side by side', () => {
    const headways = watched();
    headways.next(crossing(10));
    expect(headways.next(crossing(10.2))).toEqual({ headwayS: 0.2, gapS: 0 });
  });

  it('counts a leader that goes on standing on the line', () => {
    const headways = watched();
    const time = { onMs: 10_000, offMs: 10_100 };
    headways.next(crossing(10, { time }));
    time.offMs = 13_000;
    expect(headways.next(crossing(14))).toMatchObject({ gapS: 1 });
  });

  it('is not known where one of them was not seen on the line', () => {
    const headways = watched();
    headways.next(crossing(10, { time: undefined }));
    expect(headways.next(crossing(12))).toEqual({ headwayS: 2 });
  });
});
