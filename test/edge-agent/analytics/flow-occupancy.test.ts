import { describe, expect, it } from 'vitest';
import { LineOccupancy, type Occupation } from '../../../edge-agent/analytics/flow-occupancy.ts';
import {
  observationsOf,
  pixelOf,
  roadView,
  type SceneOptions,
  START_MS,
  type Waypoint,
} from '../../support/observations.ts';

/** Across the picture at y = 400; a car's box is 80 x 60 px, its footprint the lower 36 px. */
const LINE = {
  line: 'north',
  from: [200, 400],
  to: [1000, 400],
  directions: { toLeft: 'away', toRight: 'towards' },
} as const;

function occupied(scene: SceneOptions, occupancy = new LineOccupancy([LINE])): Occupation[] {
  return observationsOf(scene).flatMap((observation) => occupancy.observe(observation));
}

function lengthMs(occupations: readonly Occupation[]): number {
  return occupations.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

const down: readonly Waypoint[] = [
  [0, 600, 300],
  [4, 600, 500],
];

describe('a vehicle is on a line', () => {
  it('from when its front reaches it until its rear has left, between frames too', () => {
    const found = occupied({ roadUsers: [{ id: 1, px: down }] });
    // 50 px/s: the lower edge is there after 2 s, the upper edge of the footprint 36 px later.
    expect(found[0]?.fromMs).toBeCloseTo(START_MS + 2000, 0);
    expect(lengthMs(found)).toBeCloseTo(720, 0);
    expect(new Set(found.map(({ direction }) => direction))).toEqual(new Set(['towards']));
  });

  it('also when it is never on it in a frame', () => {
    const scene = {
      fps: 2,
      roadUsers: [
        {
          id: 1,
          boxPx: [20, 40] as const,
          roadUser: 'motorcycle' as const,
          px: [
            [0, 600, 375],
            [2, 600, 475],
          ] as const,
        },
      ],
    };
    expect(lengthMs(occupied(scene))).toBeCloseTo((40 * 0.35 * 1000) / 50, 0);
  });

  it('as long as it stands there, in the direction that it came', () => {
    const found = occupied({
      roadUsers: [
        {
          id: 1,
          px: [
            [0, 600, 500],
            [4, 600, 410],
            [34, 600, 410],
          ],
        },
      ],
    });
    expect(lengthMs(found)).toBeGreaterThan(30_000);
    expect(new Set(found.map(({ direction }) => direction))).toEqual(new Set(['away']));
  });

  it('of unknown direction when it has stood there since the camera watches', () => {
    const found = occupied({
      roadUsers: [
        {
          id: 1,
          px: [
            [0, 600, 410],
            [5, 600, 410],
          ],
        },
      ],
    });
    expect(lengthMs(found)).toBeCloseTo(5000, 0);
    expect(found.every(({ direction }) => direction === undefined)).toBe(true);
  });

  it('not when it passes beyond its ends', () => {
    expect(
      occupied({
        roadUsers: [
          {
            id: 1,
            px: [
              [0, 100, 300],
              [4, 100, 500],
            ],
          },
        ],
      }),
    ).toEqual([]);
  });

  it('not when it is a person', () => {
    expect(occupied({ roadUsers: [{ id: 1, px: down, roadUser: 'person' }] })).toEqual([]);
  });

  it('not in time that was not observed', () => {
    const scene = {
      roadUsers: [
        {
          id: 1,
          px: [
            [0, 600, 410],
            [9, 600, 410],
          ] as const,
        },
      ],
      gaps: [[3, 6]] as const,
    };
    expect(lengthMs(occupied(scene))).toBeCloseTo(5900, -2);
  });

  it('while it is hidden and expected there', () => {
    const px = [
      [0, 600, 300],
      [2, 600, 400],
      [8, 600, 410],
    ] as const;
    const seen = lengthMs(occupied({ roadUsers: [{ id: 1, px }] }));
    expect(lengthMs(occupied({ roadUsers: [{ id: 1, px, hidden: [[3, 7]] }] }))).toBeCloseTo(seen, 0);
  });

  it('in the lane in which its way meets it', () => {
    const lanes = [{ lane: 'a' }, { lane: 'b' }];
    const occupancy = new LineOccupancy([{ ...LINE, lanes }]);
    // Askew: meets the line at x = 580, in the first half, and is in the second when it leaves it.
    const found = occupied(
      {
        roadUsers: [
          {
            id: 1,
            px: [
              [0, 480, 300],
              [4, 680, 500],
            ],
          },
        ],
      },
      occupancy,
    );
    expect(new Set(found.map(({ lane }) => lane))).toEqual(new Set(['a']));
  });
});

describe('the time on a line', () => {
  it('is known until the road user is gone, and kept by whoever asked', () => {
    const occupancy = new LineOccupancy([LINE]);
    const observations = observationsOf({ roadUsers: [{ id: 1, px: down }] });
    const at = (fromS: number, toS: number) => {
      for (const each of observations) {
        if (each.cameraTimeMs >= fromS * 1000 && each.cameraTimeMs < toS * 1000) occupancy.observe(each);
      }
    };
    at(0, 2);
    expect(occupancy.timeOnLine(1, 'north')).toBeUndefined();
    at(2, 2.5);
    const time = occupancy.timeOnLine(1, 'north');
    at(2.5, 10);
    expect(time?.onMs).toBeCloseTo(2000, 0);
    expect(time?.offMs).toBeCloseTo(2720, 0);
    expect(occupancy.timeOnLine(1, 'north')).toBeUndefined();
  });
});

describe('on the ground', () => {
  it('a car is on the line for its length', () => {
    const view = roadView();
    const line = { ...LINE, from: pixelOf(view.camera, -3, 30), to: pixelOf(view.camera, 3, 30) };
    const found = occupied(
      {
        view,
        roadUsers: [
          {
            id: 1,
            ground: [
              [0, 1, 50],
              [6, 1, 20],
            ],
          },
        ],
      },
      new LineOccupancy([line], view.calibration),
    );
    // 4.5 m at 5 m/s.
    expect(lengthMs(found)).toBeCloseTo(900, -1);
    expect(new Set(found.map(({ direction }) => direction))).toEqual(new Set(['towards']));
  });
});
