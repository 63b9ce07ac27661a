// What kind of input an address is, because each needs its own ffmpeg options.

import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SourceError } from './source-error.ts';

export type InputKind =
  | { readonly kind: 'rtsp'; readonly url: string }
  | { readonly kind: 'hls'; readonly url: string }
  | { readonly kind: 'mjpeg'; readonly url: string }
  /** A file that is fetched over HTTP. */
  | { readonly kind: 'http-file'; readonly url: string }
  | { readonly kind: 'v4l2'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  /** Pictures in the order of their names, all with `extension` (with its dot). */
  | { readonly kind: 'folder'; readonly path: string; readonly extension: string };

const VIDEO_EXTENSIONS = ['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.ts', '.flv', '.mpg', '.mpeg'];
const PICTURE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff'];

/** Whether an address is a clip (ends by itself) unless the options say otherwise. */
export function isClip(url: string): boolean {
  return !/^(rtsps?|https?):\/\//i.test(url) && !isVideoDevice(url);
}

/** Looks at files and folders. Throws SourceError `not-found` or `unsupported`. */
export async function inputKind(url: string): Promise<InputKind> {
  // A line break could smuggle a line of its own into ffmpeg's script.
  if (/\p{Cc}/u.test(url)) {
    throw new SourceError(
      'unsupported',
      "The source's address holds control characters; expected plain text.",
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'rtsp':
    case 'rtsps':
      return { kind: 'rtsp', url };
    case 'http':
    case 'https':
      return { kind: httpKind(url), url };
    case 'file':
      return fileKind(filePath(url));
    case undefined:
      return isVideoDevice(url) ? { kind: 'v4l2', path: url } : fileKind(url);
    default:
      throw new SourceError(
        'unsupported',
        `The source's address begins with "${scheme}://"; expected rtsp, rtsps, http, https or file, or a path.`,
      );
  }
}

function isVideoDevice(url: string): boolean {
  return /^\/dev\/(video\d+|v4l\/.+)$/.test(url);
}

/** The address is all there is to go by: a path that ends like a playlist or a file, and MJPEG otherwise. */
function httpKind(url: string): 'hls' | 'mjpeg' | 'http-file' {
  if (!URL.canParse(url)) {
    throw new SourceError('unsupported', "The source's address is no valid one of http or https.");
  }
  const extension = extname(new URL(url).pathname).toLowerCase();
  if (extension === '.m3u8') return 'hls';
  return VIDEO_EXTENSIONS.includes(extension) ? 'http-file' : 'mjpeg';
}

/** Of a `file://` address. Throws SourceError `unsupported` for one of another host, or with parts that no path has. */
function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new SourceError(
      'unsupported',
      "The source's address is no path of this machine; expected file:///… or the path itself.",
      { cause },
    );
  }
}

async function fileKind(path: string): Promise<InputKind> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    throw new SourceError(
      'not-found',
      `The source ${path} cannot be read: expected a file or a folder there.`,
      {
        cause,
      },
    );
  }
  if (!isFolder) return { kind: 'file', path };
  return { kind: 'folder', path, extension: await commonExtension(path) };
}

async function commonExtension(folder: string): Promise<string> {
  const counts = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const extension = extname(name);
    if (!PICTURE_EXTENSIONS.includes(extension.toLowerCase())) continue;
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
  if (most === undefined) {
    throw new SourceError(
      'not-found',
      `The folder ${join(folder, '/')} holds no pictures: expected files with ${PICTURE_EXTENSIONS.join(', ')}.`,
    );
  }
  return most[0];
}
