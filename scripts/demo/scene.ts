// What the demo's cameras see: which clip or stream, how large the picture is, where the counting lines lie, and what
// really happens there, if that is known.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DEFAULT_MODEL } from '../../models/default-model.ts';
import { builtInDirectory, CardError, findCard, howToGet, locateModel } from '../../models/library.ts';
import { DemoError } from './demo-error.ts';
import type { DemoOptions } from './options.ts';
import { DIRECTIONS, findTruth, type SceneLine, type SceneTruth } from './scene-truth.ts';

export type Scene = {
  /** The first is the one whose counts are compared with the truth. */
  readonly cameras: readonly [DemoCamera, ...DemoCamera[]];
  readonly model: string;
  readonly modelDirectories: readonly string[];
};

export type DemoCamera = {
  readonly camera: string;
  /** For people. */
  readonly name: string;
  readonly picture: { readonly width: number; readonly height: number };
  /** Where to count, in pixels of the picture. */
  readonly lines: readonly SceneLine[];
  /** A clip for the simulated camera, or the address of a real one. */
  readonly source: { readonly clip: string } | { readonly stream: URL };
  /** Of a clip that we made: what a right count is. */
  readonly truth?: SceneTruth;
  /** A camera file that says all of this and more; only the address of the source is put in. */
  readonly file?: string;
};

/** Our own, rendered by `npm run scenes -- short-mixed`. */
export const DEFAULT_CLIP = fromCheckout('test/fixtures/scenes/short-mixed.mp4');

/** Stands beside it in the same box: there something happens, rendered by `npm run scenes -- demo-incident`. */
const INCIDENT_CAMERA: DemoCamera = {
  camera: 'le-hong-phong',
  name: 'Đường Lê Hồng Phong',
  picture: { width: 640, height: 360 },
  lines: [],
  source: { clip: fromCheckout('test/fixtures/scenes/demo-incident.mp4') },
  file: fromCheckout('scripts/demo/cameras/le-hong-phong.yaml'),
};

/** A real camera's size is not asked for: coordinates refer to this one, whatever the camera sends. */
const NOMINAL_PICTURE = { width: 1280, height: 720 };

/**
 * Throws DemoError when clip or model are not there, or clip or truth cannot be read. `folder` takes a converted clip.
 */
export async function prepareScene(
  options: DemoOptions,
  folder: string,
  signal: AbortSignal,
): Promise<Scene> {
  const { model = DEFAULT_MODEL, modelsDir: modelDirectories } = options;
  if (options.rtsp !== undefined) {
    await checkModel(model, modelDirectories);
    const camera: DemoCamera = {
      camera: 'camera-1',
      name: `Camera at ${options.rtsp.host}`,
      picture: NOMINAL_PICTURE,
      lines: [lineAcross(NOMINAL_PICTURE)],
      source: { stream: options.rtsp },
    };
    return { model, modelDirectories, cameras: [camera] };
  }
  const clip = options.clip ?? DEFAULT_CLIP;
  if (!existsSync(clip)) {
    throw new DemoError(
      options.clip === undefined
        ? `The demo's clip ${clip} is missing: the checkout is not complete. Pass --clip with one of your own, or --rtsp with a camera's address.`
        : `There is no clip ${clip}: pass --clip with the path of a video file.`,
    );
  }
  const video = await probe(clip, signal);
  const truth = await findTruth(clip);
  await checkModel(model, modelDirectories);
  const { width, height } = truth?.picture ?? video;
  const camera: DemoCamera = {
    camera: 'nga-tu-1',
    name: 'Ngã tư Lạch Tray',
    picture: { width, height },
    lines: truth?.lines ?? [lineAcross(video)],
    source: { clip: video.codec === 'h264' ? clip : await convert(clip, folder, signal) },
    ...(truth && { truth }),
  };
  return {
    model,
    modelDirectories,
    cameras: options.clip === undefined ? [camera, INCIDENT_CAMERA] : [camera],
  };
}

/** A file of the checkout, which the models' folder is in. */
export function fromCheckout(path: string): string {
  return join(builtInDirectory(), '..', path);
}

/** Where nothing is known of the picture: from left to right through its middle. */
function lineAcross({ width, height }: DemoCamera['picture']): SceneLine {
  const y = Math.round(height / 2);
  return { line: 'main', from: [0, y], to: [width, y], directions: DIRECTIONS };
}

/** Before anything is started, although the agent would tell it too. */
async function checkModel(model: string, directories: readonly string[]): Promise<void> {
  const found = await findCard(model, directories).catch((cause: unknown) => {
    if (!(cause instanceof CardError)) throw cause;
    throw new DemoError(cause.message, { cause });
  });
  if (locateModel(found, directories) !== undefined) return;
  throw new DemoError(
    `The file ${found.card.file} of the model ${found.card.name} is missing: pass --models-dir with the folder that holds it, or --model with another card. ${howToGet(found)}.`,
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
