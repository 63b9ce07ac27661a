// One look at a picture, and since when it looks like that.

import type { PictureFault, PictureFinding } from './frame.ts';

/** A fault as it looks at one moment. */
export type PictureLook = Omit<PictureFinding, 'sinceMs'>;

/** What is not seen for so long is over, ms; seen again it has begun anew. */
const OVER_MS = 3000;

/** How long it takes to show, ms: half of a background's thumbnails, or the looks that have to agree. */
const LAG_MS: Readonly<Record<PictureFault, number>> = {
  frozen: 0,
  black: 0,
  blurred: 2500,
  obscured: 3000,
  moved: 4000,
};

/** Remembers when each fault began. */
export class FaultOnsets {
  readonly #onsets = new Map<PictureFault, { readonly sinceMs: number; lastMs: number }>();

  /** `earlierMs`: what the look itself knows of how long it has been like that. */
  since(look: PictureLook, nowMs: number, earlierMs = 0): PictureFinding {
    let onset = this.#onsets.get(look.fault);
    if (onset === undefined || nowMs - onset.lastMs > OVER_MS || nowMs < onset.lastMs) {
      onset = { sinceMs: nowMs - Math.max(earlierMs, LAG_MS[look.fault]), lastMs: nowMs };
      this.#onsets.set(look.fault, onset);
    }
    onset.lastMs = nowMs;
    return { ...look, sinceMs: onset.sinceMs };
  }
}
