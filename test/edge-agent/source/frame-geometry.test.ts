import { expect, test } from 'vitest';
import type { FrameShape } from '../../../edge-agent/source/frame.ts';
import { frameGeometry, placement } from '../../../edge-agent/source/frame-geometry.ts';

const square = (fit: FrameShape['fit']): FrameShape => ({
  width: 416,
  height: 416,
  colourOrder: 'rgb',
  fit,
  padValue: 114,
});
const hd = { width: 1280, height: 720 };

test('a letterbox at the top left keeps the aspect ratio and begins at the corner', () => {
  expect(frameGeometry(hd, square('letterbox-top-left'))).toEqual({
    sourceWidth: 1280,
    sourceHeight: 720,
    scaleX: 0.325,
    scaleY: 0.325,
    offsetX: 0,
    offsetY: 0,
    originX: 0,
    originY: 0,
  });
});

test('a centred letterbox has half of the padding before the picture', () => {
  expect(frameGeometry(hd, square('letterbox-centre'))).toMatchObject({ offsetX: 0, offsetY: 91 });
});

test('stretching has a scale for each axis and no padding', () => {
  const { scaleX, scaleY, offsetX, offsetY } = frameGeometry(hd, square('stretch'));
  expect([scaleX, scaleY, offsetX, offsetY]).toEqual([416 / 1280, 416 / 720, 0, 0]);
});

test('the scale is the one of whole pixels, not the ratio that was aimed at', () => {
  const { scaleX, scaleY } = frameGeometry({ width: 641, height: 359 }, square('letterbox-top-left'));
  expect([scaleX, scaleY]).toEqual([416 / 641, 233 / 359]);
});

test.each([
  ['even: as it is', { x: 100, y: 50, width: 200, height: 100 }, [100, 50, 200, 100]],
  [
    'odd: outwards, because chroma has no odd pixels',
    { x: 101, y: 51, width: 200, height: 100 },
    [100, 50, 202, 102],
  ],
  ['over the edge: inside the picture', { x: 1200, y: 600, width: 400, height: 400 }, [1200, 600, 80, 120]],
  [
    'beyond the picture: the last 16 pixels',
    { x: 5000, y: 5000, width: 10, height: 10 },
    [1264, 704, 16, 16],
  ],
  ['thin: at least 16 pixels', { x: 10, y: 10, width: 2, height: 2 }, [10, 10, 16, 16]],
  ['all of it', { x: 0, y: 0, width: 1280, height: 720 }, [0, 0, 1280, 720]],
])('a region is cut out on whole pixels: %s', (_, region, expected) => {
  const { crop } = placement(hd, square('stretch'), region);
  expect([crop.x, crop.y, crop.width, crop.height]).toEqual(expected);
});

test('a region given for another picture size is the same part of the picture', () => {
  const region = { x: 320, y: 180, width: 640, height: 360 };
  const { crop } = placement({ width: 640, height: 360 }, square('stretch'), region, hd);
  expect(crop).toEqual({ x: 160, y: 90, width: 320, height: 180 });
});

test('a point of the region goes to the input and back', () => {
  const region = { x: 100, y: 200, width: 600, height: 300 };
  const geometry = frameGeometry(hd, square('letterbox-centre'), region);
  const input = (450 - geometry.originX) * geometry.scaleX + geometry.offsetX;
  expect((input - geometry.offsetX) / geometry.scaleX + geometry.originX).toBeCloseTo(450, 9);
});
