// One frame of each rendered scene with its truth boxes, on one sheet: for eyes, and for the documentation.
// node dist/scripts/scenes/contact-sheet.js OUT.jpg CLIP.mp4… [--at SECONDS] [--width PIXELS]

import { spawn } from 'node:child_process';
import { Command } from 'commander';
import sharp from 'sharp';
import { readTruth, type Truth, type TruthClass } from './truth-file.ts';

const COLOURS: Readonly<Record<TruthClass, string>> = {
  car: '#39c5ff',
  motorcycle: '#ffd23f',
  bus: '#ff7ad9',
  truck: '#ff8c42',
  bicycle: '#a3ff5c',
  person: '#ffffff',
  debris: '#ff3030',
};
/** Boxes that nobody could see are left out. */
const MOST_HIDDEN = 0.9;

if (process.argv[1]?.includes('contact-sheet')) {
  await new Command('contact-sheet')
    .argument('<out>', 'the picture to write, .jpg or .png')
    .argument('<clips...>', 'rendered clips, NAME.mp4 beside NAME.truth.jsonl.gz')
    .option('--at <seconds>', 'moment of the frame', Number)
    .option('--width <pixels>', 'width of one picture', Number, 480)
    .option('--columns <count>', 'pictures in a row', Number, 3)
    .option('--plain', 'without boxes')
    .action(
      async (
        out: string,
        clips: string[],
        options: { at?: number; width: number; columns: number; plain?: boolean },
      ) => {
        await writeSheet(out, clips, options);
      },
    )
    .parseAsync();
}

export async function writeSheet(
  out: string,
  clips: readonly string[],
  options: { at?: number; width: number; columns: number; plain?: boolean },
): Promise<void> {
  const tiles: Buffer[] = [];
  let height = 0;
  for (const clip of clips) {
    const truth = await readTruth(clip.replace(/\.mp4$/, '.truth.jsonl.gz'));
    const at = options.at ?? tellingMoment(truth);
    const picture = await annotate(clip, truth, at, options.plain ?? false);
    const tile = await sharp(picture).resize({ width: options.width }).toBuffer({ resolveWithObject: true });
    height = Math.max(height, tile.info.height);
    tiles.push(tile.data);
  }
  const columns = Math.min(options.columns, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const sheet = sharp({
    create: { width: columns * options.width, height: rows * height, channels: 3, background: '#101010' },
  }).composite(
    tiles.map((input, index) => ({
      input,
      left: (index % columns) * options.width,
      top: Math.floor(index / columns) * height,
    })),
  );
  await (out.endsWith('.png') ? sheet.png() : sheet.jpeg({ quality: 74, mozjpeg: true })).toFile(out);
}

/** The middle of the first visible incident, or the frame with most road users in the picture. */
function tellingMoment(truth: Truth): number {
  const incident = truth.incidents.find(({ visibleFrom }) => visibleFrom !== undefined);
  const camera =
    truth.incidents.find(({ kind }) => kind === 'camera-obscured') ??
    truth.incidents.find(({ kind }) => kind.startsWith('camera'));
  if (incident?.visibleFrom !== undefined)
    return (
      (incident.visibleFrom +
        Math.min(incident.visibleTo ?? incident.visibleFrom, incident.visibleFrom + 8)) /
      2
    );
  if (camera) return Math.min(camera.onset + 1, (truth.header.frames - 1) / truth.header.picture.fps);
  const busiest = [...truth.frames].sort((a, b) => b.objects.length - a.objects.length)[0];
  return busiest?.t ?? 0;
}

async function annotate(clip: string, truth: Truth, at: number, plain: boolean): Promise<Buffer> {
  const { width, height, fps } = truth.header.picture;
  const index = Math.min(truth.frames.length - 1, Math.round(at * fps));
  const png = await grab(clip, index, fps);
  if (plain) return png;
  const shapes: string[] = truth.header.lines.map(
    ({ picture: { from, to } }) =>
      `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="#ff2bd6" stroke-width="${width / 320}"/>`,
  );
  for (const object of truth.frames[index]?.objects ?? []) {
    if (object.occlusion > MOST_HIDDEN) continue;
    const [x1, y1, x2, y2] = object.box;
    shapes.push(
      `<rect x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none" stroke="${COLOURS[object.class]}" stroke-width="${width / 640}"/>`,
    );
  }
  const title = `${truth.header.scene}  ${at.toFixed(1)} s`;
  shapes.push(
    `<rect width="${title.length * width * 0.0125 + 8}" height="${width / 36}" fill="#000a"/><text x="5" y="${width / 48}" font-size="${width / 48}" font-family="DejaVu Sans Mono" fill="#fff">${title}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return await sharp(png)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

async function grab(clip: string, index: number, fps: number): Promise<Buffer> {
  const ffmpeg = spawn(
    'ffmpeg',
    [
      '-loglevel',
      'error',
      '-ss',
      String(Math.max(0, (index - 0.3) / fps)),
      '-i',
      clip,
      '-frames:v',
      '1',
      '-c:v',
      'png',
      '-f',
      'image2pipe',
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const parts: Buffer[] = [];
  for await (const part of ffmpeg.stdout) parts.push(part as Buffer);
  if (parts.length === 0) throw new Error(`ffmpeg gave no picture for frame ${index} of ${clip}`);
  return Buffer.concat(parts);
}
