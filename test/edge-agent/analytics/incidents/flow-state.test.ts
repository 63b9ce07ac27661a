import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../../edge-agent/analytics/observation.ts';
import { observationsOf, pixelOf, play, type Waypoint } from '../../../support/observations.ts';
import { alarms, drives, incidentsOn, kinds, told, VIEW } from './road.ts';

/** One lane of vehicles that follow each other at a speed for some time, metres apart. */
function platoon(kmh: number, gapM: number, lastsS: number) {
  const count = Math.ceil((lastsS * (kmh / 3.6) + 60) / gapM);
  return Array.from({ length: count }, (_, i) => {
    const startY = 70 - i * gapM;
    const ms = kmh / 3.6;
    const fromS = startY < 16 ? (16 - startY) / ms : 0;
    const toS = Math.min(lastsS, (70 - startY) / ms);
    const at = (t: number): Waypoint => [t, i % 2 ? 1.75 : -1.75, startY + ms * t];
    return { id: i + 1, ground: toS > fromS ? [at(fromS), at(toS)] : [] };
  }).filter(({ ground }) => ground.length > 0);
}

/** The same, begun later, as others. */
const after = (lateS: number, users: ReturnType<typeof platoon>) =>
  users.map(({ id, ground }) => ({
    id: id + 1000,
    ground: ground.map(([t, x, y]): Waypoint => [t + lateS, x, y]),
  }));

const standing = (count: number, lastsS: number, x = 1.75) =>
  Array.from({ length: count }, (_, i) => ({
    id: 100 + i + (x > 0 ? 0 : 50),
    ground: [
      [0, x, 70 - i * 7],
      [lastsS, x, 70 - i * 7],
    ] as const,
  }));

describe('the state of traffic', () => {
  it('is congestion when it is dense and crawls for half a minute', () => {
    const incidents = told({ fps: 5, roadUsers: platoon(9, 9, 60) });
    expect(alarms(incidents)).toEqual([expect.stringMatching(/^congestion 3[0-3]\.\d$/)]);
    expect(incidents[0]?.measures.speedKmh).toBeLessThan(12);
  });

  it('is nothing when it crawls for a shorter time, flows, or is a few slow vehicles', () => {
    expect(told({ fps: 5, roadUsers: platoon(9, 9, 22) })).toEqual([]);
    expect(told({ fps: 5, roadUsers: platoon(45, 20, 50) })).toEqual([]);
    expect(told({ fps: 5, roadUsers: platoon(12, 40, 60) })).toEqual([]);
  });

  it('is slow from the first, whatever becomes of it', () => {
    const roadUsers = [...platoon(32, 14, 20), ...after(20, platoon(9, 9, 50))];
    const limit = { speedLimitKmh: 80 };
    expect(alarms(told({ fps: 5, roadUsers }, limit))).toEqual([
      expect.stringMatching(/^slow-traffic 3[0-5]\.\d$/),
      expect.stringMatching(/^congestion [45]\d\.\d$/),
    ]);
  });

  it('is not known while the camera is covered', () => {
    const scene = { fps: 5, roadUsers: platoon(9, 9, 60), view: VIEW };
    const covered = observationsOf(scene).map(
      (observation): Observation => ({
        ...observation,
        picture: {
          cameraTimeMs: observation.cameraTimeMs,
          capturedAtMs: observation.capturedAtMs,
          learned: true,
          findings: [{ fault: 'obscured', sinceMs: 0, confidence: 1, measures: {} }],
        },
      }),
    );
    expect(play(incidentsOn(), covered)).toEqual([]);
    expect(play(incidentsOn(), scene).length).toBeGreaterThan(0);
  });

  it('is a queue when it stands over more than fifty metres', () => {
    const incidents = told({ fps: 5, roadUsers: standing(8, 60) });
    expect(kinds(incidents)).toEqual(['queue']);
    expect(incidents[0]?.measures.lengthM).toBeGreaterThan(50);
  });

  it('is a queue of six vehicles where nothing is calibrated', () => {
    const still = { fps: 5, roadUsers: standing(8, 60) };
    expect(kinds(told(still, {}, { toGround: undefined }))).toEqual(['queue']);
  });

  it('is no queue, congestion or stop before a red light', () => {
    const stopLine = { from: pixelOf(VIEW.camera, -3.5, 72), to: pixelOf(VIEW.camera, 3.5, 72) };
    expect(told({ fps: 5, roadUsers: standing(8, 70) }, { stopLine })).toEqual([]);
  });

  it('is slow below half of the limit', () => {
    const roadUsers = platoon(30, 30, 60);
    expect(kinds(told({ fps: 5, roadUsers }, { speedLimitKmh: 80 }))).toEqual(['slow-traffic']);
    expect(told({ fps: 5, roadUsers }, { speedLimitKmh: 50 })).toEqual([]);
    expect(told({ fps: 5, roadUsers })).toEqual([]);
  });

  it('is over only above the speed of leaving', () => {
    const crawl = platoon(9, 9, 50);
    // Between the two speeds it goes on: 25 km/h neither enters nor leaves.
    const after = platoon(25, 12, 40).map(({ id, ground }) => ({
      id: id + 500,
      ground: ground.map(([t, x, y]): Waypoint => [t + 50, x, y]),
    }));
    const incidents = told(
      { fps: 5, roadUsers: [...crawl, ...after] },
      { rules: { congestion: { clearAfterS: 10 } } },
    );
    expect(kinds(incidents)).toEqual(['congestion']);
    expect(incidents.at(-1)?.measures.durationS).toBeGreaterThan(80);
  });
});

describe('speeding', () => {
  it('is told within two seconds, worse the faster', () => {
    const [fast] = told({ fps: 10, roadUsers: [{ id: 1, ground: drives(90) }] }, { speedLimitKmh: 50 });
    expect(fast).toMatchObject({ kind: 'speeding', severity: 'high' });
    expect(fast?.measures.speedKmh).toBeCloseTo(90, -0.5);
    expect((fast?.detectedAtMs ?? 0) - (fast?.startedAtMs ?? 0)).toBeLessThan(2000);
  });

  it('is nothing within the tolerance or without a limit', () => {
    const roadUsers = [{ id: 1, ground: drives(58) }];
    expect(told({ roadUsers }, { speedLimitKmh: 50 })).toEqual([]);
    expect(told({ roadUsers: [{ id: 1, ground: drives(120) }] })).toEqual([]);
  });

  it('is nothing when a track jumps', () => {
    const ground = [
      [0, 1.75, 18],
      [1, 1.75, 30],
      [1.1, 1.75, 44],
      [2, 1.75, 56],
    ] as const;
    expect(told({ roadUsers: [{ id: 1, ground }] }, { speedLimitKmh: 80 })).toEqual([]);
  });
});
