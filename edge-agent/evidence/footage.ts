// What the makers of evidence need to know of recorded video, whether it comes from a camera's ring or from a clip.

/** A moment on both clocks of a source. */
export type FootageMoment = { readonly cameraTimeMs: number; readonly capturedAtMs: number };

/** One picture. */
export type Still = {
  /** An encoded picture that sharp reads. */
  readonly image: Buffer;
  readonly width: number;
  readonly height: number;
  /** When it was taken, UTC, ms. */
  readonly atMs: number;
  /** `stream`: as the camera made it. `analysed`: the detector's small input, made larger. */
  readonly from: 'stream' | 'analysed';
};

/** Video that has been written to a file. */
export type ClipFacts = {
  /** UTC of its first and its last picture, ms. */
  readonly fromMs: number;
  readonly toMs: number;
};

/** Runs what costs CPU time, one at a time for the whole box; waiting for a moment is none of it. */
export type InTurn = { run<T>(work: () => Promise<T>): Promise<T> };

export type Footage = {
  /**
   * The picture that is closest to the moment; waits a little for one that is still on its way. Rejects with an
   * EvidenceError when there is none.
   */
  still(at: FootageMoment, inTurn: InTurn): Promise<Still>;
  /**
   * Writes an MP4 without encoding anything anew: from the last keyframe before `preMs` before the moment to `postMs` after it,
   * as much of it as there is. Waits until that time is over. Rejects with an EvidenceError when the moment is not in it.
   */
  clip(at: FootageMoment, preMs: number, postMs: number, file: string, inTurn: InTurn): Promise<ClipFacts>;
};
