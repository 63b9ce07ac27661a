// One ONNX session with its card: planes in, boxes out. It blocks its thread, so the pool runs it in workers.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ROAD_USERS } from '../../contract/index.ts';
import { labelsOf, type ModelCard } from '../../models/card.ts';
import type { FrameGeometry } from '../source/frame.ts';
import { Candidates } from './candidates.ts';
import {
  countUnknownLabels,
  type DeclaredTensor,
  declarationProblems,
  resultProblems,
} from './card-check.ts';
import type { Outputs } from './decoders/decoder.ts';
import { decoderOf } from './decoders/decoder-of.ts';
import { DetectorError } from './detector-error.ts';
import { type FoundBoxes, foundBoxes } from './found-boxes.ts';
import { inputConversionOf } from './input-tensor.ts';

export const EXECUTION_PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'coreml', 'dml'] as const;

export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

export type InferenceOptions = {
  readonly card: ModelCard;
  readonly modelPath: string;
  /** Threads of one inference, the calling one included. */
  readonly threads: number;
  readonly executionProvider: ExecutionProvider;
};

export type InferenceResult = FoundBoxes & {
  /** Labels outside the card's list: more than 0 says that the list is too short. */
  readonly unknownLabels: number;
  readonly convertMs: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
};

export type DetectionSession = {
  /** What runs the model in the end: cpu when the wished provider is not there. */
  readonly executionProvider: ExecutionProvider;
  /** Why the wished provider was not used. */
  readonly warning: string | undefined;
  /** `planes` is `[3, height, width]` uint8 of the card's input. Throws a DetectorError `failed`. */
  detect(planes: Uint8Array, geometry: FrameGeometry, minScore: number): Promise<InferenceResult>;
  close(): Promise<void>;
};

/**
 * Loads the model, compares it with its card and runs it once on a grey picture, which also warms it up. Throws a
 * DetectorError `refused` with all problems at once.
 */
export async function openDetectionSession(options: InferenceOptions): Promise<DetectionSession> {
  const { card } = options;
  const { session, executionProvider, warning } = await createSession(options);
  const decoder = decoderOf(card);
  const problems = declarationProblems(
    card,
    decoder.tensors,
    session.inputMetadata.map(declared),
    session.outputMetadata.map(declared),
  );
  if (problems.length > 0) {
    await session.release();
    throw refusal(card, problems);
  }

  const convert = inputConversionOf(card.input);
  const extraFeeds = extraFeedsOf(card);
  const fetches = decoder.tensors.map(({ name }) => name);
  const dims = [1, 3, card.input.height, card.input.width];
  const bytes = 3 * card.input.height * card.input.width;
  const candidates = new Candidates();
  const suppression = { roadUserOfLabel: roadUserOfLabel(card), nmsIou: card.nmsIou };

  const infer = async (planes: Uint8Array) => {
    const convertedFrom = performance.now();
    const data = convert(planes);
    const tensor =
      data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('uint8', data, dims);
    const inferredFrom = performance.now();
    const outputs = await session.run({ [card.input.name]: tensor, ...extraFeeds }, fetches);
    return {
      outputs: outputs as unknown as Outputs,
      convertMs: inferredFrom - convertedFrom,
      inferenceMs: performance.now() - inferredFrom,
    };
  };

  const probe = await infer(new Uint8Array(bytes).fill(128));
  const surprises = resultProblems(card, decoder.tensors, probe.outputs);
  if (surprises.length > 0) {
    await session.release();
    throw refusal(card, surprises);
  }

  return {
    executionProvider,
    warning,
    async detect(planes, geometry, minScore) {
      if (planes.length !== bytes) {
        const expected = `expected ${bytes} bytes (3 planes of ${card.input.width}x${card.input.height})`;
        throw new DetectorError(
          'failed',
          `Frame for model "${card.name}": ${expected}, got ${planes.length}.`,
        );
      }
      const { outputs, convertMs, inferenceMs } = await infer(planes);
      const decodedFrom = performance.now();
      candidates.clear();
      decoder.decode(outputs, minScore, candidates);
      const found = foundBoxes(candidates, geometry, suppression);
      return {
        ...found,
        unknownLabels: countUnknownLabels(card, candidates.labels, candidates.count),
        convertMs,
        inferenceMs,
        decodeMs: performance.now() - decodedFrom,
      };
    },
    close: () => session.release(),
  };
}

async function createSession({ card, modelPath, threads, executionProvider }: InferenceOptions) {
  const create = (provider: ExecutionProvider) =>
    InferenceSession.create(modelPath, {
      executionProviders: provider === 'tensorrt' ? ['tensorrt', 'cuda'] : [provider],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      // Left to itself ORT takes every core of the host, not of the container, and pins its threads to them.
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Shapes are fixed, so the arena settles after the first inference and the memory pattern is exact: measured
      // with both YOLOX-Nano and person-vehicle-bike-2003, on is faster and takes less memory than off.
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 3,
      // Waiting threads that spin burn the cores that decode the next frame.
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
  let warning: string | undefined;
  if (executionProvider !== 'cpu') {
    try {
      return { session: await create(executionProvider), executionProvider, warning };
    } catch (cause) {
      warning = `Execution provider "${executionProvider}" cannot run model "${card.name}" here, using cpu: ${reasonOf(cause)}`;
    }
  }
  try {
    return { session: await create('cpu'), executionProvider: 'cpu' as const, warning };
  } catch (cause) {
    throw new DetectorError(
      'refused',
      `Model "${card.name}" (${modelPath}) cannot be loaded as ONNX: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
}

function refusal(card: ModelCard, problems: readonly string[]): DetectorError {
  return new DetectorError(
    'refused',
    `Model "${card.name}" does not do what its card says. Correct the card, or use the file that belongs to it:`,
    { problems },
  );
}

function declared(metadata: InferenceSession.ValueMetadata): DeclaredTensor {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: metadata.shape }
    : { name: metadata.name, type: 'no tensor', shape: [] };
}

/** Constant feeds that make the model answer in input pixels. */
function extraFeedsOf(card: ModelCard): Record<string, Tensor> {
  const { width, height } = card.input;
  return Object.fromEntries(
    card.extraInputs.map(({ name, value }) => [
      name,
      value === 'scale-factor'
        ? new Tensor('float32', Float32Array.of(1, 1), [1, 2])
        : new Tensor('int64', BigInt64Array.of(BigInt(width), BigInt(height)), [1, 2]),
    ]),
  );
}

function roadUserOfLabel(card: ModelCard): Int8Array {
  return Int8Array.from(labelsOf(card), (roadUser) => (roadUser ? ROAD_USERS.indexOf(roadUser) : -1));
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
