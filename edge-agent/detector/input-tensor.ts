// Turns a frame's planes into the numbers that a model wants.

import type { ModelCard } from '../../models/card.ts';

/** Bytes of a frame in, the data of the model's input tensor `[1, 3, height, width]` out. */
export type InputConversion = (planes: Uint8Array) => Float32Array | Uint8Array;

/**
 * For a uint8 input the planes themselves. For float32 `(v - mean) / std` through a table of 256 numbers a plane,
 * into one array that every call fills again: what it returned before is overwritten.
 */
export function inputConversionOf(input: ModelCard['input']): InputConversion {
  if (input.type === 'uint8') return (planes) => planes;
  const planeSize = input.width * input.height;
  const values = new Float32Array(3 * planeSize);
  const tables = [0, 1, 2].map((plane) =>
    Float32Array.from({ length: 256 }, (_, v) => (v - (input.mean[plane] ?? 0)) / (input.std[plane] ?? 1)),
  );
  const isIdentity = tables.every((table) => table.every((value, v) => value === v));
  if (isIdentity) {
    return (planes) => {
      values.set(planes);
      return values;
    };
  }
  return (planes) => {
    for (const [plane, table] of tables.entries()) {
      const end = (plane + 1) * planeSize;
      for (let at = plane * planeSize; at < end; at++) values[at] = table[planes[at] ?? 0] ?? 0;
    }
    return values;
  };
}
