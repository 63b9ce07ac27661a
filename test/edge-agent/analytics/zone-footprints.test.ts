import { describe, expect, it } from 'vitest';
import type { RoadUserView } from '../../../edge-agent/analytics/observation.ts';
import { ZoneFootprints } from '../../../edge-agent/analytics/zone-footprints.ts';

const moment = { cameraTimeMs: 0, capturedAtMs: 0 };

function view(x: number, velocity = { x: 100, y: 0 }): RoadUserView {
  return {
    id: 1,
    track: 1,
    roadUser: 'car',
    roadUserShare: 1,
    confidence: 0.9,
    box: [x, 100, x + 80, 160],
    seen: true,
    anchor: { x: x + 40, y: 160 },
    firstSeen: moment,
    lastSeen: moment,
    motion: { velocity, sizesPerS: Math.hypot(velocity.x, velocity.y) / 70 },
  };
}

describe('What a road user covers', () => {
  it('is found anew when its box has moved, and only then', () => {
    const footprints = new ZoneFootprints(undefined);
    footprints.observe([view(100)]);
    const first = footprints.inPicture(view(100), undefined);
    // Stands: the way it went last is kept.
    footprints.observe([view(100, { x: 0, y: 0 })]);
    expect(footprints.inPicture(view(100), undefined)).toBe(first);
    footprints.observe([view(101)]);
    expect(footprints.inPicture(view(101), undefined).front.x).toBe(first.front.x + 1);
  });

  it('points where most go there until it has moved itself', () => {
    const footprints = new ZoneFootprints(undefined);
    const still = view(100, { x: 0, y: 0 });
    footprints.observe([still]);
    expect(footprints.inPicture(still, { x: 0, y: 1 }).front).toEqual({ x: 140, y: 160 });
    expect(footprints.inPicture(still, { x: -1, y: 0 }).front).toEqual({ x: 100, y: 152.5 });
    footprints.observe([view(100)]);
    expect(footprints.inPicture(still, { x: -1, y: 0 }).front).toEqual({ x: 180, y: 152.5 });
  });

  it('is not on the ground without calibration, and is forgotten with the road user', () => {
    const footprints = new ZoneFootprints(undefined);
    footprints.observe([view(100)]);
    expect(footprints.onGround(view(100), undefined)).toBeUndefined();
    expect(footprints.headingOf(1)?.picture).toEqual({ x: 1, y: 0 });
    footprints.forget(1);
    expect(footprints.headingOf(1)).toBeUndefined();
  });
});
