// Compares the picture that lines were drawn in with the one a source sends. Lines are scaled from the one to the
// other, which is right for another resolution of the same view and wrong for everything else.

import type { Logger } from 'pino';
import type { FrameGeometry } from '../source/frame.ts';

type Size = { readonly width: number; readonly height: number };

export type PictureMismatch = {
  /** For people: both sizes, the scale, and what to do. */
  readonly message: string;
  /** The shapes differ too: lines do not lie where they were drawn, and counts can be far too low. */
  readonly distorts: boolean;
};

/** Aspect ratios closer than this are one: encoders round sizes up to multiples of 16. */
const SAME_SHAPE_SHARE = 0.01;

/** A clip has another shape than its camera file says. A live camera goes on counting, with a problem in its status. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
  readonly retryable = false;
  /** What the command ends with: bad configuration. */
  readonly exitCode = 2;
}

/** Undefined when `source` has the size that the camera's configuration says. */
export function pictureMismatch(picture: Size, source: Size): PictureMismatch | undefined {
  const scaleX = source.width / picture.width;
  const scaleY = source.height / picture.height;
  if (scaleX === 1 && scaleY === 1) return undefined;
  const sent = `${source.width}x${source.height}`;
  const said = `${picture.width}x${picture.height}`;
  const scale = `${Number(scaleX.toPrecision(3))} x ${Number(scaleY.toPrecision(3))}`;
  const fact = `picture says ${said}, the source sends ${sent}; lines are scaled by ${scale}`;
  return Math.abs(scaleX / scaleY - 1) > SAME_SHAPE_SHARE
    ? {
        message: `${fact} and do not fit, because the shapes differ. Set picture to ${sent} and draw the lines in such a picture.`,
        distorts: true,
      }
    : {
        message: `${fact}. That is right if they were drawn in a picture of ${said}; if not, set picture to ${sent}.`,
        distorts: false,
      };
}

/**
 * Looks at each frame of a clip; writes one warning for each change of size. The function throws PictureError when the
 * shapes differ, for its counts would prove nothing.
 */
export function createPictureCheck(
  camera: string,
  picture: Size,
  logger: Logger,
): (geometry: FrameGeometry) => void {
  let checked: FrameGeometry | undefined;
  return (geometry) => {
    if (geometry === checked) return;
    checked = geometry;
    const source = { width: geometry.sourceWidth, height: geometry.sourceHeight };
    const mismatch = pictureMismatch(picture, source);
    if (mismatch?.distorts) throw new PictureError(`camera ${camera}: ${mismatch.message}`);
    if (mismatch !== undefined) logger.warn(`camera ${camera}: ${mismatch.message}`);
  };
}
