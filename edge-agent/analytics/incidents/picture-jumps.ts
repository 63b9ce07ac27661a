// A jump of the whole picture between two looks: a knock against the camera, a cover that comes or goes. What is wrong
// with the camera afterwards is known seconds later only; until then nothing that it shows is to be believed.

import type { Thumbnail } from '../../source/frame.ts';

/** A pixel of a thumbnail that changes by more grey levels has changed; noise is averaged out below it. */
const CHANGED_LEVELS = 8;
/**
 * More pixels than this change at once. A bus that passes close to the camera changes 0.39 of them in a quarter of a
 * second, a knock of a few degrees or a cover 0.8 (rendered scenes).
 */
const JUMP_SHARE = 0.55;
/** Thumbnails farther apart than this, ms, do not show what changed at once. */
const LONGEST_STEP_MS = 1000;
/** The picture check knows within this time whether the camera was moved or covered, ms: see LAG_MS of its looks. */
const DOUBT_MS = 6000;

export class PictureJumps {
  #before: { readonly thumbnail: Thumbnail; readonly atMs: number } | undefined;
  #jumpedMs: number | undefined;

  /** Takes the next frame in; whether the picture has jumped so lately that nobody knows what it shows. */
  isDoubtful(thumbnail: Thumbnail | undefined, atMs: number): boolean {
    const before = this.#before;
    if (thumbnail !== undefined) {
      this.#before = { thumbnail, atMs };
      if (
        before !== undefined &&
        before.thumbnail.luma.length === thumbnail.luma.length &&
        atMs - before.atMs <= LONGEST_STEP_MS &&
        changedShare(before.thumbnail.luma, thumbnail.luma) > JUMP_SHARE
      ) {
        this.#jumpedMs = atMs;
      }
    }
    return this.#jumpedMs !== undefined && atMs - this.#jumpedMs <= DOUBT_MS;
  }
}

function changedShare(before: Uint8Array, now: Uint8Array): number {
  let changed = 0;
  for (let at = 0; at < now.length; at++) {
    if (Math.abs((now[at] as number) - (before[at] as number)) > CHANGED_LEVELS) changed++;
  }
  return changed / now.length;
}
