// Renders a planned scene into an MP4: frames from Chromium, lens and sensor effects and H.264 by ffmpeg.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Renderer } from './browser.ts';
import { movedScene, type Plan, type PlannedFrame } from './plan.ts';
import type { Scene } from './scene-file.ts';

/** Frames a browser call: fewer cost round trips, more delay progress. */
const BATCH = 16;
const NOISE = { day: 6, 'low-sun': 6, dusk: 9, night: 13 } as const;

export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly retryable = false;
}

export async function recordScene(
  plan: Plan,
  renderer: Renderer,
  path: string,
  onFrame: (done: number) => void,
): Promise<void> {
  const { scene, frames } = plan;
  const size = await renderer.open(scene);
  const ffmpeg = spawn('ffmpeg', ffmpegArguments(scene, size, path), { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  ffmpeg.stderr.on('data', (part: Buffer) => {
    complaint = (complaint + part.toString()).slice(-2000);
  });
  const ended = once(ffmpeg, 'close') as Promise<[number | null]>;
  ffmpeg.stdin.on('error', () => {
    complaint ||= 'its input was closed early';
  });
  let done = 0;
  let last: Buffer | undefined;
  const write = async (frame: Buffer): Promise<void> => {
    last = frame;
    done += 1;
    onFrame(done);
    if (!ffmpeg.stdin.write(frame)) await Promise.race([once(ffmpeg.stdin, 'drain'), ended]);
  };
  let moved = false;
  for (const batch of batches(frames)) {
    const [first] = batch;
    if (!first) continue;
    if (first.moved !== moved) {
      moved = first.moved;
      await renderer.open(moved ? movedScene(scene) : scene);
    }
    if (first.black) {
      for (const _ of batch) await write(blackFrame(size));
      continue;
    }
    if (first.frozen && last) {
      for (const _ of batch) await write(last);
      continue;
    }
    await renderer.frames(
      batch.map(({ snapshot, obscured }) => ({ snapshot, obscured })),
      write,
    );
  }
  ffmpeg.stdin.end();
  const [code] = await ended;
  if (code !== 0)
    throw new RecordError(`ffmpeg ended with code ${code} while writing ${path}: ${complaint.trim()}`);
}

/** Splits frames into calls in which the camera's state stays the same. */
function* batches(frames: readonly PlannedFrame[]): Generator<PlannedFrame[]> {
  let batch: PlannedFrame[] = [];
  for (const frame of frames) {
    const [first] = batch;
    const differs =
      first?.moved !== frame.moved || first.frozen !== frame.frozen || first.black !== frame.black;
    if (first && (batch.length === BATCH || differs)) {
      yield batch;
      batch = [];
    }
    batch.push(frame);
  }
  yield batch;
}

/** What a sensor without light gives, as planar YUV 4:2:0; its noise comes from ffmpeg. */
function blackFrame({ width, height }: { width: number; height: number }): Buffer {
  const luma = width * height;
  return Buffer.concat([Buffer.alloc(luma, 17), Buffer.alloc(luma >> 1, 128)]);
}

export function ffmpegArguments(
  scene: Scene,
  frame: { width: number; height: number },
  path: string,
): string[] {
  const { width, height, fps } = scene.picture;
  const filters: string[] = [];
  if (scene.camera.distortion > 0) {
    // lenscorrection measures radii in half diagonals of its input, which overscans the picture.
    const grown = (frame.width ** 2 + frame.height ** 2) / (width ** 2 + height ** 2);
    filters.push(`lenscorrection=k1=${(scene.camera.distortion * grown).toFixed(5)}:k2=0:i=bilinear`);
  }
  if (frame.width !== width || frame.height !== height) filters.push(`crop=${width}:${height}`);
  if (scene.image.blurPx > 0) filters.push(`gblur=sigma=${scene.image.blurPx}`);
  for (const event of scene.events) {
    if (event.event !== 'camera-blurred') continue;
    const until = event.durationS === undefined ? scene.durationS : event.atS + event.durationS;
    filters.push(`gblur=sigma=${event.blurPx}:enable='between(t,${event.atS},${until})'`);
  }
  const noise = scene.image.noise ?? NOISE[scene.light.time];
  if (noise > 0) filters.push(`noise=alls=${noise}:allf=t:all_seed=${scene.seed + 1}`);
  return [
    '-y',
    '-loglevel',
    'error',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    '-s',
    `${frame.width}x${frame.height}`,
    '-r',
    String(fps),
    '-i',
    '-',
    ...(filters.length > 0 ? ['-vf', filters.join(',')] : []),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    String(scene.image.crf),
    '-g',
    String(Math.round(fps * 2)),
    '-bf',
    '0',
    '-threads',
    '1',
    '-pix_fmt',
    'yuv420p',
    '-movflags',
    '+faststart',
    path,
  ];
}
