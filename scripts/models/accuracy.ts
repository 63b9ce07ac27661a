// How well detectors find what labelled pictures show, and what a frame costs them: all models side by side in one run.
// Average precision as COCO defines it at IoU 0.5, see average-precision.ts; what counts as a vehicle, accuracy-targets.ts.
//
//   node dist/scripts/models/accuracy.js MANIFEST… [--models NAME|CARD.json …] [--json FILE] [--by-scene]

import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { roadUsersOf } from '../../edge-agent/detector/frame-shape.ts';
import { CardError, findModel } from '../../models/library.ts';
import { accuracyOfGroups, type JudgedByModels } from './accuracy-groups.ts';
import { type AccuracyReport, reportLines } from './accuracy-report.ts';
import { judgeTargets } from './accuracy-targets.ts';
import { detectPicture, type OpenModel, openModel } from './detect-picture.ts';
import { type LabelledPicture, ManifestError, readLabelledPictures } from './labelled-pictures.ts';
import { type Picture, pictureOfFile } from './picture-frame.ts';
import { type FrameTimes, timesInTurns } from './times-in-turns.ts';

type Options = {
  readonly models?: readonly string[];
  readonly modelsDir: readonly string[];
  readonly split: LabelledPicture['split'] | 'all';
  readonly minHeight: number;
  readonly every: number;
  readonly timed: number;
  readonly byScene?: boolean;
  readonly json?: string;
};

/** Ours, and those that it must beat; one that is not there is left out. */
const USUAL_MODELS = [
  'ngatu-road',
  'yolox_nano',
  'nanodet_m_320',
  'picodet_s_320_coco',
  'person-vehicle-bike-detection-2004',
];

/** Precision at high recall comes from weak detections: the curve is drawn from here, whatever a card's least score. */
const LEAST_SCORE = 0.01;

await new Command('accuracy')
  .description('Average precision of detectors against labelled pictures, with milliseconds a frame')
  .argument('<manifests...>', 'JSON Lines of labelled pictures, see scripts/models/labelled-pictures.ts')
  .option('--models <names...>', `names or card files (default: ${USUAL_MODELS.join(', ')})`)
  .option('--models-dir <directories...>', 'where the model files lie', [
    join(process.env.NGATU_DATA ?? '../shared/data', 'models'),
  ])
  .addOption(
    new Option('--split <split>', 'pictures of this split').choices(['test', 'train', 'all']).default('test'),
  )
  .option(
    '--min-height <pixels>',
    'lowest truth to find, in pixels of the picture at 512x288',
    numberFrom(0),
    8,
  )
  .option('--every <n>', 'only every n-th picture, for a quick look', numberFrom(1), 1)
  .option('--timed <n>', 'pictures to measure time with, 0: none', numberFrom(0), 200)
  .option('--by-scene', 'print scenes, too')
  .option('--json <file>', 'write everything here')
  .action((manifests: readonly string[], options: Options) =>
    run(manifests, options).catch((cause: unknown) => {
      if (!(cause instanceof CardError || cause instanceof ManifestError)) throw cause;
      console.error(cause.message);
      process.exitCode = 2;
    }),
  )
  .parseAsync();

async function run(manifests: readonly string[], options: Options): Promise<void> {
  const pictures = (await Promise.all(manifests.map(readLabelledPictures)))
    .flat()
    .filter(({ split }) => options.split === 'all' || split === options.split)
    .filter((_, index) => index % options.every === 0);
  if (pictures.length === 0)
    throw new ManifestError(
      `No picture of the split "${options.split}" in ${manifests.join(', ')}; see --split.`,
    );
  const models = await openModels(options);
  try {
    const judged = await judgeAll(models, pictures, options);
    const times = options.timed > 0 ? await timeAll(models, pictures, options.timed) : [];
    const report = reportOf(models, judged, times, options);
    for (const line of reportLines(report, options.byScene)) console.log(line);
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
  } finally {
    for (const { session } of models) await session.close();
  }
}

async function openModels({ models, modelsDir }: Options): Promise<OpenModel[]> {
  const opened: OpenModel[] = [];
  for (const name of models ?? USUAL_MODELS) {
    try {
      const found = await findModel(name, modelsDir);
      if (opened.some(({ card }) => card.name === found.card.name))
        throw new CardError(
          `Two cards are named "${found.card.name}"; results go by the name, give one another.`,
        );
      opened.push(await openModel(found));
    } catch (cause) {
      if (models || !(cause instanceof CardError)) throw cause;
      console.error(`${name} is not here, left out.`);
    }
  }
  if (opened.length === 0)
    throw new CardError(
      `None of the usual models is in ${modelsDir.join(', ')}; see --models and --models-dir.`,
    );
  return opened;
}

async function judgeAll(
  models: readonly OpenModel[],
  pictures: readonly LabelledPicture[],
  { minHeight }: Options,
): Promise<JudgedByModels[]> {
  const judged: JudgedByModels[] = [];
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} pictures, {eta_formatted} left' },
    Presets.shades_classic,
  );
  bar.start(pictures.length, 0);
  try {
    for (const picture of pictures) {
      const pixels = await loaded(picture);
      const judgements: [string, ReturnType<typeof judgeTargets>][] = [];
      for (const model of models) {
        const { objects } = await detectPicture(model, pixels, LEAST_SCORE);
        const told = roadUsersOf(model.card);
        judgements.push([model.card.name, judgeTargets(picture, objects, told, minHeight)]);
      }
      judged.push({ picture, judgements: new Map(judgements) });
      bar.increment();
    }
  } finally {
    bar.stop();
  }
  return judged;
}

/** Times with pictures that are spread evenly over all. */
async function timeAll(
  models: readonly OpenModel[],
  pictures: readonly LabelledPicture[],
  most: number,
): Promise<FrameTimes[]> {
  const step = Math.max(1, pictures.length / most);
  async function* spread(): AsyncGenerator<Picture> {
    for (let at = 0; at < pictures.length; at += step) {
      const picture = pictures[Math.floor(at)];
      if (picture) yield await loaded(picture);
    }
  }
  return await timesInTurns(models, spread());
}

async function loaded({ image, width, height }: LabelledPicture): Promise<Picture> {
  const picture = await pictureOfFile(image);
  if (picture.width !== width || picture.height !== height)
    throw new ManifestError(
      `${image} has ${picture.width}x${picture.height} pixels, its manifest says ${width}x${height}: the boxes would not fit. Make both anew.`,
    );
  return picture;
}

function reportOf(
  models: readonly OpenModel[],
  judged: readonly JudgedByModels[],
  times: readonly FrameTimes[],
  { minHeight }: Options,
): AccuracyReport {
  const minScores = new Map(models.map(({ card }) => [card.name, card.minScore]));
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return {
    machine: `one thread of ${processor} (${availableParallelism()} cores), Node ${process.version}`,
    minHeight,
    models: models.map(({ card }, index) => ({
      name: card.name,
      inputWidth: card.input.width,
      inputHeight: card.input.height,
      minScore: card.minScore,
      times: times[index],
    })),
    groups: accuracyOfGroups(judged, minScores),
  };
}

/** Reads a number of the command line; commander tells the user which option was wrong. */
function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least))
      throw new InvalidArgumentError(`Expected a number of at least ${least}.`);
    return value;
  };
}
