// Loads a model with every check and times it on a picture of noise.

import { openDetectorPool } from '../edge-agent/detector/detector-pool.ts';
import type { ExecutionProvider } from '../edge-agent/detector/inference-session.ts';
import type { Frame } from '../edge-agent/source/frame.ts';
import { unscaledGeometry } from '../edge-agent/source/frame-geometry.ts';
import type { ModelCard } from '../models/card.ts';
import { createPlainLogger } from './logger.ts';

export type Measurement = {
  /** Median of the timed inferences. */
  readonly inferenceMs: number;
  /** What really ran it. */
  readonly executionProvider: ExecutionProvider;
};

const TIMED_FRAMES = 5;

/** Rejects with a DetectorError `refused` when the model is not what its card says. */
export async function measureModel(options: {
  readonly card: ModelCard;
  readonly modelPath: string;
  readonly executionProvider: ExecutionProvider;
  readonly threads: number;
}): Promise<Measurement> {
  const { threads, ...rest } = options;
  const logger = createPlainLogger();
  const pool = await openDetectorPool({ ...rest, threadsPerWorker: threads, logger });
  try {
    const timesMs: number[] = [];
    for (let index = 0; index < TIMED_FRAMES; index++) {
      const before = pool.stats.inferenceMs;
      await pool.detect(noiseFrame(options.card, index));
      timesMs.push(pool.stats.inferenceMs - before);
    }
    timesMs.sort((a, b) => a - b);
    return {
      inferenceMs: timesMs[Math.floor(TIMED_FRAMES / 2)] ?? 0,
      executionProvider: pool.executionProvider,
    };
  } finally {
    await pool.close();
  }
}

/** The same noise every time (a linear congruential generator, Numerical Recipes' constants). */
function noiseFrame({ input }: ModelCard, index: number): Frame {
  const { width, height } = input;
  const planes = new Uint8Array(3 * width * height);
  let state = index;
  for (let at = 0; at < planes.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    planes[at] = state >>> 24;
  }
  return {
    index,
    cameraTimeMs: index,
    capturedAtMs: index,
    droppedBefore: 0,
    discontinuity: false,
    geometry: unscaledGeometry({ width, height }),
    planes,
  };
}
