// The picture as the detector saw it, for cameras whose own video cannot be kept. It is small, and says so.

import sharp from 'sharp';
import type { Frame, FrameGeometry, FrameShape } from '../source/frame.ts';
import type { Still } from './footage.ts';

type Kept = {
  readonly index: number;
  readonly capturedAtMs: number;
  readonly geometry: FrameGeometry;
  readonly planes: Uint8Array<ArrayBuffer>;
};

/** Wider pictures are not made of it: they would hold no more. */
const MAX_WIDTH = 1280;

export class AnalysedPicture {
  readonly #shape: FrameShape;
  #kept: Kept | undefined;

  constructor(shape: FrameShape) {
    this.#shape = shape;
  }

  /** Before the detector takes the planes away. */
  keep({ index, capturedAtMs, geometry, planes }: Frame): void {
    const copy = this.#kept?.planes ?? new Uint8Array(planes.length);
    copy.set(planes);
    this.#kept = { index, capturedAtMs, geometry, planes: copy };
  }

  /** The picture of the frame with this index, if it is the one that was kept last. It belongs to the caller. */
  take(index: number): (() => Promise<Still>) | undefined {
    const kept = this.#kept;
    if (kept?.index !== index) return undefined;
    this.#kept = undefined;
    return () => enlarge(kept, this.#shape);
  }
}

async function enlarge({ planes, geometry, capturedAtMs }: Kept, shape: FrameShape): Promise<Still> {
  const { width, height, colourOrder, padValue } = shape;
  const { sourceWidth, sourceHeight, scaleX, scaleY, offsetX, offsetY, originX, originY } = geometry;
  const factor = Math.min(1, MAX_WIDTH / sourceWidth);
  const canvas = { width: Math.round(sourceWidth * factor), height: Math.round(sourceHeight * factor) };
  const left = Math.round(originX * factor);
  const top = Math.round(originY * factor);
  // The part of the input that holds picture, as far as the geometry tells; padding beyond it is grey like the canvas.
  const used = {
    left: Math.floor(offsetX),
    top: Math.floor(offsetY),
    width: Math.max(
      1,
      Math.min(width - Math.floor(offsetX) * 2, Math.round((sourceWidth - originX) * scaleX)),
    ),
    height: Math.max(
      1,
      Math.min(height - Math.floor(offsetY) * 2, Math.round((sourceHeight - originY) * scaleY)),
    ),
  };
  const picture = await sharp(interleaved(planes, width * height, colourOrder), {
    raw: { width, height, channels: 3 },
  })
    .extract(used)
    .resize(
      Math.max(1, Math.min(canvas.width - left, Math.round((used.width / scaleX) * factor))),
      Math.max(1, Math.min(canvas.height - top, Math.round((used.height / scaleY) * factor))),
      { fit: 'fill' },
    )
    .png()
    .toBuffer();
  const image = await sharp({
    create: { ...canvas, channels: 3, background: { r: padValue, g: padValue, b: padValue } },
  })
    .composite([{ input: picture, left, top }])
    .png()
    .toBuffer();
  return { image, ...canvas, atMs: Math.round(capturedAtMs), from: 'analysed' };
}

function interleaved(planes: Uint8Array, pixels: number, order: 'rgb' | 'bgr'): Buffer {
  const [r, b] = order === 'rgb' ? [0, 2 * pixels] : [2 * pixels, 0];
  const out = Buffer.allocUnsafe(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    out[i * 3] = planes[r + i] ?? 0;
    out[i * 3 + 1] = planes[pixels + i] ?? 0;
    out[i * 3 + 2] = planes[b + i] ?? 0;
  }
  return out;
}
