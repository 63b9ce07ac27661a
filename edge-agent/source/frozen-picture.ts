// Notices a camera that goes on sending one and the same picture.

/** How often the reference is taken anew while the picture moves, ms: a copy a second costs next to nothing. */
const REFERENCE_MS = 1000;

/**
 * Compares every frame, whole, with a reference taken at most a second ago. Comparing ends at the first
 * difference, so it is only ever expensive for a frozen picture. A sensor is never without noise, and a video
 * encoder passes some of it on with every keyframe: only a stuck camera repeats itself to the last bit.
 */
export class FrozenPicture {
  #reference: Buffer | undefined;
  #sinceMs = 0;

  /** Takes the next frame; gives for how long the picture has been exactly the same, ms. */
  update(planes: Uint8Array, atMs: number): number {
    if (this.#reference?.equals(planes)) return atMs - this.#sinceMs;
    if (this.#reference === undefined || atMs - this.#sinceMs >= REFERENCE_MS) {
      if (this.#reference?.length === planes.length) this.#reference.set(planes);
      else this.#reference = Buffer.from(planes);
      this.#sinceMs = atMs;
    }
    return 0;
  }

  reset(): void {
    this.#reference = undefined;
  }
}
