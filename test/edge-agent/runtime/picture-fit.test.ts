import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import {
  createPictureCheck,
  PictureError,
  pictureMismatch,
} from '../../../edge-agent/runtime/picture-fit.ts';
import { frameAt } from './stages.ts';

const { geometry } = frameAt(0);
const sized = (sourceWidth: number, sourceHeight: number) => ({ ...geometry, sourceWidth, sourceHeight });

describe('a picture of another size than the camera file says', () => {
  it('is nothing to tell when it has that size', () => {
    expect(pictureMismatch({ width: 640, height: 360 }, { width: 640, height: 360 })).toBeUndefined();
  });

  it('is told with both sizes and the scale when it has the same shape', () => {
    expect(pictureMismatch({ width: 1280, height: 720 }, { width: 640, height: 360 })).toEqual({
      message:
        'picture says 1280x720, the source sends 640x360; lines are scaled by 0.5 x 0.5. That is right if they were drawn in a picture of 1280x720; if not, set picture to 640x360.',
      distorts: false,
    });
  });

  it('does not fit when it has another shape', () => {
    expect(pictureMismatch({ width: 1280, height: 960 }, { width: 640, height: 360 })).toEqual({
      message:
        'picture says 1280x960, the source sends 640x360; lines are scaled by 0.5 x 0.375 and do not fit, because the shapes differ. Set picture to 640x360 and draw the lines in such a picture.',
      distorts: true,
    });
  });

  it('has the same shape when an encoder has rounded its height up to a multiple of 16', () => {
    const mismatch = pictureMismatch({ width: 1920, height: 1080 }, { width: 1920, height: 1088 });
    expect(mismatch?.distorts).toBe(false);
  });
});

describe('a clip', () => {
  function check(width: number, height: number) {
    const warnings: string[] = [];
    const logger = pino({}, { write: (line) => void warnings.push(JSON.parse(line).msg) });
    return { warnings, look: createPictureCheck('cam-b', { width, height }, logger) };
  }

  it('of another size gives one warning', () => {
    const { warnings, look } = check(1280, 720);
    const small = sized(640, 360);
    for (let frame = 0; frame < 3; frame++) look(small);
    look(sized(1280, 720));
    expect(warnings).toEqual([expect.stringMatching(/^camera cam-b: picture says 1280x720/)]);
  });

  it('of another shape cannot be counted: bad configuration', () => {
    const { look } = check(1280, 960);
    expect(() => look(sized(640, 360))).toThrow(PictureError);
    expect(() => check(1280, 960).look(sized(640, 360))).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('do not fit') }),
    );
  });
});
