// From the pixels of a strip to the picture that is kept and shown.

import sharp from 'sharp';
import type { StripView } from './strip.ts';

/** Below what a reply may hold as base64 (contract: MAX_SLIT_SCAN_BASE64), with a little left. */
const MOST_BYTES = 500_000;

/** From good to poor; the first that is small enough. By mozjpeg, which takes 0.1 s for a minute and a third less of the disk. */
const QUALITIES = [75, 55, 35, 20] as const;

/** Time to the right, `from` above. The same strip gives the same bytes. Rejects with sharp's error for an empty one. */
export async function stripJpeg({ columns, height, times, pixels }: StripView): Promise<Buffer> {
  const raw = { width: height, height: times.length * columns, channels: 3 } as const;
  let jpeg = Buffer.alloc(0);
  for (const quality of QUALITIES) {
    // A flip, which sharp does first, and a quarter turn make columns of rows.
    jpeg = await sharp(pixels, { raw }).flip().rotate(90).jpeg({ quality, mozjpeg: true }).toBuffer();
    if (jpeg.length <= MOST_BYTES) break;
  }
  return jpeg;
}
