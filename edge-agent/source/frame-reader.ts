// Puts together what comes over ffmpeg's three pipes: planes, the time stamp of each frame, and the size of
// the camera's picture. Frames come out whole, in order, each with its own time and size.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { TIMES_HEIGHT } from './filter-graph.ts';
import type { Size } from './frame-geometry.ts';
import { type FrameTime, parseFrameTime, parseSourceSize } from './frame-times.ts';

/** A frame as ffmpeg gives it. */
export type RawFrame = {
  /** `[3, height, width]` uint8. */
  readonly planes: Uint8Array<ArrayBuffer>;
  readonly timeUs: number;
  readonly source: Size;
};

export type FrameReader = {
  /** Log lines go through here, because they name the picture's size. */
  readLogLine(line: string): void;
  /** Reading goes on until the reader holds `limit` unread frames; then ffmpeg waits. */
  pause(): void;
  resume(): void;
  /** Gives back a frame's memory when nobody else has it: the next frame is written into it. */
  recycle(planes: Uint8Array<ArrayBuffer>): void;
};

/** `frameBytes` is width times height times 3. `onBroken` gets an error when the pipes no longer fit together. */
export function readFrames(
  pipes: { readonly planes: Readable; readonly times: Readable },
  frameBytes: number,
  onFrame: (frame: RawFrame) => void,
  onBroken: (error: Error) => void,
): FrameReader {
  const whole: Uint8Array<ArrayBuffer>[] = [];
  const times: FrameTime[] = [];
  const sizes = new Map<number, Size>();
  const spare: Uint8Array<ArrayBuffer>[] = [];
  let filling: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;

  const match = () => {
    for (;;) {
      const [planes] = whole;
      const [time] = times;
      const source = time && sizes.get(time.sizeCode);
      if (planes === undefined || time === undefined || source === undefined) break;
      whole.shift();
      times.shift();
      onFrame({ planes, timeUs: time.timeUs, source });
    }
    if (whole.length > MAX_UNMATCHED && whole.length * frameBytes > MAX_UNMATCHED_BYTES) {
      const missing = times.length === 0 ? 'time stamps' : 'the size of the picture';
      onBroken(new Error(`ffmpeg gave ${whole.length} frames without ${missing}`));
    }
  };

  pipes.planes.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      if (filling === undefined) {
        filling = spare.pop() ?? new Uint8Array(frameBytes);
        filled = 0;
      }
      const end = Math.min(chunk.length, at + frameBytes - filled);
      filling.set(chunk.subarray(at, end), filled);
      filled += end - at;
      at = end;
      if (filled === frameBytes) {
        whole.push(filling);
        filling = undefined;
      }
    }
    match();
  });
  createInterface({ input: pipes.times }).on('line', (line) => {
    try {
      const time = parseFrameTime(line, TIMES_HEIGHT);
      if (time === undefined) return;
      times.push(time);
      match();
    } catch (error) {
      onBroken(error as Error);
    }
  });
  return {
    readLogLine(line) {
      const size = parseSourceSize(line, TIMES_HEIGHT);
      if (size === undefined) return;
      sizes.set(size.sizeCode, { width: size.width, height: size.height });
      match();
    },
    pause: () => void pipes.planes.pause(),
    resume: () => void pipes.planes.resume(),
    recycle(planes) {
      if (planes.byteLength === frameBytes && spare.length < MAX_SPARE) spare.push(planes);
    },
  };
}

/** One is being filled while one is looked at and another is on its way back. */
const MAX_SPARE = 3;

/**
 * The three pipes are read as they come, up to 2 MiB of one before another has its turn, so that frames may
 * wait for their stamps, but never so many.
 */
const MAX_UNMATCHED = 16;
const MAX_UNMATCHED_BYTES = 16 * 1024 * 1024;
