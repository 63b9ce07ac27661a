import { describe, expect, it } from 'vitest';
import { pixelOf } from '../../../support/observations.ts';
import { alarms, areaOf, drives, kinds, stopsAt, told, VIEW } from './road.ts';

const STOPS = { id: 1, ground: stopsAt(40, 6, 26) };

describe('a vehicle that stands on the road', () => {
  it('is told ten seconds after it stopped, and is over when it drives on', () => {
    const incidents = told({ roadUsers: [STOPS] });
    expect(alarms(incidents)).toEqual([expect.stringMatching(/^stopped-vehicle 1[56]\.\d$/)]);
    const last = incidents.at(-1);
    expect(last).toMatchObject({ state: 'cleared', region: 'outbound', roadUser: 'car', tracks: [1] });
    expect((last?.clearedAtMs ?? 0) - (last?.startedAtMs ?? 0)).toBeGreaterThan(18_000);
    expect((last?.clearedAtMs ?? 0) - (last?.startedAtMs ?? 0)).toBeLessThan(25_000);
  });

  it('is nothing when it stands for a shorter time', () => {
    expect(told({ roadUsers: [{ id: 1, ground: stopsAt(40, 6, 13) }] })).toEqual([]);
  });

  it('is told though others wait behind it, when more drive past it, and not when they wait too', () => {
    const behind = [32, 25, 18].map((y, i) => ({
      id: 10 + i,
      ground: [
        [0, 1.75, y],
        [40, 1.75, y],
      ] as const,
    }));
    const first = {
      id: 1,
      ground: [
        [0, 1.75, 40],
        [40, 1.75, 40],
      ] as const,
    };
    const passing = [3, 8, 13].map((atS, i) => ({ id: 20 + i, ground: drives(40, { x: -1.75, atS }) }));
    const creeping = [3, 8, 13].map((atS, i) => ({ id: 20 + i, ground: drives(15, { x: -1.75, atS }) }));
    const found = (others: typeof passing) =>
      kinds(told({ roadUsers: [first, ...behind, ...others], fps: 5, durationS: 25 }));
    expect(found(passing)).toEqual(['stopped-vehicle']);
    expect(found(creeping)).toEqual([]);
    expect(found([])).toEqual([]);
  });

  it('is found where nothing is calibrated', () => {
    expect(kinds(told({ roadUsers: [STOPS] }, {}, { toGround: undefined }))).toEqual(['stopped-vehicle']);
  });

  it('is one incident through jitter of its box, times of hiding and an id switch', () => {
    const roadUsers = [
      {
        ...STOPS,
        ground: stopsAt(30, 6, 40),
        hidden: [[12, 14] as const, [20, 24] as const],
        tracks: [[22, 9] as const],
      },
    ];
    const incidents = told({ roadUsers, jitterPx: 3 });
    expect(kinds(incidents)).toEqual(['stopped-vehicle']);
    expect(incidents.filter(({ state }) => state === 'cleared')).toHaveLength(1);
  });

  it('is one incident when another identity stands at its place', () => {
    const roadUsers = [
      {
        id: 1,
        ground: [
          [0, 1.75, 30],
          [16, 1.75, 30],
        ] as const,
      },
      {
        id: 2,
        ground: [
          [17, 1.75, 30],
          [40, 1.75, 30],
        ] as const,
      },
    ];
    expect(kinds(told({ roadUsers }))).toEqual(['stopped-vehicle']);
  });

  it('counts when it stood already as watching began', () => {
    expect(
      alarms(
        told({
          roadUsers: [
            {
              id: 1,
              ground: [
                [0, 1.75, 30],
                [20, 1.75, 30],
              ] as const,
            },
          ],
        }),
      ),
    ).toEqual(['stopped-vehicle 10.0']);
  });

  it('is nothing in a queue of four, and only its first of two', () => {
    const standing = (id: number, y: number) => ({
      id,
      ground: [
        [0, 1.75, y],
        [20, 1.75, y],
      ] as const,
    });
    const queue = [48, 41, 34, 27].map((y, i) => standing(i + 1, y));
    expect(kinds(told({ roadUsers: queue }))).toEqual([]);
    expect(told({ roadUsers: queue.slice(0, 2) }).map(({ tracks }) => tracks)[0]).toEqual([1]);
    expect(kinds(told({ roadUsers: queue.slice(0, 2) }))).toEqual(['stopped-vehicle']);
  });

  it('is nothing when the queue before it has just gone', () => {
    const roadUsers = [0, 1, 2, 3].map((i) => ({
      id: i + 1,
      ground: [
        [0, 1.75, 48 - 7 * i],
        [30 + 3 * i, 1.75, 48 - 7 * i],
        [33 + 3 * i, 1.75, 72 - 7 * i],
      ] as const,
    }));
    expect(kinds(told({ roadUsers }, { rules: { queue: { enabled: false } } }))).toEqual([]);
  });

  it('waits at a red light, and those behind it, but not for ever', () => {
    const stopLine = {
      from: pixelOf(VIEW.camera, -3.5, 45),
      to: pixelOf(VIEW.camera, 3.5, 45),
      longestWaitS: 60,
    };
    const waits = (untilS: number) =>
      [44, 37].map((y, i) => ({
        id: i + 1,
        ground: [
          [0, 1.75, y],
          [untilS, 1.75, y],
        ] as const,
      }));
    expect(kinds(told({ roadUsers: waits(50) }, { stopLine }))).toEqual([]);
    expect(kinds(told({ roadUsers: waits(90) }, { stopLine }))).toEqual(['stopped-vehicle']);
  });

  it('may stand in an area that is excluded, and beside the carriageway', () => {
    expect(told({ roadUsers: [STOPS] }, { exclude: [areaOf(0, 3.5, 35, 50)] })).toEqual([]);
    const beside = {
      id: 1,
      ground: [
        [0, 6, 30],
        [30, 6, 30],
      ] as const,
    };
    expect(told({ roadUsers: [beside] })).toEqual([]);
  });

  it('is worse on a motorway and when it lasts', () => {
    const [street] = told({ roadUsers: [STOPS] });
    const [motorway] = told({ roadUsers: [STOPS] }, { road: 'motorway' });
    expect([street?.severity, motorway?.severity]).toEqual(['medium', 'high']);
    const hours = told({
      fps: 2,
      roadUsers: [
        {
          id: 1,
          ground: [
            [0, 1.75, 30],
            [400, 1.75, 30],
          ] as const,
        },
      ],
    });
    expect(hours.at(-1)?.severity).toBe('high');
    // Ten-second updates at first, rarer and rarer then.
    expect(hours.length).toBeLessThan(20);
  });
});
