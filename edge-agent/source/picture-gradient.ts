// The edges of a background as unit-like vectors: where something begins and in which direction, hardly how strongly,
// so that clouds and street lamps change little.

import type { Background } from './picture-background.ts';

/** Difference over two pixels, grey levels, at which an edge counts half: above what is left of noise in a median. */
const HALF_LEVELS = 8;

/** `[height, width]` each; lengths 0..1, zero at the border and where the background is unknown. */
export type GradientField = {
  readonly width: number;
  readonly height: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** 1 where the background is known. */
  readonly known: Uint8Array;
};

export function gradientField({ width, height, luma, covered }: Background): GradientField {
  const x = new Float32Array(width * height);
  const y = new Float32Array(width * height);
  const known = new Uint8Array(width * height);
  for (let row = 1; row < height - 1; row++) {
    const end = (row + 1) * width - 1;
    for (let at = row * width + 1; at < end; at++) {
      if ((covered[at] as number) === 1) continue;
      known[at] = 1;
      const dx = (luma[at + 1] as number) - (luma[at - 1] as number);
      const dy = (luma[at + width] as number) - (luma[at - width] as number);
      const scale = 1 / (Math.sqrt(dx * dx + dy * dy) + HALF_LEVELS);
      x[at] = dx * scale;
      y[at] = dy * scale;
    }
  }
  return { width, height, x, y, known };
}

/** Each vector becomes the sum of the 3 x 3 round it: a coarse search finds what it would miss by a pixel. */
export function widened({ width, height, x, y, known }: GradientField): GradientField {
  return { width, height, x: boxSum(x, width, height), y: boxSum(y, width, height), known };
}

function boxSum(values: Float32Array, width: number, height: number): Float32Array {
  const sums = new Float32Array(values.length);
  for (let row = 1; row < height - 1; row++) {
    const end = (row + 1) * width - 1;
    for (let at = row * width + 1; at < end; at++) {
      let sum = 0;
      for (let near = at - width - 1; near <= at + width - 1; near += width) {
        sum += (values[near] as number) + (values[near + 1] as number) + (values[near + 2] as number);
      }
      sums[at] = sum;
    }
  }
  return sums;
}
