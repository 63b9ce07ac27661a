import { describe, expect, it } from 'vitest';
import { Rest } from '../../../edge-agent/tracker/rest.ts';
import { Tracker } from '../../../edge-agent/tracker/tracker.ts';
import { boxAt, detectionsOf, frameAt, type Seen } from './make-detections.ts';

const corners = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });
const CAR = corners(100, 40, 180, 84);

/** A car that has stood there for four seconds. */
function standing(): Rest {
  const rest = new Rest(CAR, 0);
  for (let timeMs = 100; timeMs <= 4000; timeMs += 100) rest.see(CAR, timeMs);
  return rest;
}

describe('a road user at rest', () => {
  it('rests after three seconds in its place, however much its box jitters', () => {
    const rest = new Rest(CAR, 0);
    for (let i = 1; i <= 40; i++) {
      expect(rest.rests).toBe(i > 30);
      rest.see(corners(100 + (i % 5) * 2, 40 - (i % 3), 180 - (i % 4), 84 + (i % 3)), i * 100);
    }
  });

  it('stays where it is, whole, while something hides half of it', () => {
    const rest = standing();
    for (let i = 1; i <= 20; i++) rest.see(corners(140, 40, 180, 84), 4000 + i * 100);
    expect(rest.rests).toBe(true);
    expect(rest.box).toEqual(CAR);
  });

  it('admits a sighting of itself and refuses that of a lorry that passes in front', () => {
    const rest = standing();
    expect(rest.admits(corners(104, 42, 182, 86), 4100)).toBe(true);
    expect(rest.admits(corners(130, 40, 180, 84), 4100)).toBe(true);
    expect(rest.admits(corners(55, 4, 190, 81), 4100)).toBe(false);
    expect(rest.admits(corners(140, 60, 230, 110), 4100)).toBe(false);
  });

  it('leaves when three sightings in a row say so, not for one', () => {
    const rest = standing();
    rest.see(corners(135, 40, 215, 84), 4100);
    rest.see(CAR, 4200);
    expect(rest.rests).toBe(true);
    for (const [i, x] of [25, 30, 36].entries()) rest.see(corners(100 + x, 40, 180 + x, 84), 4300 + i * 100);
    expect(rest.rests).toBe(false);
  });

  it('keeps its track while lorries pass before it, and they keep theirs', () => {
    const tracker = new Tracker();
    const ids = new Set<number>();
    for (let i = 0; i < 600; i++) {
      // A lorry every ten seconds, 1.5 s before the car: it hides it, and its box overlaps the car's before and after.
      const lorryX = ((i % 100) - 40) * 24 + 400;
      const hidden = Math.abs(lorryX - 400) < 130;
      const seen: Seen[] = [{ box: boxAt(lorryX, 320, 240, 130), roadUser: 'truck' }];
      if (!hidden) seen.push({ box: boxAt(400, 300, 90, 60) });
      const { tracks } = tracker.update(detectionsOf(frameAt(i * 100, { index: i }), seen));
      for (const { id, box, seen: isSeen } of tracks) {
        if (isSeen && Math.abs((box[0] + box[2]) / 2 - 400) < 5 && box[2] - box[0] < 100) ids.add(id);
      }
    }
    expect(ids.size).toBe(1);
  });
});
