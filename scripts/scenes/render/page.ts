// Entry of the browser bundle: makes worlds, draws frames, and posts them as raw YUV 4:2:0.

import { buildLayout } from '../layout/layout.ts';
import type { Page } from '../render-protocol.ts';
import { World } from './world.ts';

let world: World | undefined;
let rgba = new Uint8Array(0);
let yuv = new Uint8Array(0);

const page: Page = {
  open(scene) {
    world?.dispose();
    const canvas = document.createElement('canvas');
    document.body.replaceChildren(canvas);
    world = new World(scene, buildLayout(scene.layout, scene.seed), canvas);
    rgba = new Uint8Array(world.width * world.height * 4);
    yuv = new Uint8Array((world.width * world.height * 3) / 2);
    return { width: world.width, height: world.height };
  },
  async frames(orders) {
    if (!world) throw new Error('open() a scene before frames()');
    const start = performance.now();
    for (const { snapshot, obscured } of orders) {
      world.draw(snapshot, obscured);
      world.read(rgba);
      toYuv(rgba, world.width, world.height, yuv);
      // A Blob, since a bare typed array is copied through a much slower path.
      await fetch('/frame', { method: 'POST', body: new Blob([yuv]) });
    }
    return performance.now() - start;
  },
};

Object.assign(window, { ngatuScenes: page });

/** RGBA, bottom row first, to planar YUV 4:2:0, BT.601 limited range, top row first. */
function toYuv(from: Uint8Array, width: number, height: number, to: Uint8Array): void {
  const luma = width * height;
  const quarter = luma >> 2;
  for (let y = 0; y < height; y++) {
    const row = (height - 1 - y) * width * 4;
    for (let x = 0; x < width; x++) {
      const at = row + x * 4;
      const r = from[at] as number;
      const g = from[at + 1] as number;
      const b = from[at + 2] as number;
      to[y * width + x] = (66 * r + 129 * g + 25 * b + 4224) >> 8;
      if ((y & 1) === 0 && (x & 1) === 0) {
        const chroma = luma + (y >> 1) * (width >> 1) + (x >> 1);
        to[chroma] = (-38 * r - 74 * g + 112 * b + 32896) >> 8;
        to[chroma + quarter] = (112 * r - 94 * g - 18 * b + 32896) >> 8;
      }
    }
  }
}
