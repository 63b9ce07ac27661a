// Canvas and noise tools of the browser side.

import * as THREE from 'three';
import { mix, seededRandom } from '../random.ts';

export type Noise = ((x: number, y: number) => number) & {
  readonly octaves: (x: number, y: number, count: number) => number;
};

/** Value noise on a 256 x 256 lattice, 0..1. */
export function valueNoise(seed: number): Noise {
  const random = seededRandom(seed);
  const table = Float32Array.from({ length: 65536 }, () => random());
  const at = (x: number, y: number): number => {
    const xi = Math.floor(x);
    const yi = Math.floor(y);
    let u = x - xi;
    let v = y - yi;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    const row = (yi & 255) * 256;
    const next = ((yi + 1) & 255) * 256;
    const left = xi & 255;
    const right = (xi + 1) & 255;
    return mix(
      mix(table[row + left] ?? 0, table[row + right] ?? 0, u),
      mix(table[next + left] ?? 0, table[next + right] ?? 0, u),
      v,
    );
  };
  const octaves = (x: number, y: number, count: number): number => {
    let sum = 0;
    let weight = 0.5;
    let total = 0;
    for (let i = 0; i < count; i++) {
      sum += weight * at(x, y);
      total += weight;
      weight *= 0.5;
      x = x * 2.03 + 17.1;
      y = y * 2.03 + 9.7;
    }
    return sum / total;
  };
  return Object.assign(at, { octaves });
}

export function makeCanvas(
  width: number,
  height: number,
): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gave no 2D canvas context');
  return { canvas, context };
}

export function canvasTexture(
  canvas: HTMLCanvasElement,
  options: { srgb?: boolean; repeat?: boolean; anisotropy?: number } = {},
): THREE.CanvasTexture {
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = options.srgb === false ? THREE.NoColorSpace : THREE.SRGBColorSpace;
  if (options.repeat) texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.anisotropy = options.anisotropy ?? 8;
  return texture;
}

/** Paints every pixel from a function that gives r, g, b (0..255) and optionally alpha. */
export function paintPixels(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number, number?],
): void {
  const image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b, alpha = 255] = colour(x, y);
      image.data.set([r, g, b, alpha], (y * width + x) * 4);
    }
  }
  context.putImageData(image, 0, 0);
}
