// The short queue between a camera and whoever takes its frames. Links deliver in bursts (a retransmission on 4G
// holds back half a second of pictures and then hands them over at once), and such frames are worth having; but a
// box that is too slow must not fall behind the street.

import type { Frame } from './frame.ts';

/** A frame that has waited longer is given up for a newer one: well within half a second to the screen, ms. */
export const MAX_WAIT_MS = 250;

/** A second of the usual 10 a second; bounds the memory of a burst (0.5 MB a frame at 416 x 416). */
export const MAX_WAITING = 10;

export class NewestFrames {
  readonly #waiting: { readonly frame: Frame; readonly sinceMs: number }[] = [];

  /** @returns the frames that have to give way: the oldest of too many. */
  add(frame: Frame, nowMs: number): readonly Frame[] {
    this.#waiting.push({ frame, sinceMs: nowMs });
    return this.#giveUp(this.#waiting.length - MAX_WAITING);
  }

  /** The oldest frame that has not waited too long, else the newest; and those given up for it. */
  take(nowMs: number): { readonly frame: Frame | undefined; readonly givenUp: readonly Frame[] } {
    const fresh = this.#waiting.findIndex(({ sinceMs }) => nowMs - sinceMs <= MAX_WAIT_MS);
    const givenUp = this.#giveUp(fresh < 0 ? this.#waiting.length - 1 : fresh);
    return { frame: this.#waiting.shift()?.frame, givenUp };
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  #giveUp(count: number): readonly Frame[] {
    return count <= 0 ? [] : this.#waiting.splice(0, count).map(({ frame }) => frame);
  }
}
