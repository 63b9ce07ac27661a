// The geometry that goes with a frame and the filters that make the frame are written twice, in TypeScript and
// in ffmpeg's expressions. Here ffmpeg itself says what it did.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { filterGraph } from '../../edge-agent/source/filter-graph.ts';
import type { FrameShape, Region } from '../../edge-agent/source/frame.ts';
import { placement, type Size } from '../../edge-agent/source/frame-geometry.ts';

const run = promisify(execFile);

const sizes: Size[] = [
  { width: 640, height: 360 },
  { width: 1920, height: 1080 },
  { width: 352, height: 288 },
  { width: 270, height: 480 },
  { width: 641, height: 361 },
];
const regions: (Region | undefined)[] = [
  undefined,
  { x: 0, y: 100, width: 352, height: 188 },
  { x: 33, y: 51, width: 101, height: 77 },
  { x: 600, y: 200, width: 4000, height: 4000 },
];
const shapes: Pick<FrameShape, 'width' | 'height' | 'fit'>[] = [
  { width: 416, height: 416, fit: 'letterbox-top-left' },
  { width: 640, height: 384, fit: 'letterbox-centre' },
  { width: 300, height: 300, fit: 'stretch' },
];
const cases = sizes.flatMap((size) => regions.map((region) => [size, region] as const));

test.each(cases)(
  'ffmpeg places a picture of %o with region %o as its geometry says',
  async (size, region) => {
    for (const part of shapes) {
      const shape: FrameShape = { ...part, colourOrder: 'rgb', padValue: 114 };
      for (const picture of region === undefined ? [undefined] : [undefined, { width: 1280, height: 720 }]) {
        const expected = placement(size, shape, region, picture);
        const graph = filterGraph({ shape, ...(region && { region }), ...(picture && { picture }) });
        const done = await whatFfmpegDoes(size, graph);
        const { crop, scaled, offsetX, offsetY } = expected;
        if (region !== undefined) expect(done.crop).toEqual(crop);
        expect(done.scaled).toEqual(scaled);
        if (part.fit !== 'stretch') expect(done.offset).toEqual([offsetX, offsetY]);
        expect(done.planeBytes).toBe(shape.width * shape.height * 3);
      }
    }
  },
);

async function whatFfmpegDoes(size: Size, graph: string) {
  const source = `color=s=64x64:r=1:d=1,scale=${size.width}:${size.height},format=yuv420p`;
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...[
        '-nostdin',
        '-hide_banner',
        '-loglevel',
        'trace',
        '-f',
        'lavfi',
        '-i',
        source,
        '-filter_complex',
        graph,
      ],
      ...['-map', '[planes]', '-f', 'rawvideo', 'pipe:1', '-map', '[times]', '-f', 'null', '-'],
    ],
    { encoding: 'latin1', maxBuffer: 1 << 26 },
  );
  const numbers = (pattern: RegExp) => pattern.exec(stderr)?.slice(1).map(Number) ?? [];
  const [x, y] = numbers(/\[Parsed_crop_\d+ @ \w+\] n:0 t:\S+ pos:\S+ x:(\d+) y:(\d+)/);
  const [, , width, height] = numbers(/\[Parsed_crop_\d+ @ \w+\] w:(\d+) h:(\d+) sar:\S+ -> w:(\d+) h:(\d+)/);
  const scaled = numbers(/w:\d+ h:\d+ fmt:yuv420p .* -> w:(\d+) h:(\d+) fmt:gbrp/);
  return {
    crop: { x, y, width, height },
    scaled: { width: scaled[0], height: scaled[1] },
    offset: numbers(/\[Parsed_pad_\d+ @ \w+\] w:\d+ h:\d+ -> w:\d+ h:\d+ x:(\d+) y:(\d+)/),
    planeBytes: stdout.length,
  };
}
