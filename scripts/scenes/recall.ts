// How well detectors trained on real pictures recognise our road users: the bar for realism.
// node dist/scripts/scenes/recall.js CLIP.mp4… [--models yolox_nano person-vehicle-bike-detection-2003]

import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { findModel } from '../../models/library.ts';
import { type Box, iou } from '../models/box-overlap.ts';
import { detectPicture, type FoundObject, type OpenModel, openModel } from '../models/detect-picture.ts';
import { repositoryRoot } from './browser.ts';
import { readTruth, type Truth, type TruthObject } from './truth-file.ts';

/** Counts of one group of road users. */
type Tally = { seen: number; found: number };

const GROUPS = ['car', 'bus', 'truck', 'two-wheeler', 'with rider', 'own class', 'vehicle'] as const;
type Group = (typeof GROUPS)[number];

const MIN_SCORE = 0.25;
const MIN_IOU = 0.5;
/** A road user counts as visible when less than this is hidden, and less than this lies outside the picture. */
const MOST_HIDDEN = 0.5;
const FOUR_WHEELS = new Set(['car', 'bus', 'truck', 'vehicle']);
const TWO_WHEELS = new Set(['motorcycle', 'bicycle']);

await new Command('recall')
  .argument('<clips...>', 'rendered clips, NAME.mp4 beside NAME.truth.jsonl.gz')
  .option('--models <names...>', 'model cards', ['yolox_nano', 'person-vehicle-bike-detection-2003'])
  .option(
    '--models-dir <directory>',
    'where the model files lie',
    process.env.NGATU_DATA
      ? join(process.env.NGATU_DATA, 'models')
      : join(repositoryRoot(), '../shared/data/models'),
  )
  .option('--min-height <pixels>', 'smallest box that counts', Number, 24)
  .option('--every <seconds>', 'time between judged frames', Number, 2)
  .action(
    async (
      clips: string[],
      options: { models: string[]; modelsDir: string; minHeight: number; every: number },
    ) => {
      console.log(
        `Recall at IoU ${MIN_IOU}, score ${MIN_SCORE}, boxes of at least ${options.minHeight} px, less than half hidden; a frame every ${options.every} s. "two-wheeler": found as one, whole or the machine alone; "with rider": or its rider or itself found under any class; "own class": all, strictly; "vehicle": all, two-wheelers with riders.`,
      );
      for (const name of options.models) {
        const model = await openModel(await findModel(name, [options.modelsDir]));
        console.log(`\n${name}\n${'scene'.padEnd(26)}${GROUPS.map((group) => group.padStart(18)).join('')}`);
        const total = emptyTallies();
        for (const clip of clips) {
          const truth = await readTruth(clip.replace(/\.mp4$/, '.truth.jsonl.gz'));
          const tallies = await judge(clip, truth, model, options);
          console.log(row(basename(clip, '.mp4'), tallies));
          for (const group of GROUPS) {
            total[group].seen += tallies[group].seen;
            total[group].found += tallies[group].found;
          }
        }
        console.log(row('all', total));
        await model.session.close();
      }
    },
  )
  .parseAsync();

async function judge(
  clip: string,
  truth: Truth,
  model: OpenModel,
  options: { minHeight: number; every: number },
): Promise<Record<Group, Tally>> {
  const { width, height, fps } = truth.header.picture;
  const tallies = emptyTallies();
  const step = Math.max(1, Math.round(options.every * fps));
  const bytes = width * height * 3;
  const ffmpeg = spawn(
    'ffmpeg',
    [
      '-loglevel',
      'error',
      '-i',
      clip,
      '-vf',
      `select=not(mod(n\\,${step}))`,
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let pending = Buffer.alloc(0);
  let index = 0;
  for await (const part of ffmpeg.stdout) {
    pending = Buffer.concat([pending, part as Buffer]);
    while (pending.length >= bytes) {
      const frame = truth.frames[index];
      if (frame) {
        const picture = { width, height, rgb: pending.subarray(0, bytes) };
        const { objects } = await detectPicture(model, picture, MIN_SCORE);
        tally(tallies, frame.objects, objects, options.minHeight);
      }
      pending = pending.subarray(bytes);
      index += step;
    }
  }
  return tallies;
}

function tally(
  tallies: Record<Group, Tally>,
  objects: readonly TruthObject[],
  found: readonly FoundObject[],
  minHeight: number,
): void {
  const used = new Set<FoundObject>();
  // Large ones first: they leave the small ones' detections alone.
  for (const object of [...objects].sort((a, b) => b.box[3] - b.box[1] - (a.box[3] - a.box[1]))) {
    if (object.class === 'person' || object.class === 'debris') continue;
    if (
      object.occlusion >= MOST_HIDDEN ||
      object.truncation >= MOST_HIDDEN ||
      object.box[3] - object.box[1] < minHeight
    )
      continue;
    const two = object.class === 'motorcycle' || object.class === 'bicycle';
    const boxes = [object.box, object.visibleBox, two ? object.machineBox : undefined];
    const hit = best(boxes, found, used, (roadUser) => (two ? TWO_WHEELS : FOUR_WHEELS).has(roadUser));
    // Detectors of COCO kind see a person and a machine: finding the rider is finding the road user.
    const rider = two ? best([object.riderBox, ...boxes], found, used, () => true) : undefined;
    const groups: [Group, FoundObject | undefined][] = two
      ? [
          ['two-wheeler', hit],
          ['with rider', hit ?? rider],
          ['own class', hit],
          ['vehicle', hit ?? rider],
        ]
      : [
          [object.class as 'car' | 'bus' | 'truck', hit],
          ['own class', hit],
          ['vehicle', hit],
        ];
    for (const [group, match] of groups) {
      tallies[group].seen += 1;
      if (match) tallies[group].found += 1;
    }
    for (const match of [hit, rider]) if (match) used.add(match);
  }
}

function best(
  boxes: readonly (Box | undefined)[],
  found: readonly FoundObject[],
  used: ReadonlySet<FoundObject>,
  fits: (roadUser: string) => boolean,
): FoundObject | undefined {
  let chosen: FoundObject | undefined;
  let most = MIN_IOU;
  for (const candidate of found) {
    if (used.has(candidate) || !fits(candidate.roadUser)) continue;
    for (const box of boxes) {
      if (!box) continue;
      const overlap = iou(box, candidate.box);
      if (overlap >= most) {
        most = overlap;
        chosen = candidate;
      }
    }
  }
  return chosen;
}

function emptyTallies(): Record<Group, Tally> {
  return Object.fromEntries(GROUPS.map((group) => [group, { seen: 0, found: 0 }])) as Record<Group, Tally>;
}

function row(name: string, tallies: Record<Group, Tally>): string {
  const cell = ({ seen, found }: Tally): string =>
    (seen === 0 ? '-' : `${(found / seen).toFixed(2)} of ${seen}`).padStart(18);
  return name.padEnd(26) + GROUPS.map((group) => cell(tallies[group])).join('');
}
