// Shows all models side by side: boxes drawn on real pictures, and a table of what a frame costs, measured in
// turns in one run so that a busy machine is busy for all of them alike.
//
//   node dist/scripts/models/compare.js --models-dir DIR --clip FILE@SECONDS [--clip …] [--out DIR]

import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { pino } from 'pino';
import { ROAD_USERS } from '../../contract/index.ts';
import type { Detections } from '../../edge-agent/detector/detections.ts';
import { type DetectorPool, openDetectorPool } from '../../edge-agent/detector/detector-pool.ts';
import { type FoundCard, listCards, locateModel } from '../../models/library.ts';
import { drawBoxes } from './draw-boxes.ts';
import { frameFromPicture, type Picture, pictureOfClip } from './picture-frame.ts';
import { quantile } from './times-in-turns.ts';

type Options = {
  readonly modelsDir: readonly string[];
  readonly clip: readonly string[];
  readonly out: string;
  readonly rounds: string;
  readonly threads: string;
  readonly model?: readonly string[];
};

type Contestant = {
  readonly name: string;
  readonly input: string;
  readonly pool: DetectorPool;
  readonly inferenceMs: number[];
  readonly aroundMs: number[];
};

await new Command('compare')
  .requiredOption('--models-dir <dirs...>', 'folders with ONNX files')
  .requiredOption('--clip <clips...>', 'FILE@SECONDS: a clip and the moment of the picture')
  .option('--model <names...>', 'only these models')
  .option('--out <dir>', 'where drawings go', '.ngatu/compare')
  .option('--rounds <n>', 'timed frames a model', '30')
  .option('--threads <n>', 'threads of one inference', '1')
  .action(compare)
  .parseAsync();

async function compare(options: Options): Promise<void> {
  await mkdir(options.out, { recursive: true });
  const { cards } = await listCards(options.modelsDir);
  const wanted = cards.filter(({ card }) => options.model?.includes(card.name) ?? true);
  const contestants = await openAll(wanted, options);
  const pictures = await Promise.all(
    options.clip.map(async (clip) => {
      const [file = '', atS = '0'] = clip.split('@');
      return {
        title: `${basename(file).replace(/\.\w+$/, '')}-${atS}s`,
        picture: await pictureOfClip(file, Number(atS)),
      };
    }),
  );

  for (const { title, picture } of pictures) {
    console.log(`\n${title} (${picture.width}x${picture.height})`);
    for (const { name, pool } of contestants) {
      const detections = await pool.detect(await frameFromPicture(picture, pool.shape));
      await drawBoxes(picture, detections, join(options.out, `${title}.${name}.png`));
      console.log(`  ${name.padEnd(38)} ${countsOf(detections)}`);
    }
  }
  const [first] = pictures;
  if (first) await time(contestants, first.picture, Number(options.rounds));
  await Promise.all(contestants.map(({ pool }) => pool.close()));
}

async function openAll(wanted: readonly FoundCard[], options: Options): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const found of wanted) {
    const { card } = found;
    const modelPath = locateModel(found, options.modelsDir);
    if (!modelPath) {
      console.log(`${card.name}: file missing, left out`);
      continue;
    }
    const logger = pino({ level: 'warn' });
    const pool = await openDetectorPool({
      card,
      modelPath,
      threadsPerWorker: Number(options.threads),
      logger,
    });
    const input = `${card.input.width}x${card.input.height}`;
    contestants.push({ name: card.name, input, pool, inferenceMs: [], aroundMs: [] });
  }
  return contestants;
}

async function time(contestants: readonly Contestant[], picture: Picture, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { pool, inferenceMs, aroundMs } of contestants) {
      const frame = await frameFromPicture(picture, pool.shape);
      const before = pool.stats;
      const from = performance.now();
      await pool.detect(frame);
      const wholeMs = performance.now() - from;
      const ownMs = pool.stats.inferenceMs - before.inferenceMs;
      inferenceMs.push(ownMs);
      aroundMs.push(wholeMs - ownMs);
    }
  }
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${rounds} rounds in turns`,
  );
  console.log(`${'model'.padEnd(38)} ${'input'.padEnd(9)} infer ms  p95   around ms  p95`);
  for (const { name, input, inferenceMs, aroundMs } of contestants) {
    const [infer, inferP95, around, aroundP95] = [
      quantile(inferenceMs, 0.5),
      quantile(inferenceMs, 0.95),
      quantile(aroundMs, 0.5),
      quantile(aroundMs, 0.95),
    ].map((ms) => ms.toFixed(1).padStart(6));
    console.log(`${name.padEnd(38)} ${input.padEnd(9)} ${infer} ${inferP95}    ${around} ${aroundP95}`);
  }
}

function countsOf(detections: Detections): string {
  const counts = ROAD_USERS.map(
    (roadUser, index) => `${detections.roadUsers.filter((found) => found === index).length} ${roadUser}`,
  );
  return counts.filter((count) => !count.startsWith('0 ')).join(', ') || 'nothing';
}
