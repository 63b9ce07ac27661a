import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../../edge-agent/analytics/observation.ts';
import { observationsOf, pixelOf, play } from '../../../support/observations.ts';
import { drives, incidentsOn, kinds, told, VIEW } from './road.ts';

const wrong = (kmh: number) => drives(kmh, { fromY: 60, toY: 20 });

describe('a vehicle that drives against the direction', () => {
  it('is told within two seconds', () => {
    const [first] = told({ roadUsers: [{ id: 1, ground: wrong(35) }] });
    expect(first).toMatchObject({ kind: 'wrong-way', state: 'detected', severity: 'critical' });
    expect((first?.detectedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeLessThan(2000);
    expect(first?.measures.distanceM).toBeGreaterThanOrEqual(10);
    expect(first?.measures.angleDeg).toBeGreaterThan(170);
  });

  it('is found where nothing is calibrated', () => {
    expect(kinds(told({ roadUsers: [{ id: 1, ground: wrong(35) }] }, {}, { toGround: undefined }))).toEqual([
      'wrong-way',
    ]);
  });

  it('is nothing when its box shrinks faster than it goes away: it steps along a row that stands', () => {
    const steps = (toPx: number) =>
      observationsOf({ view: VIEW, roadUsers: [{ id: 1, ground: drives(60, { fromY: 20, toY: 60 }) }] }).map(
        (observation, i): Observation => ({
          ...observation,
          roadUsers: observation.roadUsers.map((view) => {
            const half = ((view.box[2] - view.box[0]) / 2) * (1 - (1 - toPx) * Math.min(1, i / 20));
            const { x, y } = view.anchor;
            return { ...view, box: [x - half, y - 2 * half, x + half, y] as const };
          }),
        }),
      );
    const inbound = { direction: { from: pixelOf(VIEW.camera, 0, 60), to: pixelOf(VIEW.camera, 0, 20) } };
    expect(play(incidentsOn(inbound), steps(1)).length).toBeGreaterThan(0);
    expect(play(incidentsOn(inbound), steps(0.3))).toEqual([]);
  });

  it.each([
    ['drives with the traffic', drives(40)],
    [
      'goes back for less than ten metres',
      [
        [0, 1.75, 40],
        [4, 1.75, 32],
        [5, 1.75, 32],
      ] as const,
    ],
    [
      'goes across',
      [
        [0, -3, 30],
        [4, 3, 31],
      ] as const,
    ],
  ])('is nothing when it %s', (_, ground) => {
    expect(kinds(told({ roadUsers: [{ id: 1, ground }] }))).toEqual([]);
  });

  it('is nothing where traffic goes both ways', () => {
    expect(kinds(told({ roadUsers: [{ id: 1, ground: wrong(35) }] }, { direction: undefined }))).toEqual([]);
  });

  it('is nothing when an identity jumps to the vehicle behind', () => {
    const ground = [
      [0, 1.75, 30],
      [2, 1.75, 50],
      [2.1, 1.75, 36],
      [4, 1.75, 56],
      [4.1, 1.75, 40],
    ] as const;
    expect(kinds(told({ roadUsers: [{ id: 1, ground }] }))).toEqual([]);
  });

  it('is nothing when a box that stands still jitters', () => {
    const ground = [
      [0, 1.75, 60],
      [9, 1.75, 60],
    ] as const;
    expect(kinds(told({ roadUsers: [{ id: 1, ground }], jitterPx: 4 }))).toEqual([]);
  });
});
