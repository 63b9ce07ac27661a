// What a clip says of itself, for progress bars and set-up. Counting never relies on it: files lie.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SourceError } from './source-error.ts';

export type MediaFacts = {
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  /** Undefined where the file does not tell, e.g. raw H.264. */
  readonly durationMs?: number;
  /** Mean frame rate. */
  readonly fps?: number;
};

const run = promisify(execFile);

/** ffprobe writes numbers as text and leaves out what it does not know. */
const seconds = z.coerce.number().positive().optional().catch(undefined);

const answerSchema = z.object({
  streams: z.array(
    z.object({
      codec_name: z.string().default('unknown'),
      width: z.int().positive(),
      height: z.int().positive(),
      avg_frame_rate: z.string().optional(),
      duration: seconds,
    }),
  ),
  format: z.object({ duration: seconds }).optional(),
});

/** Of a file's first video stream. Rejects with SourceError when there is none or ffprobe is missing. */
export async function probeMedia(path: string, ffprobePath = 'ffprobe'): Promise<MediaFacts> {
  const entries = 'stream=codec_name,width,height,avg_frame_rate,duration:format=duration';
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json'];
  try {
    const { stdout } = await run(ffprobePath, [...args, `file:${path}`], { timeout: 30_000 });
    return mediaFactsOf(stdout);
  } catch (cause) {
    throw new SourceError('undecodable', `${path} cannot be read as video by ${ffprobePath}.`, { cause });
  }
}

/** Reads what ffprobe answers, JSON. Throws SourceError when it names no video. */
export function mediaFactsOf(answer: string): MediaFacts {
  const { streams, format } = parseAnswer(answer);
  const [stream] = streams;
  if (stream === undefined) throw new SourceError('undecodable', 'there is no video stream in it');
  const durationMs = (format?.duration ?? stream.duration ?? Number.NaN) * 1000;
  const fps = rate(stream.avg_frame_rate ?? '');
  return {
    width: stream.width,
    height: stream.height,
    codec: stream.codec_name,
    ...(Number.isFinite(durationMs) ? { durationMs } : {}),
    ...(fps === undefined ? {} : { fps }),
  };
}

function parseAnswer(answer: string): z.output<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(answer));
  } catch (cause) {
    throw new SourceError('undecodable', 'ffprobe does not answer as expected', { cause });
  }
}

/** `30000/1001`; `0/0` where it is not known. */
function rate(text: string): number | undefined {
  const [numerator, denominator] = text.split('/').map(Number);
  const value = (numerator ?? 0) / (denominator ?? 1);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
