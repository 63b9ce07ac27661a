// The second pipe: one line of ffmpeg's `framecrc` format for each frame.

import { plainText } from '../../contract/index.ts';

/** What is known of a frame beside its pixels. */
export type FrameTime = {
  /** Presentation time, µs from the start of the connection or clip. */
  readonly timeUs: number;
  /** Width of the picture at the graph's second output: a code of the source's size. */
  readonly sizeCode: number;
};

/** A line `stream, dts, pts, duration, bytes, checksum`; undefined for a line of the header. Throws on anything else. */
export function parseFrameTime(line: string, height: number): FrameTime | undefined {
  if (line.startsWith('#') || line.trim() === '') return undefined;
  const [, , pts, , bytes] = line.split(',').map(Number);
  if (
    pts === undefined ||
    bytes === undefined ||
    !Number.isSafeInteger(pts) ||
    !Number.isSafeInteger(bytes)
  ) {
    throw new Error(
      `expected a line of framecrc (stream, dts, pts, duration, bytes, checksum), got "${plainText(line, 100)}"`,
    );
  }
  return { timeUs: pts, sizeCode: bytes / height };
}

/** Longest part of a line that is looked at, in characters: what a camera sends may stand in it. */
const MAX_LINE = 1000;

/** Reads the source's size and its code from ffmpeg's log: the scaler of the second output names both. */
export function parseSourceSize(
  line: string,
  height: number,
): { readonly width: number; readonly height: number; readonly sizeCode: number } | undefined {
  const match = /\bw:(\d+) h:(\d+) fmt:.* -> w:(\d+) h:(\d+) fmt:gray\b/.exec(line.slice(0, MAX_LINE));
  if (match === null || Number(match[4]) !== height) return undefined;
  return { width: Number(match[1]), height: Number(match[2]), sizeCode: Number(match[3]) };
}
