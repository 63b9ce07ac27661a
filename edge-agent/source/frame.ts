// What the source stage hands on: pictures at the model's input size, each with the time it was taken.

import type { CameraFault } from '../../contract/index.ts';

/** The picture a model wants to see; the source scales, pads and orders planes inside ffmpeg to match. */
export type FrameShape = {
  readonly width: number;
  readonly height: number;
  /** Order of the three planes. */
  readonly colourOrder: 'rgb' | 'bgr';
  /** `stretch` ignores the aspect ratio; a letterbox keeps it and pads right and below, or on both sides. */
  readonly fit: 'stretch' | 'letterbox-top-left' | 'letterbox-centre';
  /** Grey level of the padding, 0..255. */
  readonly padValue: number;
};

/** Rectangle in pixels of the camera's picture. */
export type Region = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/**
 * How input pixels lie in the camera's picture: `source = (input - offset) / scale + origin`, for x and y.
 */
export type FrameGeometry = {
  /** Size of the camera's whole picture in pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly scaleX: number;
  readonly scaleY: number;
  /** Padding before the picture, in input pixels. */
  readonly offsetX: number;
  readonly offsetY: number;
  /** Top-left corner of the cropped region, in source pixels; 0, 0 without a crop. */
  readonly originX: number;
  readonly originY: number;
};

/** Everything about a frame but its pixels; travels on with the boxes, tracks and events made from it. */
export type FrameInfo = {
  /** Frames delivered by this source before this one. */
  readonly index: number;
  /**
   * The camera's own clock (presentation time), ms, strictly increasing over the life of the source, also over
   * reconnections. For speed, headway and the tracker's time step.
   */
  readonly cameraTimeMs: number;
  /** The same moment in UTC, ms since 1970, from a slowly fitted offset. For timestamps and intervals. */
  readonly capturedAtMs: number;
  /** Frames that were decoded but not delivered since the previous frame (newest wins), live only. */
  readonly droppedBefore: number;
  /** First frame after a (re)connection: what happened since the previous frame was not seen. */
  readonly discontinuity: boolean;
  readonly geometry: FrameGeometry;
};

export type Frame = FrameInfo & {
  /** `[3, height, width]` uint8 in the shape's colour order. Its ArrayBuffer is the frame's own and may be transferred. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** Takes the planes' memory back when nobody reads it any more: a later frame is written into it. */
  readonly recycle?: (planes: Uint8Array<ArrayBuffer>) => void;
};

/** A small grey copy of an analysed frame without its padding, for what is judged by the look of the whole picture. */
export type Thumbnail = {
  /** At most 160 x 160 pixels, with the aspect of the analysed part of the picture. */
  readonly width: number;
  readonly height: number;
  /** `[height, width]` luma (ITU-R BT.601), 0..255: each value is the mean of the pixels that it stands for. */
  readonly luma: Uint8Array;
  /** Where it lies in the camera's picture: `source = thumbnail / scale + origin`, as FrameGeometry has it. */
  readonly scaleX: number;
  readonly scaleY: number;
  readonly originX: number;
  readonly originY: number;
  /** Measured in the model's input itself, for a thumbnail is always sharp. */
  readonly edges: EdgeMeasure;
};

/** How sharp the edges of a picture are, whatever its contrast. */
export type EdgeMeasure = {
  /** Share of the measured places that lie on an edge, 0..1. */
  readonly share: number;
  /** Mean steepness of those edges, 0.25 (as soft as can be told) to 1 (from one pixel to the next); undefined without edges. */
  readonly sharpness: number | undefined;
};

/** What a camera can suffer from that shows in its pictures alone. */
export type PictureFault = 'frozen' | 'black' | 'blurred' | 'obscured' | 'moved';

/** One fault as it looks at this moment: no duration is asked for yet. */
export type PictureFinding = {
  readonly fault: PictureFault;
  /** When it began, estimated, UTC in ms: a background takes seconds to show a change. Stays while the fault lasts. */
  readonly sinceMs: number;
  /** How sure this one look is, 0..1. */
  readonly confidence: number;
  /** Measured values, named with their unit. */
  readonly measures: Readonly<Record<string, number>>;
};

/** What the picture of one moment says about its camera. */
export type PictureState = {
  readonly cameraTimeMs: number;
  readonly capturedAtMs: number;
  /** The background has been seen for long enough to be compared with. Without it, `black` and `frozen` alone can be found. */
  readonly learned: boolean;
  /** At most one of each fault. */
  readonly findings: readonly PictureFinding[];
};

/** Where a source stands; `fault` lasts until frames come again. */
export type SourceState =
  | { readonly state: 'starting' }
  | { readonly state: 'live'; readonly width: number; readonly height: number }
  | { readonly state: 'fault'; readonly fault: CameraFault; readonly detail: string }
  | { readonly state: 'ended' };

export type FrameSource = {
  /**
   * The next frame. Live: the oldest one that came in the last quarter of a second, else the newest; waits for one
   * if need be; older ones are dropped and counted. Clip: every frame in order, ffmpeg waits. Resolves undefined when a clip ends or the source is closed.
   */
  next(): Promise<Frame | undefined>;
  readonly state: SourceState;
  /** Reconnections so far. */
  readonly reconnects: number;
  /** Calls back at every change of state; returns the function that stops it. */
  onState(listener: (state: SourceState) => void): () => void;
  /** Ends ffmpeg and waits until it is gone. Idempotent. */
  close(): Promise<void>;
};
