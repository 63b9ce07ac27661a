// The newest picture of a camera for whoever asks, with everybody that was seen in it. It costs nothing while nobody asks, but
// for the last seconds of the camera's own video where that is kept.

import { abortableWait } from '../abortable-wait.ts';
import type { Frame, FrameShape } from '../source/frame.ts';
import { AnalysedPicture } from './analysed-picture.ts';
import { EvidenceError } from './evidence-error.ts';
import type { Footage, InTurn, Still } from './footage.ts';
import type { SeenFrame } from './recorder.ts';

export type StillCameraOptions = {
  /** Of the frames that the detector gets. */
  readonly shape: FrameShape;
  /** The camera's own video; absent where it is not kept. */
  readonly video?: { readonly footage: Footage; readonly hasVideo: boolean };
};

/** A picture and who was seen in it. */
export type SeenStill = { readonly still: Still; readonly seen: SeenFrame };

/** A camera that is analysed once in ten seconds is waited for, ms. */
const WAIT_MS = 12_000;

/** A picture of longer ago is not the newest, ms. */
const FRESH_MS = 3000;

type Waiting = { readonly resolve: (found: { seen: SeenFrame; make: () => Promise<Still> }) => void };

export class StillCamera {
  readonly #video: StillCameraOptions['video'];
  readonly #analysed: AnalysedPicture;
  readonly #waiting = new Set<Waiting>();
  readonly #closing = new AbortController();
  #last: { readonly seen: () => SeenFrame; readonly atMs: number } | undefined;

  constructor({ shape, video }: StillCameraOptions) {
    this.#video = video;
    this.#analysed = new AnalysedPicture(shape);
  }

  /** Before the detector takes the frame away: keeps it while somebody waits for one. */
  keep(frame: Frame): void {
    if (this.#waiting.size > 0) this.#analysed.keep(frame);
  }

  /** What was seen in a frame; `seen` is called only when somebody asks. */
  observe(index: number, seen: () => SeenFrame): void {
    this.#last = { seen, atMs: performance.now() };
    if (this.#waiting.size === 0) return;
    const make = this.#analysed.take(index);
    if (make === undefined) return;
    const found = { seen: seen(), make };
    for (const { resolve } of this.#waiting) resolve(found);
    this.#waiting.clear();
  }

  /** Rejects with an EvidenceError when no picture comes. */
  async take(inTurn: InTurn): Promise<SeenStill> {
    const last = this.#last;
    if (this.#video?.hasVideo && last !== undefined && performance.now() - last.atMs < FRESH_MS) {
      const seen = last.seen();
      try {
        return { still: await this.#video.footage.still(seen.frame, inTurn), seen };
      } catch (error) {
        // A connection that has just begun has no keyframe yet.
        if (!(error instanceof EvidenceError)) throw error;
      }
    }
    const found = await this.#next();
    if (found === undefined) throw new EvidenceError('The camera gives no picture at the moment.');
    return { still: await inTurn.run(found.make), seen: found.seen };
  }

  /** Ends every wait. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  async #next() {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.#closing.signal]);
    let waiting: Waiting | undefined;
    const frame = new Promise<Parameters<Waiting['resolve']>[0]>((resolve) => {
      waiting = { resolve };
      this.#waiting.add(waiting);
    });
    try {
      return await Promise.race([frame, abortableWait(WAIT_MS, signal).then(() => undefined)]);
    } finally {
      done.abort();
      if (waiting !== undefined) this.#waiting.delete(waiting);
    }
  }
}
