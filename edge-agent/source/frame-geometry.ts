// Where the pixels of a model's input lie in the camera's picture. The filter graph computes the same
// numbers inside ffmpeg; a test compares the two.

import type { FrameGeometry, FrameShape, Region } from './frame.ts';

export type Size = { readonly width: number; readonly height: number };

/** Whole pixels of the camera's picture that are cut out, and of the input that they fill. */
export type Placement = {
  readonly crop: Region;
  readonly scaled: Size;
  readonly offsetX: number;
  readonly offsetY: number;
};

/**
 * ```
 *   camera's picture            input (letterbox-centre)
 *   ┌───────────────┐           ┌───────────┐ ─┬─ offsetY
 *   │   ┌───────┐   │  scale    │░░░░░░░░░░░│ ─┘
 *   │   │ crop  │───┼─────────▶ │  picture  │
 *   │   └───────┘   │           │░░░░░░░░░░░│
 *   └───────────────┘           └───────────┘
 * ```
 * Crops begin and end on even pixels, because the chroma of 4:2:0 video has no odd ones.
 * A region is given in pixels of `reference` (default: of the picture itself) and clamped to the picture.
 */
export function placement(picture: Size, shape: FrameShape, region?: Region, reference?: Size): Placement {
  const crop =
    region === undefined ? { x: 0, y: 0, ...picture } : cropOf(picture, region, reference ?? picture);
  if (shape.fit === 'stretch') {
    return { crop, scaled: { width: shape.width, height: shape.height }, offsetX: 0, offsetY: 0 };
  }
  const ratio = Math.min(shape.width / crop.width, shape.height / crop.height);
  const scaled = {
    width: Math.max(1, Math.min(shape.width, Math.round(crop.width * ratio))),
    height: Math.max(1, Math.min(shape.height, Math.round(crop.height * ratio))),
  };
  if (shape.fit === 'letterbox-top-left') return { crop, scaled, offsetX: 0, offsetY: 0 };
  return {
    crop,
    scaled,
    offsetX: Math.floor((shape.width - scaled.width) / 2),
    offsetY: Math.floor((shape.height - scaled.height) / 2),
  };
}

/** The geometry of every frame of a picture of this size. */
export function frameGeometry(
  picture: Size,
  shape: FrameShape,
  region?: Region,
  reference?: Size,
): FrameGeometry {
  const { crop, scaled, offsetX, offsetY } = placement(picture, shape, region, reference);
  return {
    sourceWidth: picture.width,
    sourceHeight: picture.height,
    scaleX: scaled.width / crop.width,
    scaleY: scaled.height / crop.height,
    offsetX,
    offsetY,
    originX: crop.x,
    originY: crop.y,
  };
}

/** The geometry of frames whose boxes are in pixels of the picture itself: nothing cut out, nothing scaled. */
export function unscaledGeometry({ width, height }: Size): FrameGeometry {
  return {
    sourceWidth: width,
    sourceHeight: height,
    scaleX: 1,
    scaleY: 1,
    offsetX: 0,
    offsetY: 0,
    originX: 0,
    originY: 0,
  };
}

/** Smallest crop, so that a region outside the picture gives something to scale instead of an error. */
const MIN_CROP = 16;

function cropOf(picture: Size, region: Region, reference: Size): Region {
  const [x, width] = span(region.x, region.width, picture.width, picture.width / reference.width);
  const [y, height] = span(region.y, region.height, picture.height, picture.height / reference.height);
  return { x, y, width, height };
}

/** Start and length of one side: scaled to the picture, rounded outwards to even pixels, inside the picture. */
function span(start: number, length: number, limit: number, ratio: number): [number, number] {
  const last = limit - (limit % 2);
  const from = Math.max(0, Math.min(2 * Math.floor((start * ratio) / 2), last - MIN_CROP));
  const to = Math.max(from + MIN_CROP, Math.min(2 * Math.ceil(((start + length) * ratio) / 2), last));
  return [from, Math.min(to, limit) - from];
}
