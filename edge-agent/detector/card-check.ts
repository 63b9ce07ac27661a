// Compares a card with the model it describes, so that a wrong one is refused before the first frame with
// everything that is wrong, what was expected and what was found.

import { labelsOf, type ModelCard } from '../../models/card.ts';
import type { ExpectedTensor, Outputs } from './decoders/decoder.ts';

/** A tensor as the ONNX file declares it; a string or -1 in the shape is a length that may vary. */
export type DeclaredTensor = {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
};

/** Problems between the card and what the model declares, as sentences; none when they agree. */
export function declarationProblems(
  card: ModelCard,
  expectedOutputs: readonly ExpectedTensor[],
  inputs: readonly DeclaredTensor[],
  outputs: readonly DeclaredTensor[],
): readonly string[] {
  const { input } = card;
  const expectedInputs: ExpectedInput[] = [
    {
      name: input.name,
      type: input.type,
      shape: [1, 3, input.height, input.width],
      because: '1, 3 planes, height, width of the card',
    },
    ...card.extraInputs.map(({ name, value }) => ({
      name,
      type: value === 'scale-factor' ? 'float32' : 'int64',
      shape: [1, 2],
      because: `"${value}"`,
    })),
  ];
  const surplus = inputs
    .filter(({ name }) => !expectedInputs.some((expected) => expected.name === name))
    .map(
      (declared) =>
        `input ${describe(declared)}: the model needs it and the card does not say what to put in; add it to "extraInputs"`,
    );
  const inputProblems = expectedInputs.flatMap((expected) => tensorProblems('input', expected, inputs));
  return [
    ...inputProblems,
    // With a wrong name the other input is the one that was meant, not one too many.
    ...(inputProblems.length === 0 ? surplus : []),
    ...expectedOutputs.flatMap((expected) => tensorProblems('output', expected, outputs)),
  ];
}

/** Problems between what the decoder reads and what an inference really gave: lengths that the file leaves open. */
export function resultProblems(
  card: ModelCard,
  expectedOutputs: readonly ExpectedTensor[],
  outputs: Outputs,
): readonly string[] {
  const given = Object.entries(outputs).map(([name, { dims, data }]) => ({
    name,
    type: TYPE_OF_ARRAY.get(data.constructor.name) ?? data.constructor.name,
    shape: dims,
  }));
  const problems = expectedOutputs.flatMap((expected) => tensorProblems('output', expected, given));
  if (problems.length > 0) return problems;
  if (card.output.kind === 'boxes-scores') {
    const boxes = outputs[card.output.boxes]?.dims[1];
    const scores = outputs[card.output.scores]?.dims[1];
    if (boxes !== scores) {
      return [
        `outputs "${card.output.boxes}" and "${card.output.scores}": expected as many boxes as scores, found ${boxes} and ${scores}`,
      ];
    }
  }
  return [];
}

/** How many labels of a result lie outside the card's list: the sign of a wrong label list where shapes cannot tell. */
export function countUnknownLabels(
  card: Pick<ModelCard, 'labels'>,
  labels: Int32Array,
  count: number,
): number {
  const known = labelsOf(card).length;
  let unknown = 0;
  for (let index = 0; index < count; index++) {
    const label = labels[index] ?? 0;
    if (label < 0 || label >= known) unknown++;
  }
  return unknown;
}

type ExpectedInput = Omit<ExpectedTensor, 'type'> & { readonly type: string };

const TYPE_OF_ARRAY: ReadonlyMap<string, string> = new Map([
  ['Float32Array', 'float32'],
  ['BigInt64Array', 'int64'],
  ['Int32Array', 'int32'],
]);

function tensorProblems(
  role: 'input' | 'output',
  expected: ExpectedInput,
  declared: readonly DeclaredTensor[],
): readonly string[] {
  const found = declared.find(({ name }) => name === expected.name);
  if (!found) {
    const others = declared.map(describe).join('; ') || 'none';
    return [
      `${role} "${expected.name}": expected ${shapeText(expected)}, found no such ${role}; the model has ${others}`,
    ];
  }
  const typeFits = found.type === expected.type;
  const shapeFits =
    found.shape.length === expected.shape.length &&
    found.shape.every((length, axis) => lengthFits(length, expected.shape[axis] ?? null));
  if (typeFits && shapeFits) return [];
  return [
    `${role} "${expected.name}": expected ${shapeText(expected)} (${expected.because}), found ${shapeText(found)}`,
  ];
}

function lengthFits(found: number | string, expected: number | null): boolean {
  return typeof found === 'string' || found < 0 || expected === null || found === expected;
}

function describe(tensor: DeclaredTensor): string {
  return `"${tensor.name}" ${shapeText(tensor)}`;
}

function shapeText({ type, shape }: { type: string; shape: readonly (number | string | null)[] }): string {
  return `${type} [${shape.map((length) => (length === null || length === '' ? 'any' : length)).join(', ')}]`;
}
