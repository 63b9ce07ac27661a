// Where faces and number plates may be in a picture, and how they are made unrecognisable. There is no model of
// faces or plates: the places follow from the boxes of road users, generously, so that more is hidden than need be.

import sharp from 'sharp';
import type { RoadUser } from '../../contract/index.ts';

/** `[x1, y1, x2, y2]` in pixels of the picture. */
export type Corners = readonly [number, number, number, number];

export type RoadUserBox = { readonly roadUser: RoadUser; readonly box: Corners };

/** Whole pixels inside a picture. */
export type Area = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** A band across a box, as shares of its height from its upper edge; it may reach beyond the box. */
type Band = { readonly from: number; readonly to: number };

/**
 * The head is the upper eighth of someone who stands, more of a rider and of someone who stoops or is a child beside an
 * adult in one box; detectors cut hats and hair. Of riders, a passenger's head is in the same band.
 */
const FACE: Band = { from: -0.12, to: 0.36 };

/**
 * A camera above the road sees the near end of a vehicle, with its plate, at the lower end of the box. Plates sit 0.3 to 1.2 m
 * above the road, which is less than half of the height of the near end of a car.
 */
const PLATE: Band = { from: 0.42, to: 1.06 };

/** Of a motorcycle with its rider: the machine's lower part. */
const MOTORCYCLE_PLATE: Band = { from: 0.5, to: 1.05 };

/** Boxes are a little off sideways too. */
const SIDE_SHARE = 0.08;

export function areasToHide(boxes: readonly RoadUserBox[], width: number, height: number): Area[] {
  return boxes.flatMap(({ roadUser, box }) =>
    bandsOf(roadUser).flatMap((band) => areaOf(box, band, width, height) ?? []),
  );
}

/**
 * Replaces the areas by a few flat cells each, smoothed: what a cell's mean does not tell cannot be brought back.
 * @param picture pixels, 3 bytes each, row by row; changed in place
 */
export async function hideAreas(
  picture: { readonly data: Buffer; readonly width: number },
  areas: readonly Area[],
): Promise<void> {
  for (const area of areas) {
    const { width, height } = area;
    const cut = sharp(cutOut(picture, area), { raw: { width, height, channels: 3 } });
    const cell = cellOf(width, height);
    const columns = Math.max(1, Math.round(width / cell));
    const rows = Math.max(1, Math.round(height / cell));
    const small = await cut.resize(columns, rows, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
    const hidden = await sharp(small, { raw: { width: columns, height: rows, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'nearest' })
      .blur(Math.max(0.5, cell / 3))
      .raw()
      .toBuffer();
    putBack(picture, area, hidden);
  }
}

function bandsOf(roadUser: RoadUser): readonly Band[] {
  switch (roadUser) {
    case 'person':
    case 'bicycle':
      return [FACE];
    case 'motorcycle':
      return [FACE, MOTORCYCLE_PLATE];
    case 'car':
    case 'truck':
    case 'bus':
    case 'vehicle':
      return [PLATE];
  }
}

function areaOf(box: Corners, { from, to }: Band, width: number, height: number): Area | undefined {
  const [x1, y1, x2, y2] = box;
  const side = (x2 - x1) * SIDE_SHARE;
  const tall = y2 - y1;
  const left = Math.max(0, Math.floor(x1 - side));
  const right = Math.min(width, Math.ceil(x2 + side));
  const top = Math.max(0, Math.floor(y1 + from * tall));
  const bottom = Math.min(height, Math.ceil(y1 + to * tall));
  if (!(right > left && bottom > top)) return undefined;
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * A twelfth of the longer side, which is wider than a character of the plate of a car that fills the area (a plate is a
 * quarter of a car's width and has 7 characters or more) and a fourth of a head; never less than 8 pixels.
 */
function cellOf(width: number, height: number): number {
  return Math.max(8, Math.min(Math.max(width, height) / 12, Math.min(width, height) / 3));
}

function cutOut({ data, width }: { data: Buffer; width: number }, area: Area): Buffer {
  const cut = Buffer.allocUnsafe(area.width * area.height * 3);
  for (let row = 0; row < area.height; row++) {
    const from = ((area.top + row) * width + area.left) * 3;
    data.copy(cut, row * area.width * 3, from, from + area.width * 3);
  }
  return cut;
}

function putBack({ data, width }: { data: Buffer; width: number }, area: Area, cut: Buffer): void {
  for (let row = 0; row < area.height; row++) {
    const to = ((area.top + row) * width + area.left) * 3;
    cut.copy(data, to, row * area.width * 3, (row + 1) * area.width * 3);
  }
}
