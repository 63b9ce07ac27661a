// What a frame costs each model, measured in turns in one run, so that a busy machine is busy for all of them alike.

import { detectPicture, type OpenModel } from './detect-picture.ts';
import type { Picture } from './picture-frame.ts';

export type FrameTimes = {
  readonly frames: number;
  /** Milliseconds of one frame in the graph and its decoder. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** The same with what is done to the picture before the graph: a model that takes bytes has next to none of it. */
  readonly medianWithConversionMs: number;
  readonly p95WithConversionMs: number;
};

/**
 * Shows every picture to every model at its card's least score, the first model another one from picture to picture, and
 * gives the times in the order of `models`.
 */
export async function timesInTurns(
  models: readonly OpenModel[],
  pictures: AsyncIterable<Picture>,
): Promise<FrameTimes[]> {
  const times = models.map(() => ({ own: [] as number[], whole: [] as number[] }));
  let round = 0;
  for await (const picture of pictures) {
    for (let turn = 0; turn < models.length; turn++) {
      const index = (round + turn) % models.length;
      const model = models[index];
      if (!model) continue;
      const { convertMs, inferenceMs, decodeMs } = await detectPicture(model, picture, model.card.minScore);
      times[index]?.own.push(inferenceMs + decodeMs);
      times[index]?.whole.push(convertMs + inferenceMs + decodeMs);
    }
    round += 1;
  }
  return times.map(({ own, whole }) => ({
    frames: own.length,
    medianMs: quantile(own, 0.5),
    p95Ms: quantile(own, 0.95),
    medianWithConversionMs: quantile(whole, 0.5),
    p95WithConversionMs: quantile(whole, 0.95),
  }));
}

/** The value that `share` (0..1) of the values lie below; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
