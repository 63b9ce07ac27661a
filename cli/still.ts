// One picture of a camera: a file that is given, the first frame of a clip, or one from the camera itself.

import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import sharp from 'sharp';
import type { CameraConfig } from '../config/camera.ts';
import { openSource } from '../edge-agent/source/open-source.ts';

/** No still could be had; the message says why and what to do. */
export class StillError extends Error {
  override readonly name = 'StillError';
  readonly retryable = true;
}

const PICTURE_FILE = /\.(jpe?g|png|webp|tiff?|bmp|gif|avif)$/i;
/** A camera that sends nothing for this long is not waited for. */
const WAIT_MS = 20_000;
/** Pictures whose aspect differs by more are of another camera. */
const SHAPE_SHARE = 0.02;

/** PNG or the file itself. Rejects with StillError, or SourceError for a clip that cannot be read. */
export async function takeStill(
  path: string | undefined,
  camera: CameraConfig,
  logger: Logger,
): Promise<Buffer> {
  if (path !== undefined && PICTURE_FILE.test(path)) {
    return pictureFile(path, camera.picture);
  }
  return firstFrame(path, camera, logger);
}

async function pictureFile(path: string, picture: CameraConfig['picture']): Promise<Buffer> {
  let file: Buffer;
  let size: { readonly width: number; readonly height: number };
  try {
    file = await readFile(path);
    size = await sharp(file).metadata();
  } catch (cause) {
    throw new StillError(`${path} cannot be read as a picture. Give a JPEG or PNG, or a clip.`, { cause });
  }
  const shape = (size.width / size.height) * (picture.height / picture.width);
  if (Math.abs(shape - 1) > SHAPE_SHARE) {
    throw new StillError(
      `${path} is ${size.width} x ${size.height}, which is another shape than the ${picture.width} x ${picture.height} that the camera's file speaks of. Give a picture of this camera.`,
    );
  }
  return file;
}

async function firstFrame(path: string | undefined, camera: CameraConfig, logger: Logger): Promise<Buffer> {
  const { width, height } = camera.picture;
  const { url, username, password, transport, analysisFps, hardware } = camera.source;
  const source = openSource({
    url: path ?? url,
    ...(path !== undefined || username === undefined ? {} : { username }),
    ...(path !== undefined || password === undefined ? {} : { password: password.reveal() }),
    ...(path === undefined ? {} : { mode: 'clip' as const }),
    transport,
    analysisFps,
    hardware,
    shape: { width, height, colourOrder: 'rgb', fit: 'stretch', padValue: 0 },
    logger,
    now: Date.now,
  });
  let detail = '';
  const forget = source.onState((state) => {
    if (state.state === 'fault') detail = `: ${state.detail}`;
  });
  // Closing ends the wait for a frame.
  const timer = setTimeout(() => void source.close(), WAIT_MS);
  try {
    const frame = await source.next();
    if (frame === undefined) {
      throw new StillError(
        `No picture came from ${path ?? 'the camera'} within ${WAIT_MS / 1000} s${detail}. Give a picture of it with --still.`,
      );
    }
    return await pngOf(frame.planes, width, height);
  } finally {
    clearTimeout(timer);
    forget();
    await source.close();
  }
}

/** Planes to pixels. */
async function pngOf(planes: Uint8Array, width: number, height: number): Promise<Buffer> {
  const size = width * height;
  const pixels = Buffer.alloc(3 * size);
  for (let i = 0; i < size; i++) {
    for (let plane = 0; plane < 3; plane++) pixels[3 * i + plane] = planes[plane * size + i] as number;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
