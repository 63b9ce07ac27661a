import { describe, expect, it } from 'vitest';
import type { Frame, FrameShape } from '../../../edge-agent/source/frame.ts';
import { frameGeometry } from '../../../edge-agent/source/frame-geometry.ts';
import { ThumbnailMaker } from '../../../edge-agent/source/picture-thumbnail.ts';

const PICTURE = { width: 1280, height: 720 };
const LETTERBOX: FrameShape = {
  width: 512,
  height: 512,
  colourOrder: 'rgb',
  fit: 'letterbox-centre',
  padValue: 114,
};

/** A frame whose planes are `colour` in the picture and the padding's grey around it. */
function frameOf(
  shape: FrameShape,
  cameraTimeMs: number,
  colour: (x: number, y: number) => readonly [number, number, number],
  region?: { x: number; y: number; width: number; height: number },
): Frame {
  const geometry = frameGeometry(PICTURE, shape, region, PICTURE);
  const cropped = region ?? { width: PICTURE.width, height: PICTURE.height };
  const width = Math.round(cropped.width * geometry.scaleX);
  const height = Math.round(cropped.height * geometry.scaleY);
  const size = shape.width * shape.height;
  const planes = new Uint8Array(3 * size).fill(shape.padValue);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + geometry.offsetY) * shape.width + x + geometry.offsetX;
      for (const [plane, value] of colour(x, y).entries()) planes[plane * size + at] = value;
    }
  }
  const info = { index: 0, capturedAtMs: cameraTimeMs, droppedBefore: 0, discontinuity: false };
  return { ...info, cameraTimeMs, geometry, planes };
}

describe('a thumbnail', () => {
  it('has the aspect of the picture and nothing of the padding', () => {
    const thumbnail = new ThumbnailMaker({ shape: LETTERBOX }).make(
      frameOf(LETTERBOX, 0, () => [200, 200, 200]),
    );
    expect(thumbnail).toMatchObject({ width: 160, height: 90, originX: 0, originY: 0 });
    expect(new Set(thumbnail?.luma)).toEqual(new Set([200]));
  });

  it.each([
    ['rgb', [255, 0, 0], 76],
    ['rgb', [0, 0, 255], 28],
    ['bgr', [255, 0, 0], 28],
    ['bgr', [0, 255, 0], 149],
  ] as const)('of %s planes %j has luma %i', (colourOrder, planes, luma) => {
    const shape = { ...LETTERBOX, colourOrder };
    const thumbnail = new ThumbnailMaker({ shape }).make(frameOf(shape, 0, () => planes));
    expect(thumbnail?.luma[5000]).toBe(luma);
  });

  it('tells where its pixels lie in the whole picture when only a region is analysed', () => {
    const region = { x: 320, y: 180, width: 640, height: 360 };
    const maker = new ThumbnailMaker({ shape: LETTERBOX, region, picture: PICTURE });
    const thumbnail = maker.make(frameOf(LETTERBOX, 0, () => [9, 9, 9], region));
    expect(thumbnail).toMatchObject({
      width: 160,
      height: 90,
      scaleX: 0.25,
      scaleY: 0.25,
      originX: 320,
      originY: 180,
    });
  });

  it('is made at most four times a second of camera time, and again when the clock goes back', () => {
    const maker = new ThumbnailMaker({ shape: LETTERBOX });
    const made = [0, 100, 200, 300, 400, 500, 600, 10].map(
      (ms) => maker.make(frameOf(LETTERBOX, ms, () => [0, 0, 0])) !== undefined,
    );
    expect(made).toEqual([true, false, false, true, false, false, true, true]);
  });

  it.each([
    ['a sharp edge', (x: number) => (x < 250 ? 40 : 200), 1],
    ['an edge over two pixels', (x: number) => (x < 250 ? 40 : x === 250 ? 120 : 200), 0.75],
    ['an edge over eight pixels', (x: number) => Math.max(40, Math.min(200, 40 + (x - 246) * 20)), 0.25],
  ])('measures the sharpness of %s', (_, luma, sharpness) => {
    const frame = frameOf(LETTERBOX, 0, (x) => [luma(x), luma(x), luma(x)]);
    const edges = new ThumbnailMaker({ shape: LETTERBOX }).make(frame)?.edges;
    expect(edges?.sharpness).toBeGreaterThan(sharpness - 0.05);
    expect(edges?.sharpness).toBeLessThan(sharpness + 0.15);
  });

  it('knows no sharpness of a picture without edges', () => {
    const edges = new ThumbnailMaker({ shape: LETTERBOX }).make(
      frameOf(LETTERBOX, 0, () => [90, 90, 90]),
    )?.edges;
    expect(edges).toEqual({ share: 0, sharpness: undefined });
  });
});
