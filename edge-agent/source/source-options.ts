// What a source needs to know, with the defaults that the promises about faults rest on.

import type { Logger } from 'pino';
import type { RetryPolicy } from '../retry-policy.ts';
import type { FrameShape, Region } from './frame.ts';
import type { StreamCopy } from './stream-copy.ts';

/** Decoders outside the CPU. The machine's ffmpeg must be built with them. */
export type Hardware = 'none' | 'vaapi' | 'qsv' | 'cuda' | 'v4l2m2m' | 'rkmpp';

export type SourceOptions = {
  /** `rtsp(s)://`, `http(s)://` (MJPEG or HLS), `file://`, a file, a folder of pictures, or `/dev/videoN`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** How RTSP carries the picture. Default `tcp`. */
  readonly transport?: 'tcp' | 'udp';
  /** Default: `clip` for files and folders, `live` for everything else. A file as `live` plays in a loop at its own pace. */
  readonly mode?: 'live' | 'clip';
  readonly shape: FrameShape;
  /** Frames a second at most; frames keep their own time. Default: every frame. */
  readonly analysisFps?: number;
  /** Only this part of the picture is handed on, in pixels of `picture`. Default: all of it. */
  readonly region?: Region;
  /** Size of the picture that `region` refers to; a camera set to another size gets the same part. Default: as it comes. */
  readonly picture?: { readonly width: number; readonly height: number };
  /** Default `none`: the CPU decodes. */
  readonly hardware?: Hardware;
  /** E.g. `/dev/dri/renderD129`. Default: ffmpeg's choice. */
  readonly hardwareDevice?: string;
  /** Codec of the camera; `qsv`, `v4l2m2m` and `rkmpp` have a decoder for each. Default `h264`. */
  readonly codec?: 'h264' | 'hevc';
  /** Threads of the decoder. Default 1 live (the cores are shared by cameras), 0 (ffmpeg's choice) for clips. */
  readonly decodeThreads?: number;
  /** Pictures a second in a folder of pictures. Default 25. */
  readonly imageFps?: number;
  /** UTC of a clip's first frame, ms since 1970. Default 0. */
  readonly startAtMs?: number;
  /** Takes the camera's own compressed video beside the frames; live only. Default: it is not kept. */
  readonly copy?: StreamCopy;
  readonly timing?: Partial<SourceTiming>;
  /** Default `ffmpeg`, found in PATH. */
  readonly ffmpegPath?: string;
  readonly logger: Logger;
  /** UTC, ms since 1970. */
  readonly now: () => number;
  /** Clock for lengths of time, ms; never set back. Default: `performance.now`. */
  readonly monotonicMs?: () => number;
  /** Numbers in [0, 1) for the jitter of reconnections. Default: `Math.random`. */
  readonly random?: () => number;
};

/** All in ms. Every fault must be told within 10 s: the waits below leave room for a slow link. */
export type SourceTiming = {
  /** ffmpeg gives up a socket on which nothing comes. Default 6000. */
  readonly socketTimeoutMs: number;
  /** Without a frame for so long a camera is in fault. Default 8000. */
  readonly noticeAfterMs: number;
  /** A connection without its first frame for so long is closed. Some cameras send a keyframe every 10 s. Default 20000. */
  readonly firstFrameMs: number;
  /** Exactly the same picture for so long is a fault; sensors are never without noise. Default 8000. */
  readonly frozenAfterMs: number;
  /** A frozen camera is connected anew after so long. Default 60000. */
  readonly frozenReconnectMs: number;
  /** Between SIGTERM and SIGKILL for ffmpeg. Default 1000. */
  readonly stopMs: number;
  /** A connection that lasted so long starts the waits from the beginning again. Default 10000. */
  readonly steadyMs: number;
  /** Waits between connections. Default 500 ms to 10 s. */
  readonly retry: RetryPolicy;
  /** Waits after a refused password: cameras lock out who tries too often. Default 10 s to 60 s. */
  readonly unauthorisedRetry: RetryPolicy;
};

export const DEFAULT_TIMING: SourceTiming = {
  socketTimeoutMs: 6000,
  noticeAfterMs: 8000,
  firstFrameMs: 20_000,
  frozenAfterMs: 8000,
  frozenReconnectMs: 60_000,
  stopMs: 1000,
  steadyMs: 10_000,
  retry: { firstMs: 500, capMs: 10_000 },
  unauthorisedRetry: { firstMs: 10_000, capMs: 60_000 },
};
