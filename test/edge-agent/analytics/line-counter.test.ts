import { describe, expect, it } from 'vitest';
import { toPicture } from '../../../edge-agent/analytics/calibration.ts';
import { footprintBox, USUAL_SIZES } from '../../../edge-agent/analytics/footprint.ts';
import { roadView } from '../../support/observations.ts';
import { analytics, passagesOf, trackAt, tracked } from './make-tracked.ts';

const { calibration } = roadView();

/** A short line on the road, 30 m away: only what keeps to x = `laneX` goes over it. */
function laneLine(laneX: number) {
  const at = (x: number) => {
    const point = toPicture(calibration, [x, 30]);
    if (point === undefined) throw new Error('the camera does not see the lane');
    return [point[0], point[1]] as const;
  };
  const directions = { toLeft: 'away', toRight: 'towards' };
  return { line: 'lane', from: at(laneX - 0.3), to: at(laneX + 0.3), directions };
}

/** A bus that drives away on its lane, seen from a corner: the middle of its box's lower edge is beside the lane. */
function count(laneX: number, isCalibrated: boolean): number {
  const target = analytics({
    picture: calibration.picture,
    lines: [laneLine(laneX)],
    ...(isCalibrated ? { calibration } : {}),
    roadUsers: ['bus'],
  });
  const events = [];
  for (let i = 0; i < 50; i++) {
    const way = { x: laneX, y: 25 + i * 0.6, headingRad: Math.PI / 2 };
    const box = calibration.pose && footprintBox(calibration.pose, way, USUAL_SIZES.bus);
    if (box === undefined) throw new Error('the camera does not see the bus');
    events.push(...target.update(tracked(i * 100, [trackAt(1, 0, 0, { box: [...box], roadUser: 'bus' })])));
  }
  return passagesOf([...events, ...target.flush()]).length;
}

describe('where on a line a road user crosses it', () => {
  it.each([-9, 9])(
    'is where its middle on the road is, when the camera is calibrated: a bus at x = %i m',
    (laneX) => {
      expect(count(laneX, true)).toBe(1);
    },
  );

  it('can only be told from its box when it is not', () => {
    expect(count(-9, false)).toBe(0);
  });
});
