// What every output decoder is: the tensors it reads, declared so that a card can be checked against the model,
// and a pure function from them to candidate boxes.

import type { Candidates } from '../candidates.ts';

/** One output of an inference. */
export type OutputTensor = {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array;
};

export type Outputs = Readonly<Record<string, OutputTensor>>;

/** A tensor that a decoder needs; null in the shape stands for any length. */
export type ExpectedTensor = {
  readonly name: string;
  readonly type: 'float32' | 'int64' | 'int32';
  readonly shape: readonly (number | null)[];
  /** What the lengths come from, for the sentence that reports a mismatch. */
  readonly because: string;
};

export type Decoder = {
  readonly tensors: readonly ExpectedTensor[];
  /** Adds every box whose score is at least `minScore`. Outputs are as `tensors` says; checked at start. */
  decode(outputs: Outputs, minScore: number, into: Candidates): void;
};

/** What decoders need to know of the card besides their own part. */
export type DecoderContext = {
  /** Input size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly labelCount: number;
};

/** The data of a float32 output. Throws if it is missing or of another type: the check at start lets none through. */
export function floats(outputs: Outputs, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(
    `Output "${name}": expected float32, found ${data ? data.constructor.name : 'nothing'}`,
  );
}

/** The data of an int64 or int32 output. */
export function integers(outputs: Outputs, name: string): BigInt64Array | Int32Array {
  const data = outputs[name]?.data;
  if (data instanceof BigInt64Array || data instanceof Int32Array) return data;
  throw new TypeError(
    `Output "${name}": expected int64 or int32, found ${data ? data.constructor.name : 'nothing'}`,
  );
}
