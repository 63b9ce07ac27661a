import { describe, expect, it } from 'vitest';
import type { Waypoint } from '../../../support/observations.ts';
import { alarms, kinds, told } from './road.ts';

/** Comes at a speed and stands at a place from a time on, braking evenly with m/s². */
function stopsHard(y: number, atS: number, kmh: number, brakingMs2: number, untilS: number): Waypoint[] {
  const ms = kmh / 3.6;
  const brakeS = ms / brakingMs2;
  const wayM = ms ** 2 / (2 * brakingMs2);
  const fromS = atS - brakeS - (y - wayM - 16) / ms;
  const steps = Array.from({ length: 9 }, (_, i): Waypoint => {
    const t = (i / 8) * brakeS;
    return [atS - brakeS + t, 1.75, y - wayM + ms * t - (brakingMs2 * t * t) / 2];
  });
  return [[fromS, 1.75, 16], ...steps, [untilS, 1.75, y]];
}

const pair = (braking: number, untilS = 20) => [
  { id: 1, ground: stopsHard(44, 5, 50, 6, untilS) },
  { id: 2, ground: stopsHard(39, 5.6, 50, braking, untilS) },
];

describe('a crash', () => {
  it('is told seconds after two vehicles stopped harder than brakes do, and is no stopped vehicle besides', () => {
    const incidents = told({ roadUsers: pair(30) });
    expect(alarms(incidents)).toEqual([expect.stringMatching(/^crash [789]\.\d$/)]);
    expect(incidents[0]).toMatchObject({ severity: 'critical', tracks: [1, 2] });
  });

  it('is none when both brake as drivers do', () => {
    expect(kinds(told({ roadUsers: pair(4, 12) }))).toEqual([]);
  });

  it('is none when one brakes hard for itself', () => {
    expect(kinds(told({ roadUsers: [{ id: 1, ground: stopsHard(44, 5, 50, 30, 12) }] }))).toEqual([]);
  });

  it('is none at the end of a queue', () => {
    const ahead = {
      id: 3,
      ground: [
        [0, 1.75, 52],
        [14, 1.75, 52],
      ] as const,
    };
    const rules = { stoppedVehicle: { enabled: false } };
    expect(kinds(told({ roadUsers: [...pair(30, 14), ahead] }, { rules }))).toEqual([]);
  });
});
