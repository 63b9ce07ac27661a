// A tiny model with its card in a temporary folder, and frames for it.

import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '../../../edge-agent/source/frame.ts';
import { type ModelCard, modelCardSchema } from '../../../models/card.ts';
import { type TinyOnnx, tinyOnnx } from './tiny-onnx.ts';

export type TinyModel = { readonly card: ModelCard; readonly modelPath: string; readonly directory: string };

const CAR_AND_PERSON: TinyOnnx = {
  width: 64,
  height: 32,
  boxes: [
    [0.25, 0.25, 0.75, 0.75],
    [0, 0, 0.125, 0.5],
  ],
  scores: [
    [0.9, 0.1],
    [0.1, 0.6],
  ],
};

/** A model of 64x32 that sees a car and a person, as bright as the picture's brightest pixel; its card says all that. */
export async function makeTinyModel(
  change: Partial<TinyOnnx> = {},
  changeCard: Record<string, unknown> = {},
): Promise<TinyModel> {
  const onnx = { ...CAR_AND_PERSON, ...change };
  const directory = await mkdtemp(join(tmpdir(), 'ngatu-tiny-model-'));
  const bytes = tinyOnnx(onnx);
  const modelPath = join(directory, 'tiny.onnx');
  await writeFile(modelPath, bytes);
  const card = modelCardSchema.parse({
    v: 1,
    name: 'tiny',
    title: 'Two constant boxes',
    file: 'tiny.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    licence: 'Apache-2.0',
    input: {
      name: 'image',
      width: onnx.width,
      height: onnx.height,
      type: onnx.type ?? 'float32',
      colourOrder: 'rgb',
      std: [255, 255, 255],
      fit: 'stretch',
    },
    output: { kind: 'boxes-scores', boxes: 'boxes', scores: 'scores', coordinates: 'relative' },
    labels: ['car', 'person'],
    minScore: 0.3,
    nmsIou: 0.5,
    ...changeCard,
  });
  await writeFile(join(directory, 'tiny.json'), JSON.stringify(card));
  return { card, modelPath, directory };
}

/** A frame of one grey, from a camera picture of 640x320 (ten times the tiny input). */
export function greyFrame(grey: number, index = 0, size = { width: 64, height: 32 }): Frame {
  return {
    index,
    cameraTimeMs: index * 100,
    capturedAtMs: 1_700_000_000_000 + index * 100,
    droppedBefore: 0,
    discontinuity: index === 0,
    geometry: {
      sourceWidth: size.width * 10,
      sourceHeight: size.height * 10,
      scaleX: 0.1,
      scaleY: 0.1,
      offsetX: 0,
      offsetY: 0,
      originX: 0,
      originY: 0,
    },
    planes: new Uint8Array(3 * size.width * size.height).fill(grey),
  };
}
