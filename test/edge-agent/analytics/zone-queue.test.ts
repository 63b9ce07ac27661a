import { describe, expect, it } from 'vitest';
import type { Zone } from '../../../contract/index.ts';
import { ZoneIntervals } from '../../../edge-agent/analytics/zone-intervals.ts';
import {
  observationsOf,
  pixelOf,
  play,
  roadView,
  type Script,
  type Waypoint,
} from '../../support/observations.ts';

/** 8 m above a road that leads away to the north; its calibration is exact. */
const VIEW = roadView();

/** A place on the ground as a corner of a zone in the picture. */
const pixel = (x: number, y: number) => pixelOf(VIEW.camera, x, y) as [number, number];

/** One lane of the road, 3.5 m wide, from 15 m to 70 m away; the stop line is at its near end. */
const LANE = {
  zone: 'lane',
  polygon: [pixel(-1.75, 70), pixel(1.75, 70), pixel(1.75, 15), pixel(-1.75, 15)],
};
const STOP_LINE = [pixel(-1.75, 16), pixel(1.75, 16)];

/** Drives up from 68 m to a place, waits there until `leavesS` and goes on. */
function waits(id: number, at: number, arrivesS: number, leavesS: number, x = 0): Script {
  const ground: Waypoint[] = [
    [arrivesS - 4, x, Math.min(at + 30, 110)],
    [arrivesS, x, at],
    [leavesS, x, at],
    [leavesS + (at - 13.5) / 8, x, 13.5],
  ];
  return { id, ground };
}

function queueOfScene(
  roadUsers: readonly Script[],
  changes: { queue?: object; polygon?: [number, number][]; calibrated?: boolean } = {},
): NonNullable<Zone['queue']> {
  const { queue = { from: STOP_LINE }, polygon = LANE.polygon, calibrated = true } = changes;
  const target = new ZoneIntervals({
    camera: 'test',
    zones: [{ zone: 'lane', polygon, queue }],
    roadUsers: ['car'],
    picture: { width: 1280, height: 720 },
    calibration: calibrated ? VIEW.calibration : undefined,
  });
  const scene = observationsOf({ roadUsers, view: VIEW });
  const shown = calibrated ? scene : scene.map(withoutGround);
  const [event] = play(target, shown);
  if (event?.type !== 'zone' || event.queue === undefined) throw new Error('no queue');
  return event.queue;
}

function withoutGround(observation: ReturnType<typeof observationsOf>[number]) {
  return {
    ...observation,
    roadUsers: observation.roadUsers.map(({ ground: _, motion, ...view }) => {
      const { ground: __, ...rest } = motion;
      return { ...view, motion: rest };
    }),
  };
}

/** Five cars 7 m from front to front, the first with its front 1 m behind the stop line at 16 m. */
const FIVE = [0, 1, 2, 3, 4].map((i) => waits(i + 1, 17 + 7 * i, 6 + i, 20 + i));

describe('a queue', () => {
  it('is measured in vehicles and in metres from the stop line to the rear of the last', () => {
    const queue = queueOfScene(FIVE);
    expect(queue.maxVehicles).toBe(5);
    // The last stands with its front at 45 m and is 4.5 m long: 33.5 m from the line at 16 m.
    expect(queue.maxM).toBeCloseTo(33.5, 0);
    expect(queue.truncated).toBe(false);
  });

  it('without a stop line begins at the front of its first', () => {
    const queue = queueOfScene(FIVE, { queue: {} });
    expect(queue.maxVehicles).toBe(5);
    // A little longer for a moment: the first counts until it is faster than 10 km/h.
    expect(queue.maxM).toBeGreaterThanOrEqual(32);
    expect(queue.maxM).toBeLessThan(35.5);
  });

  it('ends at a gap of more than 10 m', () => {
    // From the rear of the third, 35.5 m, to the fourth are 11.5 m.
    const [first, second, third] = FIVE as [Script, Script, Script];
    const queue = queueOfScene([first, second, third, waits(4, 47, 9, 23), waits(5, 54, 10, 24)]);
    expect(queue.maxVehicles).toBe(3);
    expect(queue.maxM).toBeCloseTo(19.5, 0);
    // With a longer gap allowed it is one.
    const rule = { from: STOP_LINE, gapM: 13 };
    expect(queueOfScene([first, second, third, waits(4, 47, 9, 23)], { queue: rule }).maxVehicles).toBe(4);
  });

  it('is none where somebody stands far from the stop line, or nobody stands', () => {
    expect(queueOfScene([waits(1, 45, 6, 20)])).toEqual({ maxVehicles: 0, maxM: 0, truncated: false });
    const drives: Script = {
      id: 1,
      ground: [
        [0, 0, 68],
        [9, 0, 14],
      ],
    };
    expect(queueOfScene([drives])).toEqual({ maxVehicles: 0, maxM: 0, truncated: false });
  });

  it('keeps who creeps up at walking pace, until they drive off', () => {
    const creeping: Script = {
      id: 2,
      ground: [
        [2, 0, 56],
        [6, 0, 26],
        [8, 0, 26],
        // 2 m in one second: 7 km/h, slower than 10.
        [9, 0, 24],
        [20, 0, 24],
        [23, 0, 13.5],
      ],
    };
    const scene = observationsOf({ roadUsers: [waits(1, 17, 6, 20), creeping], view: VIEW });
    const target = new ZoneIntervals({
      camera: 'test',
      zones: [{ ...LANE, queue: { from: STOP_LINE } }],
      roadUsers: ['car'],
      picture: { width: 1280, height: 720 },
      calibration: VIEW.calibration,
      intervalMs: 1000,
    });
    const vehicles = play(target, scene).map((event) => event.type === 'zone' && event.queue?.maxVehicles);
    expect(vehicles.slice(8, 20)).toEqual(Array.from({ length: 12 }, () => 2));
    expect(vehicles.at(-3)).toBe(0);
  });

  it('is truncated when its tail reaches the edge of the zone', () => {
    const polygon = [pixel(-1.75, 48), pixel(1.75, 48), pixel(1.75, 15), pixel(-1.75, 15)];
    const queue = queueOfScene(FIVE, { polygon });
    expect(queue.truncated).toBe(true);
  });

  it('is truncated when it goes on behind the zone, not when somebody waits beside it', () => {
    const polygon = [pixel(-1.75, 50.5), pixel(1.75, 50.5), pixel(1.75, 15), pixel(-1.75, 15)];
    expect(queueOfScene(FIVE, { polygon }).truncated).toBe(false);
    expect(queueOfScene([...FIVE, waits(6, 52, 12, 26)], { polygon })).toMatchObject({
      maxVehicles: 5,
      truncated: true,
    });
    expect(queueOfScene([...FIVE, waits(6, 45, 12, 26, 3.5)], { polygon })).toMatchObject({
      maxVehicles: 5,
      truncated: false,
    });
  });

  it('is counted in vehicles where nothing is calibrated', () => {
    expect(queueOfScene(FIVE, { calibrated: false })).toEqual({ maxVehicles: 5, truncated: false });
    const apart = [waits(1, 17, 6, 20), waits(2, 58, 7, 21)];
    expect(queueOfScene(apart, { calibrated: false }).maxVehicles).toBe(1);
  });
});
