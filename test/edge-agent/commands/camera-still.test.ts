import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { stillJpeg } from '../../../edge-agent/commands/camera-still.ts';

const PICTURE = { width: 640, height: 360 };

/** A picture of fine stripes, which only survive where nothing is hidden. */
async function stripes(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.fill(Math.floor(at / 3) % 4 < 2 ? 255 : 0, at, at + 3);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** How much the stripes differ in an area of a JPEG. */
async function contrast(jpeg: Buffer, left: number, top: number): Promise<number> {
  const size = { width: 24, height: 12 };
  // Of the area alone: stats() looks at its whole input.
  const cut = await sharp(jpeg)
    .extract({ left, top, ...size })
    .raw()
    .toBuffer();
  const { channels } = await sharp(cut, { raw: { ...size, channels: 3 } }).stats();
  return channels[0]?.stdev ?? 0;
}

describe('a still for the centre', () => {
  it('has the faces and plates of everybody in it hidden, and nothing drawn on it', async () => {
    const image = await stripes(640, 360);
    const everybody = [{ roadUser: 'person' as const, box: [100, 100, 160, 260] as const }];
    const open = await stillJpeg({ image, picture: PICTURE, everybody, blur: false });
    const hidden = await stillJpeg({ image, picture: PICTURE, everybody, blur: true });
    expect([hidden.width, hidden.height]).toEqual([640, 360]);
    expect(await contrast(open.jpeg, 115, 115)).toBeGreaterThan(80);
    expect(await contrast(hidden.jpeg, 115, 115)).toBeLessThan(20);
    expect(await contrast(hidden.jpeg, 115, 220)).toBeGreaterThan(80);
    expect(await contrast(hidden.jpeg, 300, 345)).toBeGreaterThan(80);
  });

  it('hides in a picture of another size what the boxes of the configuration say', async () => {
    const image = await stripes(1280, 720);
    const everybody = [{ roadUser: 'person' as const, box: [100, 100, 160, 260] as const }];
    const { jpeg } = await stillJpeg({ image, picture: PICTURE, everybody, blur: true });
    expect(await contrast(jpeg, 250, 230)).toBeLessThan(20);
  });

  it('fits into a reply, whatever the camera sends', async () => {
    const noise = await sharp({
      create: {
        ...{ width: 2000, height: 1125, channels: 3, background: '#808080' },
        noise: { type: 'gaussian', mean: 128, sigma: 90 },
      },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const { jpeg, width, height } = await stillJpeg({
      image: noise,
      picture: PICTURE,
      everybody: [],
      blur: true,
    });
    expect([width, height]).toEqual([1920, 1080]);
    expect(jpeg.length).toBeLessThan(700_000);
  });
});
