// Stills and clips of a live camera, from its ring.

import { clipFrom, stillFrom } from './cut-stream.ts';
import type { ClipFacts, Footage, FootageMoment, InTurn, Still } from './footage.ts';
import type { Ring } from './ring.ts';

/** The video of a frame comes with the frame; where it is late, a still waits so long, ms. */
const STILL_WAIT_MS = 3000;

/** How much longer than the clip itself a clip waits for its end, ms: a link that stumbles delivers later. */
const CLIP_GRACE_MS = 5000;

export class RingFootage implements Footage {
  readonly #ring: Ring;
  readonly #ffmpegPath: string | undefined;

  constructor(ring: Ring, ffmpegPath?: string) {
    this.#ring = ring;
    this.#ffmpegPath = ffmpegPath;
  }

  async still({ cameraTimeMs }: FootageMoment, inTurn: InTurn): Promise<Still> {
    await this.#ring.until(cameraTimeMs, STILL_WAIT_MS);
    const cut = await this.#ring.cut(cameraTimeMs, 0, 0);
    return inTurn.run(() => stillFrom(cut, this.#ffmpegPath));
  }

  async clip(
    { cameraTimeMs }: FootageMoment,
    preMs: number,
    postMs: number,
    file: string,
    inTurn: InTurn,
  ): Promise<ClipFacts> {
    await this.#ring.until(cameraTimeMs + postMs, postMs + CLIP_GRACE_MS);
    const cut = await this.#ring.cut(cameraTimeMs, preMs, postMs);
    return inTurn.run(() => clipFrom(cut, file, this.#ffmpegPath));
  }
}
