// Which options the installed ffmpeg understands.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SourceError } from './source-error.ts';

/** Version of libavformat: unlike "ffmpeg version", it is a plain number in every build. */
export type FfmpegVersion = { readonly major: number; readonly minor: number };

const run = promisify(execFile);
const known = new Map<string, Promise<FfmpegVersion>>();

/** Asks once for each path. Throws SourceError `unsupported` when ffmpeg is missing or too strange. */
export function ffmpegVersion(ffmpegPath: string): Promise<FfmpegVersion> {
  let version = known.get(ffmpegPath);
  if (version === undefined) {
    version = ask(ffmpegPath);
    // An ffmpeg that is installed later is found then.
    version.catch(() => known.delete(ffmpegPath));
    known.set(ffmpegPath, version);
  }
  return version;
}

/** Reads the output of `ffmpeg -version`. */
export function parseFfmpegVersion(text: string): FfmpegVersion | undefined {
  const match = /libavformat\s+(\d+)\.\s*(\d+)\./.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** `-timeout` is the socket timeout of RTSP from ffmpeg 5.0; before, it made ffmpeg listen. */
export function hasRtspTimeout(version: FfmpegVersion): boolean {
  return version.major >= 59;
}

/** Options of a concat script's files, by which addresses stay out of the process list: from ffmpeg 5.0. */
export function hasScriptOptions(version: FfmpegVersion): boolean {
  return version.major >= 59;
}

/** `-fps_mode` replaces `-vsync` from ffmpeg 5.1. */
export function hasFpsMode(version: FfmpegVersion): boolean {
  return version.major > 59 || (version.major === 59 && version.minor >= 27);
}

async function ask(ffmpegPath: string): Promise<FfmpegVersion> {
  let text: string;
  try {
    text = (await run(ffmpegPath, ['-version'], { timeout: 10_000 })).stdout;
  } catch (cause) {
    throw new SourceError(
      'unsupported',
      `ffmpeg cannot be started as "${ffmpegPath}". Install it (apt install ffmpeg) or give its path.`,
      { cause },
    );
  }
  const version = parseFfmpegVersion(text);
  if (version === undefined) {
    throw new SourceError(
      'unsupported',
      `"${ffmpegPath} -version" does not name its libavformat; expected ffmpeg 4.3 or later.`,
    );
  }
  return version;
}
