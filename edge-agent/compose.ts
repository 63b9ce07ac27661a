// From one camera's configuration to its stages. The agent and the replay both build cameras here, so that a
// clip counts the way the camera does.

import type { Logger } from 'pino';
import type { CameraConfig } from '../config/camera.ts';
import type { EdgeConfig } from '../config/edge.ts';
import type { ModelCard } from '../models/card.ts';
import { findModel } from '../models/library.ts';
import type { Observer } from './analytics/observation.ts';
import { composeAnalytics } from './compose-analytics.ts';
import { type DetectorPool, openDetectorPool } from './detector/detector-pool.ts';
import { createPictureCheck } from './runtime/picture-fit.ts';
import type { Stages } from './runtime/stage-loop.ts';
import type { Frame } from './source/frame.ts';
import { openSource } from './source/open-source.ts';
import { PictureCheck } from './source/picture-check.ts';
import { ThumbnailMaker } from './source/picture-thumbnail.ts';
import type { SourceOptions } from './source/source-options.ts';
import { Tracker } from './tracker/tracker.ts';

/** A model that is loaded and ready for any number of cameras. */
export type LoadedModel = { readonly card: ModelCard; readonly pool: DetectorPool };

/** Finds the card and its file and loads the model. Rejects with a CardError or a DetectorError. */
export async function loadModel(
  nameOrPath: string,
  { modelDirectories, workers, threads, executionProvider }: EdgeConfig['detector'],
  logger: Logger,
): Promise<LoadedModel> {
  const { card, modelPath } = await findModel(nameOrPath, modelDirectories);
  const pool = await openDetectorPool({
    card,
    modelPath,
    workers,
    threadsPerWorker: threads,
    executionProvider,
    logger,
  });
  return { card, pool };
}

/**
 * Share of the least score that begins a track down to which boxes may continue one: ByteTrack's second stage
 * takes 0.1 where its first takes 0.3 (supervision's defaults).
 */
const LOW_SCORE_SHARE = 1 / 3;

/**
 * Builds the stages of one camera; the source starts connecting at once. Throws what composeAnalytics throws.
 * A clip that has another shape than the camera's `picture` fails with PictureError at its first frame; a live camera is
 * watched by runLiveCamera.
 */
export function composeStages(
  camera: CameraConfig,
  { card, pool }: LoadedModel,
  source: Pick<SourceOptions, 'mode' | 'startAtMs' | 'logger' | 'now' | 'copy'>,
  /** Looks at a frame before the detector takes it away. */
  onFrame?: (frame: Frame) => void,
  /** Look at road users and passages beside what the camera's file asks for. */
  observers: readonly Observer[] = [],
): Stages {
  const highScore = camera.detection.minScore ?? card.minScore;
  const lowScore = highScore * LOW_SCORE_SHARE;
  const { url, username, password, transport, analysisFps, region, hardware } = camera.source;
  const checkPicture =
    source.mode === 'clip' ? createPictureCheck(camera.camera, camera.picture, source.logger) : undefined;
  // Somebody who says how sure a detection must be is not overruled.
  const adaptScores = camera.detection.minScore === undefined;
  const tracker = new Tracker({ highScore, lowScore, adaptScores });
  const analytics = composeAnalytics(camera, pool.roadUsers, observers);
  return {
    detect: async (frame) => {
      checkPicture?.(frame.geometry);
      onFrame?.(frame);
      return pool.detect(frame, camera.camera, lowScore);
    },
    tracker,
    analytics,
    thumbnails: new ThumbnailMaker({
      shape: pool.shape,
      picture: camera.picture,
      ...(region === undefined ? {} : { region }),
    }),
    ...(camera.pictureCheck.enabled ? { pictureCheck: new PictureCheck() } : {}),
    // Last, because it starts ffmpeg: nothing that could throw comes after it.
    source: openSource({
      url,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password: password.reveal() }),
      transport,
      shape: pool.shape,
      analysisFps,
      ...(region === undefined ? {} : { region }),
      picture: camera.picture,
      hardware,
      ...source,
      logger: source.logger.child({ camera: camera.camera }),
    }),
  };
}
