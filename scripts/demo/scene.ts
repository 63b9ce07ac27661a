// What the demo's camera sees: which clip or stream, how large its picture is, and where the counting line lies.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CardError, findCard, howToGet, locateModel } from '../../models/library.ts';
import { DemoError } from './demo-error.ts';
import type { DemoOptions } from './options.ts';

export type Scene = {
  readonly camera: string;
  /** For people. */
  readonly name: string;
  readonly picture: { readonly width: number; readonly height: number };
  /** Height of the counting line, which runs from left to right over the whole picture, px from the top. */
  readonly lineY: number;
  /** A clip for the simulated camera, or the address of a real one. */
  readonly source: { readonly clip: string } | { readonly stream: URL };
  readonly model: string;
  readonly modelDirectories: readonly string[];
};

/** Until the project has a clip and a model of its own, they lie beside the checkout. */
const DATA_FOLDER = '../shared/data';
const DEFAULT_CLIP = 'videos/tuuguu_traffic.mp4';
/** Where vehicles on the default clip are largest and still apart, px. */
const DEFAULT_CLIP_LINE_Y = 250;
const DEFAULT_MODEL = 'yolox_nano';

/** A real camera's size is not asked for: coordinates refer to this one, whatever the camera sends. */
const NOMINAL_PICTURE = { width: 1280, height: 720 };

/** Throws DemoError when clip or model are not there, or the clip cannot be read. `folder` takes a converted clip. */
export async function prepareScene(
  options: DemoOptions,
  folder: string,
  signal: AbortSignal,
): Promise<Scene> {
  const data = resolve(process.env.NGATU_DATA ?? DATA_FOLDER);
  const common = {
    model: options.model ?? DEFAULT_MODEL,
    modelDirectories: [join(data, 'models')].filter((path) => existsSync(path)),
  };
  if (options.rtsp !== undefined) {
    await checkModel(common.model, common.modelDirectories);
    return {
      ...common,
      camera: 'camera-1',
      name: `Camera at ${options.rtsp.host}`,
      picture: NOMINAL_PICTURE,
      lineY: NOMINAL_PICTURE.height / 2,
      source: { stream: options.rtsp },
    };
  }
  const clip = options.clip ?? join(data, DEFAULT_CLIP);
  if (!existsSync(clip)) {
    throw new DemoError(
      options.clip === undefined
        ? `The demo's clip ${clip} is missing: pass --clip with one of your own, or --rtsp with a camera's address.`
        : `There is no clip ${clip}: pass --clip with the path of a video file.`,
    );
  }
  const video = await probe(clip, signal);
  await checkModel(common.model, common.modelDirectories);
  return {
    ...common,
    camera: 'nga-tu-1',
    name: 'Ngã tư Lạch Tray',
    picture: { width: video.width, height: video.height },
    lineY: options.clip === undefined ? DEFAULT_CLIP_LINE_Y : Math.round(video.height / 2),
    source: { clip: video.codec === 'h264' ? clip : await convert(clip, folder, signal) },
  };
}

/** Before anything is started, although the agent would tell it too. */
async function checkModel(model: string, directories: readonly string[]): Promise<void> {
  const found = await findCard(model, directories).catch((cause: unknown) => {
    if (!(cause instanceof CardError)) throw cause;
    throw new DemoError(cause.message, { cause });
  });
  if (locateModel(found, directories) !== undefined) return;
  throw new DemoError(
    `The file ${found.card.file} of the model ${found.card.name} is missing: pass --model with a card that has its file beside it. ${howToGet(found)}.`,
  );
}

type Video = { readonly codec: string; readonly width: number; readonly height: number };

const run = promisify(execFile);

const probeSchema = z.object({
  streams: z.tuple([
    z.object({
      codec_name: z.string(),
      width: z.int().min(16),
      height: z.int().min(16),
      side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
    }),
  ]),
});

async function probe(clip: string, signal: AbortSignal): Promise<Video> {
  try {
    const { stdout } = await run(
      'ffprobe',
      ['-v', 'error', '-select_streams', 'v:0', '-show_streams', '-of', 'json', clip],
      { signal, timeout: 30_000 },
    );
    const [{ codec_name, width, height, side_data_list }] = probeSchema.parse(JSON.parse(stdout)).streams;
    const turned = side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90) ?? false;
    if (turned) return { codec: `${codec_name}, turned`, width: height, height: width };
    return { codec: codec_name, width, height };
  } catch (cause) {
    signal.throwIfAborted();
    throw new DemoError(`${clip} cannot be read as a video: pass a file with a video in it.`, { cause });
  }
}

/** Cameras send H.264, upright, with even sides; long clips are cut, a loop of them shows no more. */
const MAX_CONVERTED_S = 120;

async function convert(clip: string, folder: string, signal: AbortSignal): Promise<string> {
  const converted = join(folder, 'clip.mp4');
  const scale = 'scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p';
  try {
    await run(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'error', '-t', String(MAX_CONVERTED_S), '-i', clip, '-an', '-vf', scale],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-g', '50', '-bf', '0', '-y', converted],
      ],
      { signal },
    );
    return converted;
  } catch (cause) {
    signal.throwIfAborted();
    throw new DemoError(`${clip} cannot be converted to H.264, which the simulated camera sends.`, { cause });
  }
}
