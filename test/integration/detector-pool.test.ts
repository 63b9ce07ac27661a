import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ROAD_USERS } from '../../contract/index.ts';
import { type DetectorPool, openDetectorPool } from '../../edge-agent/detector/detector-pool.ts';
import { findModel } from '../../models/library.ts';
import { frameFromPicture, pictureOfClip } from '../../scripts/models/picture-frame.ts';
import { greyFrame, makeTinyModel } from '../edge-agent/detector/tiny-model.ts';
import { SCENE_CLIP, sceneModel } from '../support/scene.ts';

const chosen = sceneModel();
const logger = pino({ level: 'silent' });

describe.skipIf(chosen === undefined)('a detector pool with a real model', () => {
  let pool: DetectorPool | undefined;
  afterEach(() => pool?.close());

  it('finds the vehicles of a frame, and the same ones byte for byte with any number of workers and threads', async () => {
    const picture = await pictureOfClip(SCENE_CLIP, 5);
    const answers: string[] = [];
    for (const [workers, threadsPerWorker] of [
      [1, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      const model = await findModel(chosen?.model ?? '');
      pool = await openDetectorPool({ ...model, workers, threadsPerWorker, logger });
      const shape = pool.shape;
      const frames = await Promise.all([0, 1].map(() => frameFromPicture(picture, shape)));
      const answered = await Promise.all(frames.map((frame) => pool?.detect(frame, 'camera')));
      for (const detections of answered) {
        expect(detections?.count).toBeGreaterThan(2);
        const names = [...(detections?.roadUsers ?? [])].map((index) => ROAD_USERS[index]);
        expect(names).toContain('car');
        answers.push(JSON.stringify([detections?.boxes, detections?.scores, detections?.roadUsers]));
      }
      await pool.close();
    }
    expect(new Set(answers).size).toBe(1);
  });
});

describe('a detector pool with a tiny model', () => {
  it('answers every frame of many cameras with its own boxes', async () => {
    const model = await makeTinyModel();
    const pool = await openDetectorPool({ ...model, workers: 2, logger });
    const greys = [255, 200, 150, 255, 100, 200];
    const found = await Promise.all(
      greys.map((grey, index) => pool.detect(greyFrame(grey, index), `camera-${index % 3}`)),
    );
    expect(found.map(({ frame }) => frame.index)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const [index, { scores }] of found.entries()) {
      expect(scores[0]).toBeCloseTo((0.9 * (greys[index] ?? 0)) / 255, 5);
    }
    expect(pool.stats).toMatchObject({ frames: 6, framesLost: 0, threadRestarts: 0 });
    await pool.close();
    await rm(model.directory, { recursive: true });
  });

  it('refuses a wrong file with hash, inputs and outputs in one message', async () => {
    const model = await makeTinyModel({}, { sha256: '0'.repeat(64), labels: ['car'] });
    await expect(openDetectorPool({ ...model, logger })).rejects.toMatchObject({
      code: 'refused',
      problems: [
        expect.stringContaining('sha256'),
        expect.stringContaining(
          'output "scores": expected float32 [1, any, 1] (1 labels), found float32 [1, 2, 2]',
        ),
      ],
    });
    await rm(model.directory, { recursive: true });
  });
});
