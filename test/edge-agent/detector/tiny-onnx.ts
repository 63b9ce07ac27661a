// Writes a tiny ONNX detector, so that sessions, cards and the pool are tested with the real runtime and without a
// model from elsewhere. Its boxes are constant; its scores are constant times the brightest value of the input.

export type TinyOnnx = {
  readonly width: number;
  readonly height: number;
  readonly type?: 'float32' | 'uint8';
  /** x1, y1, x2, y2, 0..1 of the input. */
  readonly boxes: readonly (readonly [number, number, number, number])[];
  /** One row of class scores a box. */
  readonly scores: readonly (readonly number[])[];
};

const FLOAT32 = 1;
const UINT8 = 2;

/** `image` [1, 3, height, width] in; `boxes` [1, N, 4] and `scores` [1, N, L] out. */
export function tinyOnnx({ width, height, type = 'float32', boxes, scores }: TinyOnnx): Uint8Array {
  const labels = scores[0]?.length ?? 0;
  const isBytes = type === 'uint8';
  const cast = [node('Cast', ['image'], ['casted'], [intAttribute('to', FLOAT32)])];
  const brightest = node(
    'ReduceMax',
    [isBytes ? 'casted' : 'image'],
    ['brightest'],
    [intAttribute('keepdims', 0)],
  );
  const graph = message([
    ...[...(isBytes ? cast : []), brightest].map((bytes) => field(1, bytes)),
    field(1, node('Mul', ['score_values', 'brightest'], ['scores'])),
    field(1, node('Identity', ['box_values'], ['boxes'])),
    field(2, text('tiny')),
    field(5, floatTensor('box_values', [1, boxes.length, 4], boxes.flat())),
    field(5, floatTensor('score_values', [1, boxes.length, labels], scores.flat())),
    field(11, valueInfo('image', isBytes ? UINT8 : FLOAT32, [1, 3, height, width])),
    field(12, valueInfo('boxes', FLOAT32, [1, boxes.length, 4])),
    field(12, valueInfo('scores', FLOAT32, [1, boxes.length, labels])),
  ]);
  return message([field(1, 8), field(7, graph), field(8, message([field(1, text('')), field(2, 13)]))]);
}

function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Uint8Array[] = [],
): Uint8Array {
  return message([
    ...inputs.map((name) => field(1, text(name))),
    ...outputs.map((name) => field(2, text(name))),
    field(4, text(type)),
    ...attributes.map((attribute) => field(5, attribute)),
  ]);
}

function intAttribute(name: string, value: number): Uint8Array {
  return message([field(1, text(name)), field(3, value), field(20, 2)]);
}

function floatTensor(name: string, dims: readonly number[], values: readonly number[]): Uint8Array {
  const data = new Uint8Array(Float32Array.from(values).buffer);
  return message([
    ...dims.map((dim) => field(1, dim)),
    field(2, FLOAT32),
    field(8, text(name)),
    field(9, data),
  ]);
}

function valueInfo(name: string, elementType: number, dims: readonly number[]): Uint8Array {
  const shape = message(dims.map((dim) => field(1, message([field(1, dim)]))));
  const tensorType = message([field(1, elementType), field(2, shape)]);
  return message([field(1, text(name)), field(2, message([field(1, tensorType)]))]);
}

/** One protobuf field: a number as varint, bytes with their length. */
function field(number: number, value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') return message([varint(number << 3), varint(value)]);
  return message([varint((number << 3) | 2), varint(value.length), value]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function message(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
