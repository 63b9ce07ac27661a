// How well detectors trained on real pictures recognise our road users: the bar for realism.
// node dist/scripts/scenes/recall.js CLIP.mp4… [--models yolox_nano person-vehicle-bike-detection-2003]

import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { ROAD_USERS } from '../../contract/index.ts';
import { frameShapeOf } from '../../edge-agent/detector/frame-shape.ts';
import { type DetectionSession, openDetectionSession } from '../../edge-agent/detector/inference-session.ts';
import type { FrameGeometry } from '../../edge-agent/source/frame.ts';
import type { ModelCard } from '../../models/card.ts';
import { findModel } from '../../models/library.ts';
import { repositoryRoot } from './browser.ts';
import { readTruth, type Truth, type TruthObject } from './truth-file.ts';

type Box = readonly [number, number, number, number];
type Found = { readonly box: Box; readonly roadUser: string };
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
        const { card, modelPath } = await findModel(name, [options.modelsDir]);
        const session = await openDetectionSession({ card, modelPath, threads: 1, executionProvider: 'cpu' });
        console.log(`\n${name}\n${'scene'.padEnd(26)}${GROUPS.map((group) => group.padStart(18)).join('')}`);
        const total = emptyTallies();
        for (const clip of clips) {
          const truth = await readTruth(clip.replace(/\.mp4$/, '.truth.jsonl.gz'));
          const tallies = await judge(clip, truth, card, session, options);
          console.log(row(basename(clip, '.mp4'), tallies));
          for (const group of GROUPS) {
            total[group].seen += tallies[group].seen;
            total[group].found += tallies[group].found;
          }
        }
        console.log(row('all', total));
        await session.close();
      }
    },
  )
  .parseAsync();

async function judge(
  clip: string,
  truth: Truth,
  card: ModelCard,
  session: DetectionSession,
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
        const found = await detect(pending.subarray(0, bytes), width, height, card, session);
        tally(tallies, frame.objects, found, options.minHeight);
      }
      pending = pending.subarray(bytes);
      index += step;
    }
  }
  return tallies;
}

async function detect(
  rgb: Buffer,
  width: number,
  height: number,
  card: ModelCard,
  session: DetectionSession,
): Promise<Found[]> {
  const shape = frameShapeOf(card);
  const scale = Math.min(shape.width / width, shape.height / height);
  const stretch = shape.fit === 'stretch';
  const inner = stretch
    ? { width: shape.width, height: shape.height }
    : { width: Math.round(width * scale), height: Math.round(height * scale) };
  const centred = shape.fit === 'letterbox-centre';
  const left = centred ? Math.floor((shape.width - inner.width) / 2) : 0;
  const top = centred ? Math.floor((shape.height - inner.height) / 2) : 0;
  const pad = { r: shape.padValue, g: shape.padValue, b: shape.padValue };
  const pixels = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ ...inner, fit: 'fill', kernel: 'linear' })
    .extend({
      left,
      top,
      right: shape.width - inner.width - left,
      bottom: shape.height - inner.height - top,
      background: pad,
    })
    .raw()
    .toBuffer();
  const area = shape.width * shape.height;
  const planes = new Uint8Array(area * 3);
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++)
      planes[c * area + i] = pixels[i * 3 + (shape.colourOrder === 'bgr' ? 2 - c : c)] as number;
  }
  const geometry: FrameGeometry = {
    sourceWidth: width,
    sourceHeight: height,
    scaleX: inner.width / width,
    scaleY: inner.height / height,
    offsetX: left,
    offsetY: top,
    originX: 0,
    originY: 0,
  };
  const result = await session.detect(planes, geometry, MIN_SCORE);
  return Array.from({ length: result.count }, (_, i): Found => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = result.boxes.subarray(i * 4, i * 4 + 4);
    return { box: [x1, y1, x2, y2], roadUser: ROAD_USERS[result.roadUsers[i] ?? 0] ?? 'vehicle' };
  });
}

function tally(
  tallies: Record<Group, Tally>,
  objects: readonly TruthObject[],
  found: readonly Found[],
  minHeight: number,
): void {
  const used = new Set<Found>();
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
    const groups: [Group, Found | undefined][] = two
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
  found: readonly Found[],
  used: ReadonlySet<Found>,
  fits: (roadUser: string) => boolean,
): Found | undefined {
  let chosen: Found | undefined;
  let most = MIN_IOU;
  for (const candidate of found) {
    if (used.has(candidate) || !fits(candidate.roadUser)) continue;
    for (const box of boxes) {
      if (!box) continue;
      const iou = overlap(box, candidate.box);
      if (iou >= most) {
        most = iou;
        chosen = candidate;
      }
    }
  }
  return chosen;
}

function overlap(a: Box, b: Box): number {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h);
}

function emptyTallies(): Record<Group, Tally> {
  return Object.fromEntries(GROUPS.map((group) => [group, { seen: 0, found: 0 }])) as Record<Group, Tally>;
}

function row(name: string, tallies: Record<Group, Tally>): string {
  const cell = ({ seen, found }: Tally): string =>
    (seen === 0 ? '-' : `${(found / seen).toFixed(2)} of ${seen}`).padStart(18);
  return name.padEnd(26) + GROUPS.map((group) => cell(tallies[group])).join('');
}
