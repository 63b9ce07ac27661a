import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { Strip } from '../../../edge-agent/slit-scans/strip.ts';
import { stripJpeg } from '../../../edge-agent/slit-scans/strip-jpeg.ts';

const HEIGHT = 32;
const COLUMNS = 8;
const STRIP = { columns: COLUMNS, height: HEIGHT, colourOrder: 'rgb', frames: 100 } as const;

/** A frame of as many pixels as the band has, and a band that is all of it. */
const OFFSETS = Int32Array.from({ length: COLUMNS * HEIGHT }, (_, i) => i);
function planesOf(colourAt: (column: number, row: number) => readonly number[]): Uint8Array {
  const planes = new Uint8Array(3 * OFFSETS.length);
  for (const i of OFFSETS) {
    const colour = colourAt(Math.floor(i / HEIGHT), i % HEIGHT);
    for (const [plane, value] of colour.entries()) planes[plane * OFFSETS.length + i] = value;
  }
  return planes;
}

const RED = [250, 20, 20];
const GREEN = [20, 250, 20];
const BLUE = [20, 20, 250];

async function pixelsOf(jpeg: Buffer) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  return { ...info, at };
}

const isNear = (actual: readonly number[], expected: readonly number[]) =>
  actual.every((value, i) => Math.abs(value - (expected[i] ?? 0)) < 60);

describe('the picture of a strip', () => {
  it('has time to the right and the start of the line above', async () => {
    const strip = new Strip(STRIP);
    strip.add(
      planesOf((_, row) => (row < HEIGHT / 2 ? RED : GREEN)),
      OFFSETS,
      1000,
    );
    strip.add(
      planesOf((column) => (column < COLUMNS / 2 ? BLUE : GREEN)),
      OFFSETS,
      1100,
    );
    const view = strip.view();
    expect(view.times).toEqual([1000, 1100]);
    const picture = await pixelsOf(await stripJpeg(view));
    expect([picture.width, picture.height]).toEqual([2 * COLUMNS, HEIGHT]);
    const found = [
      [2, 3, RED],
      [2, 28, GREEN],
      [9, 16, BLUE],
      [14, 16, GREEN],
    ] as const;
    for (const [x, y, colour] of found) {
      expect(isNear(picture.at(x, y), colour), `${x}, ${y}: ${picture.at(x, y)}`).toBe(true);
    }
  });

  it('has the right colours whatever the order of the planes', async () => {
    const strip = new Strip({ ...STRIP, colourOrder: 'bgr' });
    strip.add(
      planesOf(() => [20, 20, 250]),
      OFFSETS,
      0,
    );
    const { at } = await pixelsOf(await stripJpeg(strip.view()));
    expect(isNear(at(4, 16), RED)).toBe(true);
  });

  it('stays below what a reply may hold, however busy it is', async () => {
    const strip = new Strip({ ...STRIP, columns: 16, height: 256, frames: 10_000 });
    const offsets = new Int32Array(16 * 256).map((_, i) => i);
    let seed = 1;
    const noise = Uint8Array.from({ length: 3 * offsets.length }, () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed & 255;
    });
    for (let i = 0; !strip.isFull; i++) strip.add(noise, offsets, i);
    expect(strip.times).toHaveLength(256);
    expect((await stripJpeg(strip.view())).length).toBeLessThan(510_000);
  });
});

describe('a strip', () => {
  it('holds no more than a mebipixel, and takes nothing beyond', () => {
    const strip = new Strip({ ...STRIP, frames: 3 });
    for (const atMs of [1, 2, 3])
      strip.add(
        planesOf(() => RED),
        OFFSETS,
        atMs,
      );
    expect(strip.isFull).toBe(true);
    expect(() =>
      strip.add(
        planesOf(() => RED),
        OFFSETS,
        4,
      ),
    ).toThrow(RangeError);
    expect(new Strip({ ...STRIP, frames: 1e9 }).bytes).toBeLessThanOrEqual(3 << 20);
  });

  it('refuses a band of another size', () => {
    expect(() => new Strip(STRIP).add(new Uint8Array(3), new Int32Array(1), 0)).toThrow(RangeError);
  });

  it('is looked at without being held up: what comes later changes nothing of what was seen', () => {
    const strip = new Strip(STRIP);
    strip.add(
      planesOf(() => RED),
      OFFSETS,
      1,
    );
    const view = strip.view();
    const before = Buffer.from(view.pixels);
    strip.add(
      planesOf(() => BLUE),
      OFFSETS,
      2,
    );
    expect(Buffer.from(view.pixels).equals(before)).toBe(true);
    expect(view.times).toEqual([1]);
  });
});
