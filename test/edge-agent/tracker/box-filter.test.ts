import { describe, expect, it } from 'vitest';
import { BoxFilter } from '../../../edge-agent/tracker/box-filter.ts';

const BOX = { cx: 100, cy: 200, width: 60, height: 40 };

describe('predicting a box', () => {
  it('finds the speed of a vehicle whatever the time between frames', () => {
    const filter = new BoxFilter(BOX);
    let timeS = 0;
    for (const dtS of [0.04, 0.2, 0.1, 0.04, 0.4, 0.08, 0.1, 0.1]) {
      timeS += dtS;
      filter.predict(dtS, true);
      filter.correct({ ...BOX, cx: 100 + 150 * timeS, cy: 200 - 60 * timeS }, 1);
    }
    expect(filter.velocityX).toBeCloseTo(150, 0);
    expect(filter.velocityY).toBeCloseTo(-60, 0);
    filter.predict(0.5, true);
    expect(filter.cx).toBeCloseTo(100 + 150 * (timeS + 0.5), -0.5);
  });

  it('grows less sure while nothing is seen, and sure again when it is', () => {
    const filter = new BoxFilter(BOX);
    for (let i = 0; i < 10; i++) {
      filter.predict(0.1, true);
      filter.correct(BOX, 1);
    }
    const seen = filter.positionStd;
    filter.predict(1, false);
    expect(filter.positionStd).toBeGreaterThan(5 * seen);
    filter.correct(BOX, 1);
    expect(filter.positionStd).toBeLessThan(2 * seen);
  });

  it('trusts a detection of low score less', () => {
    const sure = new BoxFilter(BOX);
    const unsure = new BoxFilter(BOX);
    for (const filter of [sure, unsure]) {
      filter.predict(0.1, true);
      filter.correct(BOX, 1);
      filter.predict(0.1, true);
    }
    sure.correct({ ...BOX, cx: 110 }, 1);
    unsure.correct({ ...BOX, cx: 110 }, 4);
    expect(Math.abs(unsure.cx - 100)).toBeLessThan(Math.abs(sure.cx - 100));
  });

  it('never lets a hidden box vanish', () => {
    const filter = new BoxFilter(BOX);
    for (const width of [50, 40, 30, 20, 10, 4]) {
      filter.predict(0.1, true);
      filter.correct({ ...BOX, width }, 1);
    }
    for (let i = 0; i < 100; i++) {
      filter.predict(0.1, false);
    }
    expect(filter.width).toBeGreaterThanOrEqual(1);
    expect(Number.isFinite(filter.positionStd)).toBe(true);
  });

  it('stays where it rests', () => {
    const filter = new BoxFilter(BOX);
    filter.predict(0.1, true);
    filter.correct({ ...BOX, cx: 105 }, 1);
    filter.restAt({ ...BOX, cx: 103 });
    filter.predict(10, false);
    expect(filter.cx).toBe(103);
  });
});
