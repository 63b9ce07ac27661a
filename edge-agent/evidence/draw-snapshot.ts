// The picture of an incident: hidden faces and plates, the boxes of its road users, the region where it is, and a line of
// text. The same input gives the same bytes.

import sharp from 'sharp';
import { areasToHide, type Corners, hideAreas, type RoadUserBox } from './hide-identities.ts';
import { escaped } from './svg-text.ts';

/** All coordinates in pixels of `picture`. */
export type Scene = {
  /** Size that the coordinates refer to; the image may have another. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Everybody in the picture, also who has nothing to do with the incident. */
  readonly everybody: readonly RoadUserBox[];
  /** To be drawn. */
  readonly marked: readonly { readonly box: Corners; readonly label: string }[];
  readonly region?: readonly (readonly [number, number])[];
  /** Line at the lower edge. */
  readonly caption: string;
  /** Whether faces and plates are hidden. */
  readonly blur: boolean;
};

/** Enough for plates to be as sharp as the camera's own where they are not hidden; a 1080p picture is about 300 kB. */
const QUALITY = 85;

/** Gives a JPEG with the size of `image`. */
export async function drawSnapshot(image: Buffer, scene: Scene): Promise<Buffer> {
  const { data, info } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const scaleX = width / scene.picture.width;
  const scaleY = height / scene.picture.height;
  const scaled = ([x1, y1, x2, y2]: Corners): Corners => [x1 * scaleX, y1 * scaleY, x2 * scaleX, y2 * scaleY];
  if (scene.blur) {
    const boxes = scene.everybody.map(({ roadUser, box }) => ({ roadUser, box: scaled(box) }));
    await hideAreas({ data, width }, areasToHide(boxes, width, height));
  }
  const line = Math.max(2, Math.round(height / 300));
  const letter = Math.max(11, Math.round(height / 45));
  const shapes = [
    ...(scene.region === undefined
      ? []
      : [
          outline(
            scene.region.map(([x, y]) => [x * scaleX, y * scaleY] as const),
            line,
          ),
        ]),
    ...scene.marked.map(({ box, label }) => marked(scaled(box), label, line, letter)),
    captioned(scene.caption, width, height, letter),
  ];
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(overlay) }])
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

const MARK = '#ffd400';
const REGION = '#00c2ff';
const FONT = 'font-family="DejaVu Sans, sans-serif"';

function outline(points: readonly (readonly [number, number])[], line: number): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polygon points="${path}" fill="${REGION}" fill-opacity="0.12" stroke="${REGION}" stroke-width="${line}"/>`;
}

function marked([x1, y1, x2, y2]: Corners, label: string, line: number, letter: number): string {
  const frame = `<rect x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}" fill="none" stroke="${MARK}" stroke-width="${line}"/>`;
  const high = Math.round(letter * 1.4);
  // Above the box, or inside it at the picture's upper edge.
  const top = y1 >= high ? y1 - high : y1;
  const wide = Math.round(label.length * letter * 0.64 + letter * 0.6);
  const plate = `<rect x="${round(x1)}" y="${round(top)}" width="${wide}" height="${high}" fill="${MARK}"/>`;
  const text = `<text x="${round(x1 + letter * 0.3)}" y="${round(top + letter * 1.05)}" ${FONT} font-size="${letter}" fill="#000">${escaped(label)}</text>`;
  return frame + plate + text;
}

function captioned(caption: string, width: number, height: number, letter: number): string {
  const high = Math.round(letter * 1.6);
  const bar = `<rect x="0" y="${height - high}" width="${width}" height="${high}" fill="#000" fill-opacity="0.6"/>`;
  return `${bar}<text x="${letter / 2}" y="${height - Math.round(letter * 0.5)}" ${FONT} font-size="${letter}" fill="#fff">${escaped(caption)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
