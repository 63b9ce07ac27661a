// Runs a decoder over hand-made tensors and gives its boxes as rows, rounded so that they can be read.

import { Candidates } from '../../../../edge-agent/detector/candidates.ts';
import type { Decoder, Outputs } from '../../../../edge-agent/detector/decoders/decoder.ts';

export type Row = {
  readonly box: readonly number[];
  readonly score: number;
  readonly label: number;
};

export function decoded(decoder: Decoder, outputs: Outputs, minScore = 0.25): readonly Row[] {
  const candidates = new Candidates();
  decoder.decode(outputs, minScore, candidates);
  return Array.from({ length: candidates.count }, (_, index) => ({
    box: [...candidates.boxes.subarray(index * 4, index * 4 + 4)].map(rounded),
    score: rounded(candidates.scores[index] ?? 0),
    label: candidates.labels[index] ?? -1,
  }));
}

/** A float32 tensor from nested rows. */
export function tensor(dims: readonly number[], values: readonly number[]) {
  const size = dims.reduce((product, length) => product * length, 1);
  if (values.length !== size) throw new Error(`expected ${size} values for [${dims}], got ${values.length}`);
  return { dims, data: Float32Array.from(values) };
}

export function int64(dims: readonly number[], values: readonly number[]) {
  return { dims, data: BigInt64Array.from(values, BigInt) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
