// Makes a picture or a file of what a ring has cut.

import sharp from 'sharp';
import type { ClipFacts, Still } from './footage.ts';
import type { RingCut } from './ring.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

/** Stamps in a transport stream are ticks of 11 µs; half a millisecond is nowhere near another picture. */
const MARGIN_S = 0.0005;

/** Decodes the picture whose time stamp is closest to that of the frame. Rejects with an EvidenceError. */
export async function stillFrom(cut: RingCut, ffmpegPath?: string): Promise<Still> {
  const { frameUs, startUs } = cut;
  const nearestUs = cut.pictures.reduce((best, timeUs) =>
    Math.abs(timeUs - frameUs) < Math.abs(best - frameUs) ? timeUs : best,
  );
  const fromS = (nearestUs - startUs) / 1e6 - MARGIN_S;
  const image = await runFfmpeg({
    args: [
      ...['-threads', '1', '-f', 'mpegts', '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1'],
      // From the keyframe on, whatever the stream's own times begin with.
      ...['-vf', `setpts=PTS-STARTPTS,select=gte(t\\,${fromS.toFixed(4)})`],
      ...['-c:v', 'png', '-compression_level', '1', '-pix_fmt', 'rgb24', '-f', 'image2pipe', 'pipe:1'],
    ],
    input: cut.stream,
    ...(ffmpegPath === undefined ? {} : { ffmpegPath }),
  });
  const { width, height } = await sharp(image).metadata();
  return { image, width, height, atMs: Math.round(cut.atMs + (nearestUs - frameUs) / 1000), from: 'stream' };
}

/** Writes the cut as an MP4 without encoding it anew. Rejects with an EvidenceError. */
export async function clipFrom(cut: RingCut, file: string, ffmpegPath?: string): Promise<ClipFacts> {
  await runFfmpeg({
    args: [
      ...['-fflags', '+genpts', '-f', 'mpegts', '-i', 'pipe:0', '-map', '0:v:0', '-c', 'copy'],
      ...['-fflags', '+bitexact', '-movflags', '+faststart', '-f', 'mp4', `file:${file}`],
    ],
    input: cut.stream,
    ...(ffmpegPath === undefined ? {} : { ffmpegPath }),
  });
  return { fromMs: Math.round(cut.fromMs), toMs: Math.round(cut.toMs) };
}
