// The evidence of one live camera: its ring, and the recorder that cuts from it.

import type { Logger } from 'pino';
import type { TrafficEvent } from '../../contract/index.ts';
import type { Frame, FrameShape } from '../source/frame.ts';
import type { StreamCopy } from '../source/stream-copy.ts';
import { AnalysedPicture } from './analysed-picture.ts';
import type { Footage } from './footage.ts';
import { EvidenceRecorder, type RecorderOptions, type RecorderState, type SeenFrame } from './recorder.ts';
import { Ring, type RingState } from './ring.ts';
import { RingFootage } from './ring-footage.ts';
import { fileShelf, memoryShelf } from './segment-shelf.ts';

export type CameraEvidenceOptions = Omit<RecorderOptions, 'footage' | 'analysed'> & {
  readonly ring: {
    readonly keepMs: number;
    readonly maxBytes: number;
    /** Default: in memory. */
    readonly directory?: string;
  };
  /** Of the frames that the detector gets. */
  readonly shape: FrameShape;
  readonly ffmpegPath?: string;
  readonly logger: Logger;
};

export type CameraEvidence = {
  /** For the source: takes the camera's own video. */
  readonly copy: StreamCopy;
  /** Takes a frame before the detector does; copies it only where the camera's own video is not to be had. */
  keep(frame: Frame): void;
  /** Takes in what analytics made of a frame. Returns at once, never throws. */
  observe(seen: SeenFrame, events: readonly TrafficEvent[]): void;
  /** All events go through here before they are told: those of incidents with evidence tell of it, too. */
  addTo(events: readonly TrafficEvent[]): readonly TrafficEvent[];
  /** For pictures that belong to no incident. */
  readonly footage: Footage;
  /** Whether there is any at the moment. */
  readonly hasVideo: boolean;
  readonly state: { readonly ring: RingState; readonly recorder: RecorderState };
  /** In words, what keeps evidence from being kept at the moment. */
  readonly problem: string | undefined;
  /** After the source: cuts what is waiting for its post-roll from what is there, waits for that a moment. Idempotent. */
  close(): Promise<void>;
};

/** Nothing is read or written before the source's first bytes. */
export function cameraEvidence(options: CameraEvidenceOptions): CameraEvidence {
  const { camera, ring: bounds, shape, ffmpegPath } = options;
  const logger = options.logger.child({ camera });
  const { directory } = bounds;
  const shelf = directory === undefined ? memoryShelf() : fileShelf(directory, camera, logger);
  const ring = new Ring({ keepMs: bounds.keepMs, maxBytes: bounds.maxBytes, shelf, logger });
  const footage = new RingFootage(ring, ffmpegPath);
  const recorder = new EvidenceRecorder({
    ...options,
    footage,
    analysed: new AnalysedPicture(shape),
    logger,
  });
  let closed: Promise<void> | undefined;
  const close = async () => {
    ring.endWaits();
    await recorder.close();
    await ring.close();
  };
  return {
    copy: ring,
    keep: (frame) => {
      if (!ring.hasVideo) recorder.keep(frame);
    },
    observe: (seen, events) => recorder.observe(seen, events),
    addTo: (events) => recorder.addTo(events),
    footage,
    get hasVideo() {
      return ring.hasVideo;
    },
    get state() {
      return { ring: ring.state, recorder: recorder.state };
    },
    get problem() {
      return ring.state.problem ?? recorder.state.problem;
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
