// The camera's own compressed video, handed on beside the frames: whoever keeps it has the full picture of the last
// seconds without a second connection to the camera, and without encoding anything.

import type { InputKind } from './input-kind.ts';

/** Takes a live source's video as it comes. Calls must return at once and must not throw: frames wait meanwhile. */
export type StreamCopy = {
  /** A new connection: its times have nothing to do with those of the one before. */
  startConnection(): void;
  /** The next bytes of one MPEG transport stream a connection; packets may be cut anywhere. */
  write(chunk: Buffer): void;
  /** Where an analysed frame lies: in the stream, and on the source's two clocks. Also told for frames that are then dropped. */
  frame(moment: StreamMoment): void;
  /** This source has no video that could be copied; `problem` says why. */
  unavailable(problem: string): void;
};

export type StreamMoment = {
  /** The frame's time stamp in the stream, µs: that of the transport stream less COPY_OFFSET_US. */
  readonly timeUs: number;
  readonly cameraTimeMs: number;
  readonly capturedAtMs: number;
};

/** Added to the times of the copy, because reordered pictures begin before zero, which a transport stream cannot say. */
export const COPY_OFFSET_US = 10_000_000;

/** File descriptor of the copy. */
export const COPY_FD = 5;

/**
 * ffmpeg ends as a whole when one of its outputs fails or waits, so the copy goes through a queue of its own
 * (`fifo`): when nobody takes it, its packets are dropped up to the next keyframe, and the frames come as before.
 */
export const COPY_OUTPUT: readonly string[] = [
  // Time stamps in ticks of a transport stream: the queue would round them to the frame rate.
  ...['-map', '0:v:0', '-c:v', 'copy', '-time_base', '1:90000'],
  // Without these two the muxer would add its own delay of 1.4 s to every time stamp.
  ...['-output_ts_offset', String(COPY_OFFSET_US / 1e6), '-muxdelay', '0', '-muxpreload', '0'],
  ...['-flush_packets', '1', '-f', 'fifo', '-fifo_format', 'mpegts', '-queue_size', '500'],
  ...['-drop_pkts_on_overflow', '1', '-attempt_recovery', '1', '-recover_any_error', '1'],
  ...['-restart_with_keyframe', '1', '-recovery_wait_time', '0'],
];

/** Why the video of such a source cannot be copied; undefined where it can. */
export function whyNoCopy({ kind }: InputKind): string | undefined {
  switch (kind) {
    case 'rtsp':
    case 'hls':
    case 'http-file':
    case 'file':
      return undefined;
    case 'mjpeg':
    case 'v4l2':
    case 'folder':
      return `a source of the kind ${kind} has no compressed video with keyframes that could be kept`;
  }
}
