import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../../edge-agent/analytics/observation.ts';
import type { PictureFault } from '../../../../edge-agent/source/frame.ts';
import { observationsOf, play, START_MS } from '../../../support/observations.ts';
import { drives, incidentsOn, kinds, told, VIEW } from './road.ts';

const STANDS = {
  id: 1,
  ground: [
    [0, 1.75, 30],
    [60, 1.75, 30],
  ] as const,
};

function withFault(observations: readonly Observation[], fault: PictureFault, fromS: number, toS: number) {
  return observations.map((observation): Observation => {
    const timeS = (observation.capturedAtMs - START_MS) / 1000;
    const { cameraTimeMs, capturedAtMs } = observation;
    const findings =
      timeS >= fromS && timeS < toS ? [{ fault, confidence: 1, sinceMs: 0, measures: {} }] : [];
    return {
      ...observation,
      picture: { cameraTimeMs, capturedAtMs, learned: true, findings },
    } as Observation;
  });
}

describe('incidents of a camera', () => {
  it('are the same bytes when the same is observed again', () => {
    const scene = {
      roadUsers: [STANDS, { id: 2, ground: drives(40, { fromY: 60, toY: 20, atS: 5 }) }],
      jitterPx: 2,
    };
    expect(JSON.stringify(told(scene))).toBe(JSON.stringify(told(scene)));
    expect(kinds(told(scene)).toSorted()).toEqual(['stopped-vehicle', 'wrong-way']);
  });

  it('last through an outage of the camera', () => {
    const incidents = told({ roadUsers: [STANDS], gaps: [[20, 50]] });
    expect(kinds(incidents)).toEqual(['stopped-vehicle']);
    expect(incidents.filter(({ state }) => state === 'cleared')).toHaveLength(1);
    expect(incidents.at(-1)?.clearedAtMs).toBeGreaterThanOrEqual(START_MS + 59_000);
  });

  it('end when the camera stays away for too long', () => {
    const incidents = incidentsOn();
    const observations = observationsOf({ roadUsers: [STANDS], view: VIEW, durationS: 20 });
    for (const observation of observations) incidents.observe(observation);
    expect(incidents.advanceTo(START_MS + 600_000)).toEqual([]);
    expect(incidents.advanceTo(START_MS + 1_000_000)).toMatchObject([{ state: 'cleared' }]);
    expect(incidents.flush()).toEqual([]);
  });

  it('go on after a failure of the pipeline by their place', () => {
    const incidents = incidentsOn();
    const observations = observationsOf({ roadUsers: [STANDS], view: VIEW, durationS: 40 });
    const messages = observations.flatMap((observation, i) => {
      if (i === 200) incidents.reset();
      return incidents.observe(i < 200 ? observation : renamed(observation));
    });
    expect(kinds(messages)).toEqual(['stopped-vehicle']);
    expect(messages.some(({ state }) => state === 'cleared')).toBe(false);
  });

  it('are not looked for when a schedule says so', () => {
    // The script starts at midnight UTC on a Thursday, seven in the morning in Hanoi.
    const off = (times: object) => ({ rules: { stoppedVehicle: { off: [times as never] } } });
    const zone = { timeZone: 'Asia/Ho_Chi_Minh' };
    expect(told({ roadUsers: [STANDS] }, off({ from: '06:30', to: '08:00' }), zone)).toEqual([]);
    expect(told({ roadUsers: [STANDS] }, off({ from: '22:00', to: '08:00', days: ['wed'] }), zone)).toEqual(
      [],
    );
    for (const times of [
      { from: '06:30', to: '07:00' },
      { from: '22:00', to: '08:00', days: ['thu'] },
      { from: '06:30', to: '08:00', days: ['fri'] },
    ]) {
      expect(kinds(told({ roadUsers: [STANDS] }, off(times), zone))).toEqual(['stopped-vehicle']);
    }
  });

  it('are not made of what a frozen or moved camera shows, nor ended by it', () => {
    const observations = observationsOf({ roadUsers: [STANDS], view: VIEW });
    expect(kinds(play(incidentsOn(), withFault(observations, 'frozen', 3, 55)) as never)).toEqual([]);
    const later = play(incidentsOn(), withFault(observations, 'moved', 20, 40)) as ReturnType<typeof told>;
    expect(kinds(later)).toEqual(['stopped-vehicle']);
    expect(later.filter(({ state }) => state === 'cleared')).toHaveLength(1);
  });

  it('take the verdict of an operator', () => {
    const incidents = incidentsOn();
    const [first] = observationsOf({ roadUsers: [STANDS], view: VIEW, durationS: 12 }).flatMap(
      (observation) => incidents.observe(observation),
    );
    expect(incidents.judge(first?.id ?? '', 'confirmed', START_MS + 13_000)).toMatchObject({
      state: 'confirmed',
    });
    expect(incidents.judge('unknown', 'rejected', 0)).toBeUndefined();
  });

  it('refuse a time zone that does not exist', () => {
    expect(() => incidentsOn({}, { timeZone: 'Asia/Nowhere' })).toThrow(RangeError);
  });
});

/** The same road users under new identities, as after a restart of the tracker. */
function renamed(observation: Observation): Observation {
  return {
    ...observation,
    roadUsers: observation.roadUsers.map((view) => ({ ...view, id: view.id + 100, track: view.track + 100 })),
  };
}
