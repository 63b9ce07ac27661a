// Lets a model look at every frame of a scene, by the stages that a camera has, and keeps what it found.

import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { ROAD_USERS } from '../../../contract/index.ts';
import type { Detections } from '../../../edge-agent/detector/detections.ts';
import { openDetectorPool } from '../../../edge-agent/detector/detector-pool.ts';
import { frameShapeOf } from '../../../edge-agent/detector/frame-shape.ts';
import { openSource } from '../../../edge-agent/source/open-source.ts';
import type { FoundModel } from '../../../models/library.ts';
import { readTruth } from '../../scenes/truth-file.ts';
import type { RecordedFrame, ScoredBox } from './recording.ts';
import type { SceneRecording } from './scene-data.ts';

/** Far below any threshold: what a tracker makes of weak boxes is its own affair. */
const LEAST_SCORE_SHARE = 1 / 3;

export type SceneRecordingOptions = {
  /** Folder with NAME.mp4 and NAME.truth.jsonl.gz. */
  readonly scenes: string;
  readonly model: FoundModel;
  /** Folder where recordings are kept, since a model takes its time; a clip newer than its recording is seen again. */
  readonly cache: string;
};

/** Boxes from a third of the card's `minScore` up, in every frame of a scene. */
export async function recordScene(name: string, options: SceneRecordingOptions): Promise<SceneRecording> {
  const { scenes, model, cache } = options;
  const clip = join(scenes, `${name}.mp4`);
  const truth = await readTruth(join(scenes, `${name}.truth.jsonl.gz`));
  const kept = join(cache, `${name}.${model.card.sha256.slice(0, 12)}.json`);
  const [keptAtMs, clipAtMs] = [await changedAtMs(kept), await changedAtMs(clip)];
  if (keptAtMs !== undefined && keptAtMs > (clipAtMs ?? 0)) {
    return { name, truth, frames: JSON.parse(await readFile(kept, 'utf8')) as RecordedFrame[] };
  }
  const frames = await detectClip(clip, truth.header.picture.fps, truth.frames.length, model);
  await mkdir(cache, { recursive: true });
  await writeFile(`${kept}.part`, JSON.stringify(frames));
  await rename(`${kept}.part`, kept);
  return { name, truth, frames };
}

async function detectClip(
  clip: string,
  fps: number,
  count: number,
  { card, modelPath }: FoundModel,
): Promise<RecordedFrame[]> {
  const logger = pino({ level: 'silent' });
  const pool = await openDetectorPool({
    card,
    modelPath,
    minScore: card.minScore * LEAST_SCORE_SHARE,
    logger,
  });
  const source = openSource({ url: clip, mode: 'clip', shape: frameShapeOf(card), logger, now: Date.now });
  try {
    const frames = Array.from(
      { length: count },
      (_, index): RecordedFrame => ({ timeMs: (index * 1000) / fps, boxes: [] }),
    );
    for (let frame = await source.next(); frame !== undefined; frame = await source.next()) {
      const index = Math.round((frame.cameraTimeMs * fps) / 1000);
      const detections = await pool.detect(frame);
      if (index < count) frames[index] = { timeMs: frame.cameraTimeMs, boxes: boxesOf(detections) };
    }
    return frames;
  } finally {
    await source.close();
    await pool.close();
  }
}

function boxesOf({ count, boxes, scores, roadUsers }: Detections): ScoredBox[] {
  return Array.from({ length: count }, (_, index) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(index * 4, index * 4 + 4);
    return {
      box: [rounded(x1), rounded(y1), rounded(x2), rounded(y2)],
      score: Math.round((scores[index] ?? 0) * 10_000) / 10_000,
      roadUser: ROAD_USERS[roadUsers[index] ?? 0] ?? 'vehicle',
    };
  });
}

function rounded(px: number): number {
  return Math.round(px * 100) / 100;
}

async function changedAtMs(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}
