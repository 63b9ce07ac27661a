// Puts one whole picture in front of a model: fitted as its card asks, boxes back in pixels of the picture.

import { ROAD_USERS, type RoadUser } from '../../contract/index.ts';
import { frameShapeOf } from '../../edge-agent/detector/frame-shape.ts';
import { type DetectionSession, openDetectionSession } from '../../edge-agent/detector/inference-session.ts';
import type { Region } from '../../edge-agent/source/frame.ts';
import type { ModelCard } from '../../models/card.ts';
import type { FoundModel } from '../../models/library.ts';
import type { Box } from './box-overlap.ts';
import { frameFromPicture, type Picture } from './picture-frame.ts';

/** A model that is loaded, with its card. */
export type OpenModel = { readonly card: ModelCard; readonly session: DetectionSession };

/** Loads what `findModel` found, to run on one thread of the CPU. Throws a DetectorError `refused`. */
export async function openModel({ card, modelPath }: FoundModel): Promise<OpenModel> {
  return {
    card,
    session: await openDetectionSession({ card, modelPath, threads: 1, executionProvider: 'cpu' }),
  };
}

/** Something that a model found, in pixels of the picture; `score` 0..1. */
export type FoundObject = { readonly roadUser: RoadUser; readonly score: number; readonly box: Box };

export type PictureDetections = {
  /** By falling score, without duplicates as the card asks. */
  readonly objects: readonly FoundObject[];
  /** From bytes to what the model takes, outside its graph. */
  readonly convertMs: number;
  /** The graph. */
  readonly inferenceMs: number;
  /** From its answer to boxes in the picture, suppression of duplicates included. */
  readonly decodeMs: number;
};

/** Objects with a score of at least `minScore`, in a region if one is given. Throws a DetectorError `failed`. */
export async function detectPicture(
  { card, session }: OpenModel,
  picture: Picture,
  minScore: number,
  region?: Region,
): Promise<PictureDetections> {
  const { planes, geometry } = await frameFromPicture(picture, frameShapeOf(card), region);
  const result = await session.detect(planes, geometry, minScore);
  const objects = Array.from({ length: result.count }, (_, index): FoundObject => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = result.boxes.subarray(index * 4, index * 4 + 4);
    return {
      roadUser: ROAD_USERS[result.roadUsers[index] ?? 0] ?? 'vehicle',
      score: result.scores[index] ?? 0,
      box: [x1, y1, x2, y2],
    };
  });
  const { convertMs, inferenceMs, decodeMs } = result;
  return { objects, convertMs, inferenceMs, decodeMs };
}
