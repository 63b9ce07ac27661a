// Which pixels of a small picture show something still that was not there before: a background for each pixel, learned
// while no road user covers it.

/** Looks at a pixel before its background is known; four a second come. */
const LEARNING_LOOKS = 20;
/** Grey levels that are a difference, at least, and times the pixel's usual deviation. */
const DIFFERENT = 14;
const DIFFERENT_DEVIATIONS = 5;
/** Grey levels within which a pixel is still. */
const STILL = 7;
const STILL_DEVIATIONS = 3;
/** Time constants: the background follows the light, the present follows what is there now; ms. */
const BACKGROUND_MS = 60_000;
const PRESENT_MS = 1000;
const DEVIATION_MS = 20_000;
/** A difference that goes on for so long is the background by now, ms. */
const ABSORBED_MS = 15 * 60_000;
/** Longest step between two looks that counts, ms. */
const LONGEST_STEP_MS = 2000;
/** More of the looked-at pixels different than this at once: the light or the camera has changed, not the road. */
const CHANGED_SHARE = 0.3;

export class StillPixels {
  readonly #inside: Int32Array;
  readonly #histogram = new Uint32Array(1024);
  readonly #background: Float32Array;
  readonly #deviation: Float32Array;
  readonly #present: Float32Array;
  readonly #looks: Uint16Array;
  /** How long each pixel has been different and still, ms. */
  readonly stillMs: Float32Array;
  #lastMs: number | undefined;

  /**
   * @param count pixels of a picture
   * @param inside indices of those that are looked at
   */
  constructor(count: number, inside: Int32Array) {
    this.#inside = inside;
    this.#background = new Float32Array(count);
    this.#deviation = new Float32Array(count).fill(3);
    this.#present = new Float32Array(count);
    this.#looks = new Uint16Array(count);
    this.stillMs = new Float32Array(count);
  }

  /**
   * Takes a picture in. `covered` is 1 where a road user is: nothing is learned or forgotten there.
   *
   * @param luma `[height, width]` grey levels
   */
  see(luma: Uint8Array, covered: Uint8Array, atMs: number): void {
    const stepMs = Math.min(LONGEST_STEP_MS, Math.max(0, atMs - (this.#lastMs ?? atMs)));
    this.#lastMs = atMs;
    const light = this.#lightChange(luma, covered);
    let looked = 0;
    let different = 0;
    const background = 1 - Math.exp(-stepMs / BACKGROUND_MS);
    const present = 1 - Math.exp(-stepMs / PRESENT_MS);
    const deviation = 1 - Math.exp(-stepMs / DEVIATION_MS);
    const shares = { background, present, deviation };
    for (const at of this.#inside) {
      if (covered[at] === 1) continue;
      looked++;
      if (this.#look(at, (luma[at] as number) - light, stepMs, shares)) different++;
    }
    if (looked > 0 && different > looked * CHANGED_SHARE) this.#startAnew();
  }

  /** Whether the pixel is different from its background. */
  #look(
    at: number,
    value: number,
    stepMs: number,
    shares: Readonly<Record<'background' | 'present' | 'deviation', number>>,
  ): boolean {
    const looks = this.#looks[at] as number;
    const background = this.#background[at] as number;
    const off = Math.abs(value - background);
    const deviation = this.#deviation[at] as number;
    if (looks < LEARNING_LOOKS) {
      this.#looks[at] = looks + 1;
      this.#background[at] = background + (value - background) / (looks + 1);
      this.#present[at] = value;
      if (looks > 2) this.#deviation[at] = deviation + (Math.min(off, DIFFERENT) - deviation) / looks;
      return false;
    }
    const present = this.#present[at] as number;
    this.#present[at] = present + (value - present) * shares.present;
    const still = this.stillMs[at] as number;
    if (off > Math.max(DIFFERENT, DIFFERENT_DEVIATIONS * deviation)) {
      const isStill = Math.abs(value - present) <= Math.max(STILL, STILL_DEVIATIONS * deviation);
      this.stillMs[at] = isStill ? still + stepMs : Math.max(0, still - 4 * stepMs);
      if (still > ABSORBED_MS) this.#forget(at);
      return true;
    }
    this.stillMs[at] = Math.max(0, still - 2 * stepMs);
    this.#background[at] = background + (value - background) * shares.background;
    this.#deviation[at] = deviation + (off - deviation) * shares.deviation;
    return false;
  }

  /** Median of how much lighter the known pixels are than their background: a cloud is no object. */
  #lightChange(luma: Uint8Array, covered: Uint8Array): number {
    // Background and light vary within 0..255 each, so differences stay within +-512.
    const histogram = this.#histogram.fill(0);
    let known = 0;
    for (const at of this.#inside) {
      if (covered[at] === 1 || (this.#looks[at] as number) < LEARNING_LOOKS) continue;
      known++;
      const bin = Math.max(
        0,
        Math.min(1023, Math.round((luma[at] as number) - (this.#background[at] as number)) + 512),
      );
      histogram[bin] = (histogram[bin] as number) + 1;
    }
    let below = 0;
    for (let bin = 0; bin < histogram.length; bin++) {
      below += histogram[bin] as number;
      if (below * 2 > known) return bin - 512;
    }
    return 0;
  }

  #forget(at: number): void {
    this.#looks[at] = 0;
    this.stillMs[at] = 0;
  }

  #startAnew(): void {
    this.#looks.fill(0);
    this.#deviation.fill(3);
    this.stillMs.fill(0);
  }
}
