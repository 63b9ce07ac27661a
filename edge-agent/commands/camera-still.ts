// The newest picture of a camera for the control centre, with faces and number plates hidden in it unless the box says
// otherwise.

import sharp from 'sharp';
import type { ResultOf } from '../../contract/index.ts';
import type { FootageMoment, InTurn, Still } from '../evidence/footage.ts';
import { areasToHide, type Corners, hideAreas, type RoadUserBox } from '../evidence/hide-identities.ts';

export type StillRequest = {
  readonly image: Buffer;
  /** Size that the boxes refer to: that of the camera's configuration. */
  readonly picture: { readonly width: number; readonly height: number };
  /** Everybody in it who might have a face or a plate. */
  readonly everybody: readonly RoadUserBox[];
  readonly blur: boolean;
};

/** Where the pictures of a camera come from. */
export type StillSource = (at: FootageMoment, inTurn: InTurn) => Promise<Still>;

export type Jpeg = { readonly jpeg: Buffer; readonly width: number; readonly height: number };

export type SnapshotResult = ResultOf<'snapshot'>;

/** Wider ones are made smaller: lines are drawn to the pixel of a full-HD picture. */
const MAX_WIDTH = 1920;

/** As base64 below what a reply may hold. */
const MAX_BYTES = 700_000;

/** From good to poor; the first that is small enough. */
const QUALITIES = [85, 70, 50, 30] as const;

/** Rejects when the image is none. */
export async function stillJpeg({ image, picture, everybody, blur }: StillRequest): Promise<Jpeg> {
  const { data, info } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .resize({ width: MAX_WIDTH, withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (blur) {
    const scaleX = width / picture.width;
    const scaleY = height / picture.height;
    const scaled = ([x1, y1, x2, y2]: Corners): Corners => [
      x1 * scaleX,
      y1 * scaleY,
      x2 * scaleX,
      y2 * scaleY,
    ];
    const boxes = everybody.map(({ roadUser, box }) => ({ roadUser, box: scaled(box) }));
    await hideAreas({ data, width }, areasToHide(boxes, width, height));
  }
  let jpeg = Buffer.alloc(0);
  for (const quality of QUALITIES) {
    jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
    if (jpeg.length <= MAX_BYTES) break;
  }
  return { jpeg, width, height };
}
