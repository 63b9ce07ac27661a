// Opens the detector of a box: one model, checked against its card, in a few worker threads.

import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { ModelCard } from '../../models/card.ts';
import { sha256OfFile } from '../../models/library.ts';
import { DetectorError } from './detector-error.ts';
import type { ExecutionProvider, InferenceOptions } from './inference-session.ts';
import { defaultWorkerUrl, type InferenceThread, startInferenceThread } from './inference-thread.ts';
import { type DetectorPool, ThreadPool } from './thread-pool.ts';

export type { DetectorPool, DetectorStats } from './thread-pool.ts';

export type DetectorPoolOptions = {
  readonly card: ModelCard;
  readonly modelPath: string;
  /** Threads that run inferences side by side, each with its own copy of the model. Default 1. */
  readonly workers?: number;
  /** Threads inside one inference. Default 1: with many cameras, more workers use the cores better. */
  readonly threadsPerWorker?: number;
  /** Default cpu. One that is not there is replaced by cpu with a warning. */
  readonly executionProvider?: ExecutionProvider;
  /** Default: the card's. */
  readonly minScore?: number;
  readonly logger: Logger;
  /** An inference that takes longer is given up and its thread replaced. Default 30 s. */
  readonly inferenceTimeoutMs?: number;
  /** The compiled worker; default the one of this installation. */
  readonly workerUrl?: URL;
};

const DEFAULT_INFERENCE_TIMEOUT_MS = 30_000;

/**
 * Loads the model in every worker and checks it against its card. Rejects with a DetectorError `refused` that names
 * all problems: file, hash, inputs, outputs, labels.
 */
export async function openDetectorPool(options: DetectorPoolOptions): Promise<DetectorPool> {
  const { card, modelPath, logger, workers = 1, threadsPerWorker = 1 } = options;
  if (!existsSync(modelPath)) {
    const advice =
      'Give the path of the ONNX file, or get it with "ngatu models fetch" or "ngatu models add".';
    throw new DetectorError('refused', `Model "${card.name}": ${modelPath} does not exist. ${advice}`);
  }
  const inference: InferenceOptions = {
    card,
    modelPath,
    threads: threadsPerWorker,
    executionProvider: options.executionProvider ?? 'cpu',
  };
  const threadOptions = {
    workerUrl: options.workerUrl ?? defaultWorkerUrl(),
    inferenceTimeoutMs: options.inferenceTimeoutMs ?? DEFAULT_INFERENCE_TIMEOUT_MS,
  };
  const startThread = () => startInferenceThread(inference, threadOptions);
  const first = await startChecked(card, modelPath, startThread);
  if (first.warning)
    logger.warn({ model: card.name, executionProvider: first.executionProvider }, first.warning);
  const threads = [first];
  try {
    while (threads.length < workers) threads.push(await startThread());
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.close()));
    throw error;
  }
  logger.info(
    { model: card.name, workers, threadsPerWorker, executionProvider: first.executionProvider },
    'model loaded',
  );
  return new ThreadPool(card, options.minScore ?? card.minScore, threads, startThread, logger);
}

/** The first thread, and the file's hash checked beside it, so that both problems come together. */
async function startChecked(
  card: ModelCard,
  modelPath: string,
  startThread: () => Promise<InferenceThread>,
): Promise<InferenceThread> {
  const [hash, thread] = await Promise.allSettled([sha256OfFile(modelPath), startThread()]);
  if (hash.status === 'rejected') {
    if (thread.status === 'fulfilled') await thread.value.close();
    const summary = `Model "${card.name}": ${modelPath} cannot be read: ${hash.reason}`;
    throw new DetectorError('refused', summary, { cause: hash.reason });
  }
  const hashProblems =
    hash.value === card.sha256
      ? []
      : [`sha256 of ${modelPath}: expected ${card.sha256}, found ${hash.value}; another version, or damaged`];
  if (thread.status === 'fulfilled') {
    if (hashProblems.length === 0) return thread.value;
    await thread.value.close();
    throw new DetectorError('refused', `Model "${card.name}" is not the file its card names:`, {
      problems: hashProblems,
    });
  }
  if (hashProblems.length === 0 || !(thread.reason instanceof DetectorError)) throw thread.reason;
  const { code, summary, problems } = thread.reason;
  throw new DetectorError(code, summary, { problems: [...hashProblems, ...problems] });
}
