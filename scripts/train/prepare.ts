// Pictures and labels to train and judge the detector, split by scene and camera, never by picture.
// node dist/scripts/train/prepare.js OUT_DIRECTORY --data ../shared/data --renders .ngatu/train/renders --scenes .ngatu/scenes
//
// Real pictures come with people's labels (topview, atl, openimages) or none (videos). The teacher, an accurate
// detector, adds what people left out; what it is unsure of is ignored, neither learnt nor judged.

import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { roadUserSchema } from '../../contract/index.ts';
import type { Box } from '../models/box-overlap.ts';
import type { LabelledPicture } from '../models/labelled-pictures.ts';
import { ffmpegOutput, type Picture } from '../models/picture-frame.ts';
import { readTruth } from '../scenes/truth-file.ts';
import { labelsOfFrame } from './frame-labels.ts';
import { type KnownBox, Teacher } from './teacher.ts';

/** Longer side of the pictures that are written: enough to train 512x288 at a zoom of 1.5. */
const LONGEST_SIDE = 768;
/** Held out for judging: topview cameras, atl cameras (by file name), and one photo in eight of Open Images. */
const TEST_TOPVIEW = new Set(['10', '5', '8', 'test2']);
const ATL_SCENES: readonly (readonly [string, RegExp])[] = [
  ['junction', /^\d{1,3}_/],
  ['night-highway', /^\d{4,6}_/],
  ['wide-highway', /^\d{7,8}_/],
  ['meadow-highway', /^\d{9,}_/],
  ['boulevard', /^[A-Z]/],
];
const TEST_ATL = new Set(['meadow-highway', 'junction']);
/** Clips for judging only; the day clip with a hand count stays out of training, too. */
const TEST_CLIPS: readonly { file: string; time: 'day' | 'night'; every: number }[] = [
  { file: 'car-detection.mp4', time: 'day', every: 1 },
  { file: 'opencv4nodejs_traffic.mp4', time: 'day', every: 1 },
  { file: 'tuuguu_traffic.mp4', time: 'day', every: 1 },
  { file: 'jamcam/815_201707211414.mp4', time: 'day', every: 1 },
  { file: 'jamcam/625_201709042122.mp4', time: 'night', every: 1 },
  { file: 'jamcam/625_201709042126.mp4', time: 'night', every: 1 },
];
/** The first bytes of every PNG file. */
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HAND_COUNTED = '625_201707211410.mp4';

/** A record without what `write` knows. */
type Entry = Omit<LabelledPicture, 'image' | 'width' | 'height' | 'boxes' | 'ignore'> & {
  name: string;
  picture: Picture;
  boxes: readonly KnownBox[];
  ignore: readonly Box[];
};

/** Each has its manifests: train-PART.jsonl and test-PART.jsonl. */
const PARTS = ['topview', 'atl', 'openimages', 'videos', 'scenes'] as const;

type Options = { data: string; renders: string; scenes?: string; only?: string };

await new Command('prepare')
  .argument('<out>', 'directory for pictures, train.jsonl and test.jsonl')
  .requiredOption('--data <directory>', 'folder with models, train and videos')
  .requiredOption('--renders <directory>', 'rendered variations to train on')
  .option('--scenes <directory>', 'rendered scenes of the library, to judge by')
  .option('--only <part>', `make only ${PARTS.join(', ')}`)
  .action(async (out: string, options: Options) => {
    await mkdir(join(out, 'images'), { recursive: true });
    for (const part of PARTS.filter((one) => !options.only || options.only === one)) {
      for (const split of ['train', 'test']) await rm(join(out, `${split}-${part}.jsonl`), { force: true });
      if (part === 'scenes') {
        await prepareRenders(out, options.renders, 'train');
        if (options.scenes) await prepareRenders(out, options.scenes, 'test');
      } else {
        const teacher = await Teacher.open(join(options.data, 'models'));
        if (part === 'videos') await prepareVideos(out, options.data, teacher);
        else await preparePictures(out, options.data, part, teacher);
        await teacher.close();
      }
      console.log(`${part} done`);
    }
  })
  .parseAsync();

async function preparePictures(
  out: string,
  data: string,
  set: 'topview' | 'atl' | 'openimages',
  teacher: Teacher,
): Promise<void> {
  const folder = join(data, 'train', set);
  const classes = (await readFile(join(folder, 'classes.txt'), 'utf8')).trim().split('\n');
  for (const file of (await readdir(join(folder, 'images'))).sort()) {
    const scene = sceneOf(set, file);
    // Topview was squeezed to a square by its publisher; its cameras are 16:9.
    const size = set === 'topview' ? { width: 768, height: 432 } : undefined;
    const picture = await load(await readFile(join(folder, 'images', file)), size);
    const text = await readFile(join(folder, 'labels', file.replace(/\.[^.]+$/, '.txt')), 'utf8');
    const people = await namedBoxes(text, classes, picture, teacher);
    const { boxes, ignore } = await teacher.complete(picture, people);
    await write(out, set, {
      name: `${set}-${file.replace(/\.[^.]+$/, '')}`,
      picture,
      split: isTest(set, scene, file) ? 'test' : 'train',
      source: set,
      scene: `${set}-${scene}`,
      time: scene === 'night-highway' ? 'night' : 'day',
      kind: 'real',
      labels: 'people',
      boxes,
      ignore,
    });
  }
}

async function prepareVideos(out: string, data: string, teacher: Teacher): Promise<void> {
  const jamcams = (await readdir(join(data, 'videos/jamcam')))
    .filter((file) => file !== HAND_COUNTED && !TEST_CLIPS.some((clip) => clip.file.endsWith(file)))
    .map((file) => ({ file: `jamcam/${file}`, time: 'day' as const, every: 0.5 }));
  for (const [split, clips] of [
    ['test', TEST_CLIPS],
    ['train', jamcams],
  ] as const) {
    for (const { file, time, every } of clips) {
      const name = basename(file, '.mp4');
      for (const [index, png] of (await framesOf(join(data, 'videos', file), `fps=${1 / every}`)).entries()) {
        const picture = await load(png);
        const { boxes, ignore } = await teacher.complete(picture, []);
        await write(out, 'videos', {
          name: `${name}-${String(index).padStart(3, '0')}`,
          picture,
          split,
          source: file.startsWith('jamcam') ? 'jamcam' : name,
          scene: name,
          time,
          kind: 'real',
          labels: 'teacher',
          boxes,
          ignore,
        });
      }
      console.log(`${file} done`);
    }
  }
}

function sceneOf(set: string, file: string): string {
  if (set === 'topview') return file.split('_')[0] ?? file;
  if (set === 'openimages') return file;
  const known = ATL_SCENES.find(([, pattern]) => pattern.test(file));
  if (!known) throw new Error(`${file} of atl belongs to no known camera; add its pattern to ATL_SCENES`);
  return known[0];
}

function isTest(set: string, scene: string, file: string): boolean {
  if (set === 'topview') return TEST_TOPVIEW.has(scene);
  if (set === 'atl') return TEST_ATL.has(scene);
  return Number.parseInt(file.slice(0, 4), 16) % 8 === 0;
}

/** YOLO text: `class cx cy w h`, relative. People's class names become ours; "vehicle" is settled by the class judges. */
async function namedBoxes(
  text: string,
  classes: readonly string[],
  picture: Picture,
  teacher: Teacher,
): Promise<KnownBox[]> {
  const found: KnownBox[] = [];
  for (const line of text.split('\n')) {
    const [label, cx = 0, cy = 0, w = 0, h = 0] = line.trim().split(/\s+/).map(Number);
    if (label === undefined || line.trim() === '') continue;
    const box = [
      (cx - w / 2) * picture.width,
      (cy - h / 2) * picture.height,
      (cx + w / 2) * picture.width,
      (cy + h / 2) * picture.height,
    ] as const;
    const name = classes[label] ?? '';
    const given = ({ bike: 'motorcycle', ambulance: 'truck' } as Record<string, string>)[name] ?? name;
    found.push({
      class: given === 'vehicle' ? await teacher.kindOf(picture, box) : roadUserSchema.parse(given),
      box,
    });
  }
  return found;
}

async function prepareRenders(out: string, folder: string, split: 'train' | 'test'): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.mp4')).sort()) {
    const truth = await readTruth(join(folder, file.replace(/\.mp4$/, '.truth.jsonl.gz')));
    const { fps } = truth.header.picture;
    const step = Math.max(1, Math.round(fps * 2));
    const pngs = await framesOf(join(folder, file), `select=not(mod(n\\,${step}))`);
    for (const [index, png] of pngs.entries()) {
      const frame = truth.frames[index * step];
      if (!frame) continue;
      const picture = await load(png);
      const scale = picture.width / truth.header.picture.width;
      await write(out, 'scenes', {
        name: `${basename(file, '.mp4')}-${String(index).padStart(3, '0')}`,
        picture,
        split,
        source: 'scenes',
        scene: truth.header.scene,
        time: truth.header.tags.time,
        kind: 'rendered',
        labels: 'truth',
        ...labelsOfFrame(frame, scale),
      });
    }
  }
  console.log(`${folder} done`);
}

async function load(bytes: Buffer, size?: { width: number; height: number }): Promise<Picture> {
  const resized = sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .resize({
      width: size?.width ?? LONGEST_SIDE,
      height: size?.height ?? LONGEST_SIDE,
      fit: size ? 'fill' : 'inside',
      withoutEnlargement: !size,
    });
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

async function write(out: string, part: string, { name, picture, ...entry }: Entry): Promise<void> {
  const { rgb, width, height } = picture;
  const image = `images/${name}.jpg`;
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toFile(join(out, image));
  const record: LabelledPicture = {
    image,
    width,
    height,
    ...entry,
    boxes: entry.boxes.map((one) => ({ class: one.class, box: rounded(one.box) })),
    ignore: entry.ignore.map(rounded),
  };
  await appendFile(join(out, `${entry.split}-${part}.jsonl`), `${JSON.stringify(record)}\n`);
}

function rounded([x1, y1, x2, y2]: Box): [number, number, number, number] {
  return [Number(x1.toFixed(1)), Number(y1.toFixed(1)), Number(x2.toFixed(1)), Number(y2.toFixed(1))];
}

/** Frames of a clip as PNG files in memory. */
async function framesOf(clip: string, filter: string): Promise<Buffer[]> {
  return split(
    await ffmpegOutput([
      ...['-nostdin', '-v', 'error', '-i', clip, '-vf', filter, '-fps_mode', 'passthrough'],
      ...['-c:v', 'png', '-f', 'image2pipe', 'pipe:1'],
    ]),
  );
}

function split(pngs: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let start = pngs.indexOf(PNG_START);
  while (start >= 0) {
    const next = pngs.indexOf(PNG_START, start + 8);
    found.push(pngs.subarray(start, next < 0 ? undefined : next));
    start = next;
  }
  return found;
}
