// Notices that everything in the picture stops at once, which traffic never does: a picture that stands, though what is
// sent is not the same to the last bit (an encoder goes on refining it).

import type { Thumbnail } from './frame.ts';

/** A pixel of a thumbnail that changes by more grey levels shows movement; noise is averaged out below it. */
const MOVED_LEVELS = 8;

/** Still: no more moved pixels than this, of 14 400. */
const STILL_PIXELS = 2;

/**
 * Movement right before the picture stopped, in pixels, that nobody brings to a halt in a quarter of a second: a car that creeps
 * up to a line changes 20 to 30, traffic in the scenes 300 and more.
 */
const LEAST_MOVED = 48;

/** Looks back for how much moved before, thumbnails. */
const BEFORE = 6;

/** What leaves the picture also stops at once: pixels so close to its border do not count. */
const BORDER = 6;

/** What drives behind a house uncovers what was there before: of the moved pixels so many still have to hold something else. */
const STILL_THERE = 0.25;

/** So many pixels that differ so much from the background are no traffic. */
const OTHER_LEVELS = 24;
const OTHER_SHARE = 0.3;

export class PictureStillness {
  #previous: Thumbnail | undefined;
  /** Moved pixels of the newest pairs of thumbnails. */
  readonly #moved: number[] = [];
  #since: { readonly atMs: number; readonly moved: number; readonly abrupt: boolean } | undefined;

  /**
   * Takes the next thumbnail; `background` is the learned luma, if there is one. Gives for how long the picture has stood still
   * after it stopped at once, ms, and how much moved right before; undefined while something moves or came to rest by itself.
   */
  update(
    thumbnail: Thumbnail,
    background: Uint8Array | undefined,
    atMs: number,
  ): { readonly stillMs: number; readonly moved: number } | undefined {
    const previous = this.#previous;
    if (previous?.luma.length !== thumbnail.luma.length) {
      this.reset();
      this.#previous = thumbnail;
      return undefined;
    }
    // A frozen picture is compared with the one it froze as, so that slow changes add up.
    const moved = movedPixels(previous, thumbnail);
    if (moved > STILL_PIXELS) {
      this.#since = undefined;
      this.#stopped = background === undefined ? 0 : remaining(previous, thumbnail, background);
      this.#previous = thumbnail;
      this.#moved.push(moved);
      if (this.#moved.length > BEFORE) this.#moved.shift();
      return undefined;
    }
    this.#since ??= {
      atMs,
      moved: this.#moved.at(-1) ?? 0,
      abrupt: this.#isAbrupt() && background !== undefined && isSameView(thumbnail, background),
    };
    if (!this.#since.abrupt) {
      this.#previous = thumbnail;
      this.#moved.push(moved);
      if (this.#moved.length > BEFORE) this.#moved.shift();
      return undefined;
    }
    return { stillMs: atMs - this.#since.atMs, moved: this.#since.moved };
  }

  reset(): void {
    this.#previous = undefined;
    this.#moved.length = 0;
    this.#since = undefined;
  }

  /** Moved pixels of the last pair in which something moved that still show something else than the background. */
  #stopped = 0;

  #isAbrupt(): boolean {
    const last = this.#moved.at(-1) ?? 0;
    const mean = this.#moved.reduce((sum, moved) => sum + moved, 0) / Math.max(1, this.#moved.length);
    return this.#moved.length === BEFORE && this.#stopped >= LEAST_MOVED && last >= mean / 3;
  }
}

function movedPixels({ luma: before }: Thumbnail, { luma: now }: Thumbnail): number {
  let moved = 0;
  for (let at = 0; at < now.length; at++) {
    const change = (now[at] as number) - (before[at] as number);
    if (change > MOVED_LEVELS || change < -MOVED_LEVELS) moved++;
  }
  return moved;
}

/** A cover over the lens stands still too, but hides the background. */
function isSameView({ luma }: Thumbnail, background: Uint8Array): boolean {
  let other = 0;
  for (let at = 0; at < luma.length; at++) {
    if (Math.abs((luma[at] as number) - (background[at] as number)) > OTHER_LEVELS) other++;
  }
  return other < OTHER_SHARE * luma.length;
}

/** How many pixels inside the picture moved and do not show the background; 0 when most of them do. */
function remaining(
  { luma: before, width, height }: Thumbnail,
  { luma: now }: Thumbnail,
  background: Uint8Array,
): number {
  let moved = 0;
  let there = 0;
  for (let y = BORDER; y < height - BORDER; y++) {
    for (let at = y * width + BORDER; at < (y + 1) * width - BORDER; at++) {
      const value = now[at] as number;
      if (Math.abs(value - (before[at] as number)) <= MOVED_LEVELS) continue;
      moved++;
      if (Math.abs(value - (background[at] as number)) > MOVED_LEVELS) there++;
    }
  }
  return there >= STILL_THERE * moved ? there : 0;
}
