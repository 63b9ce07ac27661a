// Clips for the tests of the source stage, made by ffmpeg's own test pictures.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import type { FrameShape, FrameSource, SourceState } from '../../../edge-agent/source/frame.ts';
import type { SourceOptions } from '../../../edge-agent/source/source-options.ts';

const run = promisify(execFile);

export async function ffmpeg(...args: string[]): Promise<void> {
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

/** H.264 with a keyframe every second; `picture` is a source of ffmpeg's, e.g. `testsrc2=s=320x180:r=25:d=2`. */
export async function makeClip(path: string, picture: string, ...options: string[]): Promise<string> {
  const codec = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', '25'];
  await ffmpeg('-f', 'lavfi', '-i', picture, ...codec, ...options, path);
  return path;
}

export const SHAPE: FrameShape = {
  width: 96,
  height: 96,
  colourOrder: 'rgb',
  fit: 'letterbox-top-left',
  padValue: 114,
};

/** Options that every source needs, silent. */
export function optionsFor(url: string, more: Partial<SourceOptions> = {}): SourceOptions {
  return { url, shape: SHAPE, logger: pino({ level: 'silent' }), now: Date.now, ...more };
}

/** Resolves when the source's state fits; rejects with the states so far after `timeoutMs`. */
export function untilState(
  source: FrameSource,
  fits: (state: SourceState) => boolean,
  timeoutMs = 30_000,
): Promise<SourceState> {
  return new Promise((resolve, reject) => {
    const seen = [source.state];
    const stop = source.onState((state) => {
      seen.push(state);
      check(state);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`the state waited for did not come in ${timeoutMs} ms: ${JSON.stringify(seen)}`));
    }, timeoutMs);
    const check = (state: SourceState) => {
      if (!fits(state)) return;
      clearTimeout(timer);
      stop();
      resolve(state);
    };
    check(source.state);
  });
}
