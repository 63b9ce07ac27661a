// A clip whose pictures say which they are: sixteen stripes, each black or white, are the binary digits of the number.

import { makeClip } from '../source/clips.ts';

export const WIDTH = 640;
export const HEIGHT = 360;
const DIGITS = 16;

/** Pictures count from 0; a keyframe every `keyEvery` pictures and nowhere else. */
export function makeNumberedClip(
  path: string,
  { seconds, fps = 25, keyEvery = 25 }: { seconds: number; fps?: number; keyEvery?: number },
  ...options: string[]
): Promise<string> {
  // One pixel a stripe, then made larger: ffmpeg's formula is slow.
  const digits = "geq=lum='16+219*mod(floor(N/pow(2,X)),2)':cb=128:cr=128";
  const picture = `nullsrc=s=${DIGITS}x2:r=${fps}:d=${seconds},${digits},scale=${WIDTH}:${HEIGHT}:flags=neighbor`;
  return makeClip(path, picture, '-g', String(keyEvery), '-sc_threshold', '0', ...options);
}

/**
 * The number of a picture.
 * @param grey one byte for each pixel of a picture of any size, row by row
 * @param width of it, px
 * @param top the row to read
 */
export function numberOf(grey: Uint8Array, width: number, top: number): number {
  let number = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const x = Math.floor(((digit + 0.5) * width) / DIGITS);
    if ((grey[top * width + x] ?? 0) > 128) number += 2 ** digit;
  }
  return number;
}
