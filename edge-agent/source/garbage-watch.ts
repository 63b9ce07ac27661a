// Notices a stream in which the decoder fails more often than it succeeds, though a picture comes out now and then.

/** Score at which a stream is garbage, below which it is good again, and beyond which it does not grow. */
const GARBAGE_AT = 30;
const GOOD_BELOW = 10;
const MOST = 60;

/**
 * Every complaint of the decoder adds 1, every frame takes away its weight. A lossy network gives a few
 * complaints among many frames; noise gives at least one for every picture. At 25 pictures a second garbage is
 * told after little more than a second.
 */
export class GarbageWatch {
  readonly #frameWeight: number;
  #score = 0;
  #garbage = false;

  /** @param analysisFps frames a second that are handed on at most: the fewer, the more each one says */
  constructor(analysisFps: number) {
    this.#frameWeight = Math.max(2, 20 / analysisFps);
  }

  get isGarbage(): boolean {
    return this.#garbage;
  }

  complaint(): void {
    this.#score = Math.min(MOST, this.#score + 1);
    if (this.#score >= GARBAGE_AT) this.#garbage = true;
  }

  frame(): void {
    this.#score = Math.max(0, this.#score - this.#frameWeight);
    if (this.#score < GOOD_BELOW) this.#garbage = false;
  }

  /** Before the first keyframe every decoder complains. */
  reset(): void {
    this.#score = 0;
    this.#garbage = false;
  }
}
