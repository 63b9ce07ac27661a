// Makes a detector frame from a picture without the source stage: for the comparison and for tests that want
// one exact picture in front of every model.

import { spawn } from 'node:child_process';
import sharp, { type Sharp } from 'sharp';
import type { Frame, FrameGeometry, FrameShape, Region } from '../../edge-agent/source/frame.ts';

/** A picture in RGB, `[height, width, 3]`. */
export type Picture = { readonly width: number; readonly height: number; readonly rgb: Buffer };

/** Fits a picture, or a region of it, into a model's input as the card asks and splits it into planes. */
export async function frameFromPicture(
  picture: Picture,
  shape: FrameShape,
  region: Region = { x: 0, y: 0, width: picture.width, height: picture.height },
): Promise<Frame> {
  const stretch = shape.fit === 'stretch';
  const scale = Math.min(shape.width / region.width, shape.height / region.height);
  const width = stretch ? shape.width : Math.round(region.width * scale);
  const height = stretch ? shape.height : Math.round(region.height * scale);
  const centred = shape.fit === 'letterbox-centre';
  const offsetX = centred ? Math.floor((shape.width - width) / 2) : 0;
  const offsetY = centred ? Math.floor((shape.height - height) / 2) : 0;
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const resized = await sharp(picture.rgb, { raw })
    .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();

  const planeSize = shape.width * shape.height;
  const planes = new Uint8Array(3 * planeSize).fill(shape.padValue);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y + offsetY) * shape.width + x + offsetX;
      for (let plane = 0; plane < 3; plane++) {
        const channel = shape.colourOrder === 'rgb' ? plane : 2 - plane;
        planes[plane * planeSize + to] = resized[from + channel] ?? 0;
      }
    }
  }
  const geometry: FrameGeometry = {
    sourceWidth: picture.width,
    sourceHeight: picture.height,
    scaleX: width / region.width,
    scaleY: height / region.height,
    offsetX,
    offsetY,
    originX: region.x,
    originY: region.y,
  };
  return {
    index: 0,
    cameraTimeMs: 0,
    capturedAtMs: 0,
    droppedBefore: 0,
    discontinuity: true,
    geometry,
    planes,
  };
}

/** The picture of a clip at a moment, decoded by ffmpeg. Rejects with ffmpeg's own words. */
export async function pictureOfClip(clip: string, atS: number): Promise<Picture> {
  const png = await ffmpegOutput([
    ...['-nostdin', '-v', 'error', '-ss', String(atS), '-i', clip],
    ...['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1'],
  ]);
  return await decoded(sharp(png));
}

/** A picture of any kind that sharp reads, pixels as they are stored. Rejects with sharp's own words and the path. */
export async function pictureOfFile(path: string): Promise<Picture> {
  try {
    return await decoded(sharp(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Picture ${path} cannot be read: ${reason}`, { cause });
  }
}

async function decoded(encoded: Sharp): Promise<Picture> {
  const { data, info } = await encoded
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

/** What ffmpeg writes to its standard output. Rejects with its own words, also when that is nothing. */
export function ffmpegOutput(args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && output.length > 0) resolve(Buffer.concat(output));
      else
        reject(
          new Error(`ffmpeg ended with ${code} and no output: ${Buffer.concat(errors).toString().trim()}`),
        );
    });
  });
}
