// The picture of the README: a frame of the demo's clip with its line and what the model finds, beside the last
// screen of a run. After a run of the demo, in the project's folder:
//
//   node dist/scripts/demo/picture.js [docs/images/demo.png] [--at SECONDS] [--run .ngatu/demo/RUN]

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { pino } from 'pino';
import sharp, { type Sharp } from 'sharp';
import type { Detections } from '../../edge-agent/detector/detections.ts';
import { openDetectorPool } from '../../edge-agent/detector/detector-pool.ts';
import { DEFAULT_MODEL } from '../../models/default-model.ts';
import { findModel } from '../../models/library.ts';
import { boxShapes } from '../models/draw-boxes.ts';
import { frameFromPicture, type Picture, pictureOfClip } from '../models/picture-frame.ts';
import { RUNS_FOLDER, SCREEN_FILE } from './run-folder.ts';
import { DEFAULT_CLIP } from './scene.ts';
import { findTruth, type SceneLine } from './scene-truth.ts';
import { LINE_HEIGHT, screenShapes, widthOfScreen } from './screen-picture.ts';

type Options = {
  readonly at: number;
  readonly clip: string;
  readonly model: string;
  readonly modelsDir: readonly string[];
  readonly run?: string;
};

async function drawDemo(out: string, { at, clip, model, modelsDir, run }: Options): Promise<void> {
  const screen = (await readFile(join(run ?? (await newestRun()), SCREEN_FILE), 'utf8')).trimEnd();
  const lines = (await findTruth(clip))?.lines ?? [];
  const picture = await pictureOfClip(clip, at);
  const detections = await detect(picture, model, modelsDir);
  const caption = `${basename(clip)}, ${at.toFixed(1)} s: what ${basename(model, '.json')} finds, and the counting line`;
  await mkdir(dirname(out), { recursive: true });
  await (await compose(picture, detections, lines, caption, screen)).toFile(out);
  process.stdout.write(`${out}\n`);
}

/** Pixels of the file for one of the layout, so that small letters stay sharp. */
const DENSITY = 1.5;
const GAP = 16;
const BACKGROUND = '#14171c';
const LINE_COLOUR = '#ff2bd6';

async function compose(
  picture: Picture,
  detections: Detections,
  lines: readonly SceneLine[],
  caption: string,
  screen: string,
): Promise<Sharp> {
  const { width, height, rgb } = picture;
  const rows = screen.split('\n').length;
  const innerHeight = Math.max(rows * LINE_HEIGHT, height + 2 * LINE_HEIGHT);
  const total = {
    width: GAP + width + 2 * GAP + widthOfScreen(screen) + GAP,
    height: GAP + innerHeight + GAP,
  };
  const shapes = [
    `<g transform="translate(${GAP} ${GAP})">`,
    ...lines.map(
      ({ from, to }) =>
        `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="${LINE_COLOUR}" stroke-width="2"/>`,
    ),
    ...boxShapes(detections, 1),
    ...screenShapes(`\u001b[2m${caption}\u001b[22m`, 0, height + LINE_HEIGHT / 2),
    '</g>',
    ...screenShapes(screen, GAP + width + 2 * GAP, GAP),
  ];
  const [pixelWidth, pixelHeight] = [total.width * DENSITY, total.height * DENSITY].map(Math.round);
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${pixelWidth}" height="${pixelHeight}" viewBox="0 0 ${total.width} ${total.height}">${shapes.join('')}</svg>`;
  const frame = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(Math.round(width * DENSITY))
    .png()
    .toBuffer();
  const corner = Math.round(GAP * DENSITY);
  return sharp({
    create: { width: pixelWidth ?? 1, height: pixelHeight ?? 1, channels: 3, background: BACKGROUND },
  })
    .composite([{ input: frame, left: corner, top: corner }, { input: Buffer.from(overlay) }])
    .png({ palette: true, quality: 90, effort: 10 });
}

async function detect(picture: Picture, model: string, modelsDir: readonly string[]): Promise<Detections> {
  const found = await findModel(model, modelsDir);
  const logger = pino({ level: 'silent' });
  const pool = await openDetectorPool({ ...found, workers: 1, threadsPerWorker: 1, logger });
  try {
    return await pool.detect(await frameFromPicture(picture, pool.shape), 'camera');
  } finally {
    await pool.close();
  }
}

async function newestRun(): Promise<string> {
  const folder = resolve(RUNS_FOLDER);
  for (const name of (await readdir(folder).catch(() => [])).sort().toReversed()) {
    if ((await readdir(join(folder, name))).includes(SCREEN_FILE)) return join(folder, name);
  }
  throw new Error(
    `No run of the demo in ${folder} has left its screen: run "npm run demo -- --duration 60s"`,
  );
}

// At the end: what stands above has to be initialised.
await new Command('picture')
  .argument('[out]', 'the PNG to write', 'docs/images/demo.png')
  .option('--at <seconds>', 'moment of the frame', Number, 6)
  .option('--run <folder>', "folder of the demo's run (default: the newest one that has ended)")
  .option('--clip <file>', 'clip of that run', DEFAULT_CLIP)
  .option('--model <card>', 'model of that run', DEFAULT_MODEL)
  .option('--models-dir <dirs...>', 'folders with cards and ONNX files', [])
  .action(drawDemo)
  .parseAsync();
