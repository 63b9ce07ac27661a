// Compares the sharpness of a camera's pictures with what it has been lately.

import type { EdgeMeasure } from './frame.ts';
import type { PictureLook } from './picture-look.ts';

/** Looks, one a second, after which what was has faded. */
const MEMORY = 600;

/** Sharpness below this share of the usual is blur. */
const BLURRED_SHARE = 0.8;

/** Of the usual edges so few are left: there is hardly anything to measure sharpness with. */
const EDGES_GONE = 0.15;

/** Coarse contrast that must be left if it is blur that took the edges; fog takes both. */
const CONTRAST_KEPT = 0.6;

/** Needed of the usual share of places on edges: with fewer, as in fog or on an unlit road, nothing is said. */
const LEAST_SHARE = 0.002;

/** Layouts that correlate less are not the same view: its edges cannot be compared. */
const SAME_LAYOUT = 0.7;

/** Looks in a row: by then the background, which is some seconds old, tells whether it is a cover instead. */
const BELIEVED_LOOKS = 3;

export class SharpnessWatch {
  #times = 0;
  #sharpness = 0;
  #share = 0;
  #contrast = 0;
  #softLooks = 0;

  /** Nothing is learned between the first soft look and the one that decides. */
  learn(edges: EdgeMeasure, luma: Uint8Array): void {
    if (this.#softLooks > 0) return;
    this.#times = Math.min(MEMORY, this.#times + 1);
    const part = 1 / this.#times;
    if (edges.sharpness !== undefined) {
      this.#sharpness += (edges.sharpness - this.#sharpness) * (this.#sharpness === 0 ? 1 : part);
    }
    this.#share += (edges.share - this.#share) * part;
    this.#contrast += (contrastOf(luma) - this.#contrast) * part;
  }

  /** `layout`: correlation of the coarse picture with the learned one, 0..1. */
  check(edges: EdgeMeasure, luma: Uint8Array, layout: number): PictureLook | undefined {
    if (this.#share < LEAST_SHARE || this.#sharpness === 0 || layout < SAME_LAYOUT) {
      this.#softLooks = 0;
      return undefined;
    }
    const share = edges.share / this.#share;
    const contrast = contrastOf(luma) / Math.max(1, this.#contrast);
    const sharpness = (edges.sharpness ?? 0) / this.#sharpness;
    const gone = share < EDGES_GONE && contrast >= CONTRAST_KEPT;
    const soft = share >= EDGES_GONE && sharpness < BLURRED_SHARE;
    this.#softLooks = gone || soft ? this.#softLooks + 1 : 0;
    if (this.#softLooks < BELIEVED_LOOKS) return undefined;
    return {
      fault: 'blurred',
      confidence: soft ? Math.min(1, 0.5 + (BLURRED_SHARE - sharpness)) : 0.8,
      measures: { sharpnessShare: sharpness, edgesShare: share },
    };
  }
}

/** Standard deviation of the luma. */
function contrastOf(luma: Uint8Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of luma) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / luma.length;
  return Math.sqrt(Math.max(0, squares / luma.length - mean * mean));
}
