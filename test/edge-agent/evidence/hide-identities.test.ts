// What is hidden: faces at the upper end of people, plates at the near end of vehicles, in numbers of grey levels.

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RoadUser } from '../../../contract/index.ts';
import {
  type Area,
  areasToHide,
  type Corners,
  hideAreas,
} from '../../../edge-agent/evidence/hide-identities.ts';

const WIDTH = 400;
const HEIGHT = 300;

/** Black and white stripes of 2 px, as fine as the strokes of a plate's letters. */
function stripes(): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.fill((i % WIDTH) % 4 < 2 ? 0 : 255, i * 3, i * 3 + 3);
  return data;
}

/** Standard deviation of the grey levels in an area. */
async function spread(data: Buffer, area: Area): Promise<number> {
  const { channels } = await sharp(
    await sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .extract(area)
      .png()
      .toBuffer(),
  ).stats();
  return channels[0]?.stdev ?? 0;
}

function covers(areas: readonly Area[], [x1, y1, x2, y2]: Corners): boolean {
  return areas.some(
    ({ left, top, width, height }) => left <= x1 && top <= y1 && left + width >= x2 && top + height >= y2,
  );
}

describe.each<[RoadUser, string, Corners, Corners[]]>([
  ['person', 'the head of someone who stands', [100, 100, 130, 190], [[108, 98, 122, 112]]],
  ['bicycle', 'the head of a cyclist', [100, 100, 140, 190], [[112, 98, 128, 118]]],
  [
    'motorcycle',
    'the heads of rider and passenger, and the plate',
    [100, 100, 140, 180],
    [
      [105, 98, 135, 120],
      [112, 145, 128, 165],
    ],
  ],
  ['car', 'the plate of a car', [100, 100, 200, 180], [[130, 145, 170, 178]]],
  ['bus', 'the plate of a bus, low at its front', [50, 20, 150, 200], [[80, 160, 120, 198]]],
  ['truck', 'the plate of a truck', [50, 20, 150, 200], [[80, 150, 120, 198]]],
  ['vehicle', 'the plate of a vehicle of any kind', [100, 100, 200, 180], [[130, 145, 170, 178]]],
])('of a %s', (roadUser, what, box, places) => {
  it(`${what} is within what is hidden`, () => {
    const areas = areasToHide([{ roadUser, box }], WIDTH, HEIGHT);
    for (const place of places) expect(covers(areas, place), String(place)).toBe(true);
  });
});

describe('hiding', () => {
  it('leaves nothing of fine strokes inside, and every pixel outside as it was', async () => {
    const data = stripes();
    const areas = areasToHide([{ roadUser: 'car', box: [100, 100, 200, 180] }], WIDTH, HEIGHT);
    const [area] = areas;
    if (area === undefined) throw new Error('nothing is hidden');
    expect(await spread(data, area)).toBeGreaterThan(120);
    await hideAreas({ data, width: WIDTH }, areas);
    expect(await spread(data, area)).toBeLessThan(10);
    const before = stripes();
    for (let y = 0; y < HEIGHT; y++) {
      const isInside = y >= area.top && y < area.top + area.height;
      const row = (from: number, to: number) => [y * WIDTH * 3 + from * 3, y * WIDTH * 3 + to * 3] as const;
      for (const [from, to] of isInside
        ? [row(0, area.left), row(area.left + area.width, WIDTH)]
        : [row(0, WIDTH)]) {
        expect(data.subarray(from, to).equals(before.subarray(from, to))).toBe(true);
      }
    }
  });

  it('makes two different plates the same: what their mean does not tell is gone', async () => {
    const area = { left: 100, top: 100, width: 96, height: 48 };
    const plates = [0, 1].map((shift) => {
      const data = stripes();
      for (let y = 100; y < 148; y++) {
        for (let x = 100; x < 196; x++)
          data.fill((x + 2 * shift) % 4 < 2 ? 0 : 255, (y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3);
      }
      return data;
    });
    for (const data of plates) await hideAreas({ data, width: WIDTH }, [area]);
    const [one, other] = plates;
    let most = 0;
    for (let i = 0; i < WIDTH * HEIGHT * 3; i++) {
      const x = Math.floor(i / 3) % WIDTH;
      if (x >= 100 && x < 196) most = Math.max(most, Math.abs((one?.[i] ?? 0) - (other?.[i] ?? 0)));
    }
    expect(most).toBeLessThan(20);
  });

  it.each<[string, Corners]>([
    ['at the edge of the picture', [-20, -20, 30, 60]],
    ['of a few pixels', [10, 10, 12, 13]],
    ['that fills the picture', [0, 0, WIDTH, HEIGHT]],
    ['beyond the picture', [500, 500, 600, 600]],
    ['without any size', [50, 50, 50, 50]],
  ])('copes with a box %s', async (_, box) => {
    const data = stripes();
    const areas = areasToHide(
      (['person', 'car', 'motorcycle'] as const).map((roadUser) => ({ roadUser, box })),
      WIDTH,
      HEIGHT,
    );
    await hideAreas({ data, width: WIDTH }, areas);
    expect(data).toHaveLength(WIDTH * HEIGHT * 3);
  });
});
