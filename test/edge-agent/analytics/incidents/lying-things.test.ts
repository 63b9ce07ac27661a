import { describe, expect, it } from 'vitest';
import { alarms, kinds, told, VIEW } from './road.ts';

const POSED = { calibration: VIEW.calibration };
const lies = (heightM: number, id = 1, x = 0) => ({
  id,
  bodyM: [1.8, heightM] as const,
  ground: [
    [3, x, 25],
    [40, x, 25],
  ] as const,
});

describe('what a detector takes for a vehicle', () => {
  it('is debris when it appears standing and is lower than any car', () => {
    const incidents = told({ roadUsers: [lies(1)] }, {}, POSED);
    expect(alarms(incidents)).toEqual([expect.stringMatching(/^debris 13\.\d$/)]);
    expect(incidents[0]).toMatchObject({ probability: 'riskOf', region: 'outbound', tracks: [1] });
  });

  it('is a stopped vehicle when it is as high as one', () => {
    expect(kinds(told({ roadUsers: [lies(2.6)] }, {}, POSED))).toEqual(['stopped-vehicle']);
  });

  it('is a stopped vehicle when it has come there', () => {
    const comes = {
      ...lies(1),
      ground: [
        [0, 0, 15],
        [3, 0, 25],
        [40, 0, 25],
      ] as const,
    };
    expect(kinds(told({ roadUsers: [comes] }, {}, POSED))).toEqual(['stopped-vehicle']);
  });

  it('is no debris when another vehicle hides a part of it', () => {
    const roadUsers = [lies(1), lies(2.6, 2, 0.8)];
    expect(kinds(told({ roadUsers }, {}, POSED))).not.toContain('debris');
  });

  it('is no traffic: those who pass it are not slow', () => {
    const passing = Array.from({ length: 12 }, (_, i) => ({
      id: 10 + i,
      bodyM: [1.8, 2.6] as const,
      ground: [
        [5 + 5 * i, 2.5, 16],
        [5 + 5 * i + 3.5, 2.5, 70],
      ] as const,
    }));
    const thing = { ...lies(1, 1, -2), ground: [[3, -2, 25] as const, [70, -2, 25] as const] };
    const incidents = told({ roadUsers: [thing, ...passing], fps: 5 }, { speedLimitKmh: 70 }, POSED);
    expect(kinds(incidents)).toEqual(['debris']);
  });
});

describe('a vehicle at the edge of the carriageway', () => {
  const standsAt = (x: number) => [{ ...lies(2.6), ground: [[0, x, 25] as const, [30, x, 25] as const] }];

  it('stands in the way when its middle is a metre inside, and is parked or elsewhere when it is not', () => {
    expect(kinds(told({ roadUsers: standsAt(-2.3) }, {}, POSED))).toEqual(['stopped-vehicle']);
    expect(kinds(told({ roadUsers: standsAt(-2.9) }, {}, POSED))).toEqual([]);
  });
});
