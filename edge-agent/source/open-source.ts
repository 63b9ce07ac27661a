// The way into the source stage: a camera or a clip becomes a source of frames.

import { ClipSource } from './clip-source.ts';
import type { FrameSource } from './frame.ts';
import { isClip } from './input-kind.ts';
import { LiveSource } from './live-source.ts';
import type { SourceOptions } from './source-options.ts';

/**
 * Starts reading at once. A live source never gives up: what is wrong is in its state. A clip's next()
 * rejects with SourceError when it cannot be read. Close it to end ffmpeg.
 */
export function openSource(options: SourceOptions): FrameSource {
  const mode = options.mode ?? (isClip(options.url) ? 'clip' : 'live');
  const source = mode === 'clip' ? new ClipSource(options) : new LiveSource(options);
  source.start();
  return source;
}
