import { describe, expect, it } from 'vitest';
import { truthObjectSchema } from '../../../scripts/scenes/truth-file.ts';
import { labelsOfFrame } from '../../../scripts/train/frame-labels.ts';

const car = truthObjectSchema.parse({
  id: 1,
  class: 'car',
  kind: 'sedan',
  box: [10, 20, 50, 40],
  visibleBox: [10, 20, 50, 40],
  occlusion: 0.1,
  truncation: 0,
  ground: [0, 0],
  headingRad: 0,
  speedMs: 10,
});
const frameOf = (...objects: (typeof car)[]) => ({ record: 'frame' as const, frame: 0, t: 0, objects });

describe('labels of a rendered frame', () => {
  it('are the boxes of what can be seen, in pixels of the scaled picture', () => {
    expect(labelsOfFrame(frameOf(car), 0.5)).toEqual({
      boxes: [{ class: 'car', box: [5, 10, 25, 20] }],
      ignore: [],
    });
  });

  it('ask for nothing where a road user is mostly hidden or cut off, and do not punish finding it', () => {
    const { boxes, ignore } = labelsOfFrame(
      frameOf({ ...car, occlusion: 0.7 }, { ...car, truncation: 0.8 }),
      1,
    );
    expect(boxes).toEqual([]);
    expect(ignore).toEqual([car.box, car.box]);
  });

  it('leave out what cannot be seen at all, and debris, which is no road user', () => {
    const { visibleBox: _, ...unseen } = { ...car, occlusion: 1 };
    expect(labelsOfFrame(frameOf(unseen, { ...car, class: 'debris' }), 1)).toEqual({ boxes: [], ignore: [] });
  });
});
