// The picture without its traffic: what most thumbnails of the last seconds agree on.

import type { Thumbnail } from './frame.ts';

/** x1, y1, x2, y2 in pixels of the thumbnail. */
export type CoveredBox = readonly [number, number, number, number];

/** So many thumbnails, half a second apart: who moves is at no place in more than half of them. */
export const BACKGROUND_THUMBNAILS = 9;
const STEP_MS = 450;

/** A place that a road user covered in so many of them says nothing of the background. */
const COVERED_TIMES = 3;

export type Background = {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` luma, the median of each pixel. */
  readonly luma: Uint8Array;
  /** `[height, width]` 1 where road users stood: unknown. */
  readonly covered: Uint8Array;
};

/** Keeps the newest thumbnails of one size. */
export class BackgroundWindow {
  #entries: { readonly luma: Uint8Array; readonly boxes: readonly CoveredBox[] }[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  #width = 0;
  #height = 0;

  /** Takes a thumbnail in when the last one is old enough. */
  add({ width, height, luma }: Thumbnail, boxes: readonly CoveredBox[], atMs: number): void {
    if (width !== this.#width || height !== this.#height || atMs < this.#lastMs) this.clear();
    if (atMs - this.#lastMs < STEP_MS) return;
    this.#lastMs = atMs;
    this.#width = width;
    this.#height = height;
    if (this.#entries.length === BACKGROUND_THUMBNAILS) this.#entries.shift();
    this.#entries.push({ luma, boxes });
  }

  clear(): void {
    this.#entries = [];
    this.#lastMs = Number.NEGATIVE_INFINITY;
  }

  /** Undefined until the window is full. */
  background(): Background | undefined {
    const [a, b, c, d, e, f, g, h, i] = this.#entries.map((entry) => entry.luma);
    if (!a || !b || !c || !d || !e || !f || !g || !h || !i) return undefined;
    const luma = new Uint8Array(a.length);
    for (let at = 0; at < luma.length; at++) {
      luma[at] = medianOfNine(
        a[at] as number,
        b[at] as number,
        c[at] as number,
        d[at] as number,
        e[at] as number,
        f[at] as number,
        g[at] as number,
        h[at] as number,
        i[at] as number,
      );
    }
    return { width: this.#width, height: this.#height, luma, covered: this.#covered() };
  }

  #covered(): Uint8Array {
    const width = this.#width;
    const height = this.#height;
    const covered = new Uint8Array(width * height);
    for (const { boxes } of this.#entries) {
      for (const [x1, y1, x2, y2] of boxes) {
        // A pixel more on each side: the edge between road user and road is neither's.
        const left = Math.max(0, Math.floor(x1) - 1);
        const right = Math.min(width, Math.ceil(x2) + 1);
        const bottom = Math.min(height, Math.ceil(y2) + 1);
        for (let y = Math.max(0, Math.floor(y1) - 1); y < bottom; y++) {
          for (let x = left; x < right; x++) covered[y * width + x] = (covered[y * width + x] as number) + 1;
        }
      }
    }
    for (let at = 0; at < covered.length; at++)
      covered[at] = (covered[at] as number) >= COVERED_TIMES ? 1 : 0;
    return covered;
  }
}

/**
 * Sorts three columns of three; the median of all is the median of the greatest of the least, the median of the medians and
 * the least of the greatest (Paeth, Graphics Gems, 1990).
 */
function medianOfNine(
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
  i: number,
): number {
  const low = greatest(least(a, b, c), least(d, e, f), least(g, h, i));
  const high = least(greatest(a, b, c), greatest(d, e, f), greatest(g, h, i));
  return median(low, median(median(a, b, c), median(d, e, f), median(g, h, i)), high);
}

function least(a: number, b: number, c: number): number {
  return Math.min(a, Math.min(b, c));
}

function greatest(a: number, b: number, c: number): number {
  return Math.max(a, Math.max(b, c));
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
