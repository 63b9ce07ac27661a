import { describe, expect, it } from 'vitest';
import { ROAD_USERS } from '../../../contract/index.ts';
import { Candidates } from '../../../edge-agent/detector/candidates.ts';
import { foundBoxes } from '../../../edge-agent/detector/found-boxes.ts';
import type { FrameGeometry } from '../../../edge-agent/source/frame.ts';

const CAR = ROAD_USERS.indexOf('car');
const options = { roadUserOfLabel: Int8Array.of(CAR), nmsIou: 0.5 };

/** 1280x720 stretched to 320x320. */
const STRETCHED: FrameGeometry = {
  sourceWidth: 1280,
  sourceHeight: 720,
  scaleX: 0.25,
  scaleY: 320 / 720,
  offsetX: 0,
  offsetY: 0,
  originX: 0,
  originY: 0,
};
/** A region of 640x320 at (100, 200) of 1280x720, letterboxed in the middle of 320x320: 80 rows of padding above. */
const REGION: FrameGeometry = {
  ...STRETCHED,
  scaleX: 0.5,
  scaleY: 0.5,
  offsetY: 80,
  originX: 100,
  originY: 200,
};

describe('boxes in source pixels', () => {
  it.each([
    ['a stretched picture', STRETCHED, [80, 160, 160, 320], [[320, 360, 640, 720]]],
    ['a region in a letterbox', REGION, [10, 80, 110, 180], [[120, 200, 320, 400]]],
    ['a box that leaves the picture, clipped', STRETCHED, [-10, -10, 400, 160], [[0, 0, 1280, 360]]],
    ['a box beside the picture, left out', STRETCHED, [-50, 0, -1, 100], []],
    ['a sliver at the edge, left out', STRETCHED, [319.9, 0, 400, 100], []],
  ] as const)('come out right from %s', (_, geometry, [x1, y1, x2, y2], expected) => {
    const candidates = new Candidates();
    candidates.add(x1, y1, x2, y2, 0.5, 0);
    const found = foundBoxes(candidates, geometry, options);
    expect(found.count).toBe(expected.length);
    expect([...found.boxes].map(Math.round)).toEqual(expected.flat());
    expect([...found.roadUsers]).toEqual(expected.map(() => CAR));
    expect(found.boxes.buffer.byteLength).toBe(found.count * 16);
  });

  it('keeps every one of many boxes, sorted by falling score', () => {
    const candidates = new Candidates();
    for (let index = 0; index < 600; index++) {
      candidates.add(
        (index % 100) * 3,
        Math.floor(index / 100) * 40,
        (index % 100) * 3 + 2,
        Math.floor(index / 100) * 40 + 30,
        (index + 1) / 1000,
        0,
      );
    }
    const found = foundBoxes(candidates, STRETCHED, options);
    expect(found.count).toBe(600);
    expect([...found.scores]).toEqual([...found.scores].sort((a, b) => b - a));
  });
});
