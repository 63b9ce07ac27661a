import { describe, expect, it } from 'vitest';
import { observationsOf, roadView } from './observations.ts';

describe('scripted observations', () => {
  it('show a road user from its first waypoint to its last, then say that it is gone', () => {
    const frames = observationsOf({
      roadUsers: [
        {
          id: 7,
          px: [
            [1, 100, 200],
            [3, 300, 200],
          ],
        },
      ],
    });
    const there = frames.filter(({ roadUsers }) => roadUsers.length > 0);
    expect(there.map(({ cameraTimeMs }) => cameraTimeMs)).toEqual(
      Array.from({ length: 21 }, (_, i) => 1000 + i * 100),
    );
    expect(frames.find(({ gone }) => gone.includes(7))?.cameraTimeMs).toBe(5000);
    expect(there[10]?.roadUsers[0]).toMatchObject({ anchor: { x: 200, y: 200 }, box: [160, 140, 240, 200] });
    expect(there[10]?.roadUsers[0]?.motion.velocity.x).toBeCloseTo(100);
  });

  it('know the ground place and speed of who goes on the ground', () => {
    const frames = observationsOf({
      view: roadView(),
      roadUsers: [
        {
          id: 1,
          ground: [
            [0, 2, 60],
            [4, 2, 20],
          ],
          hidden: [[2, 3]],
        },
      ],
    });
    const view = frames[20]?.roadUsers[0];
    expect(view?.ground?.[1]).toBeCloseTo(40);
    expect(view?.motion.ground?.speedKmh).toBeCloseTo(36);
    expect([view?.seen, view?.lastSeen.cameraTimeMs]).toEqual([false, 1900]);
  });

  it('say since when one stands', () => {
    const frames = observationsOf({
      roadUsers: [
        {
          id: 1,
          px: [
            [0, 100, 200],
            [2, 400, 200],
            [6, 400, 200],
          ],
        },
      ],
    });
    expect(frames[15]?.roadUsers[0]?.motion.standsSince).toBeUndefined();
    expect(frames[50]?.roadUsers[0]?.motion.standsSince?.cameraTimeMs).toBeGreaterThanOrEqual(1800);
  });
});
