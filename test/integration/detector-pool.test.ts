import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { ROAD_USERS } from '../../contract/index.ts';
import { type DetectorPool, openDetectorPool } from '../../edge-agent/detector/detector-pool.ts';
import { findModel } from '../../models/library.ts';
import { frameFromPicture, pictureOfClip } from '../../scripts/models/picture-frame.ts';
import { dataPath, isDataMissing } from '../edge-agent/detector/shared-data.ts';

const CLIP = 'videos/tuuguu_traffic.mp4';
const logger = pino({ level: 'silent' });

describe.skipIf(isDataMissing('models/yolox_nano.onnx', CLIP))('a detector pool with a real model', () => {
  let pool: DetectorPool | undefined;
  afterEach(() => pool?.close());

  it('finds the vehicles of a frame, and the same ones byte for byte with any number of workers', async () => {
    const picture = await pictureOfClip(dataPath(CLIP), 5);
    const answers: string[] = [];
    for (const workers of [1, 2]) {
      const model = await findModel('yolox_nano', [dataPath('models')]);
      pool = await openDetectorPool({ ...model, workers, logger });
      const shape = pool.shape;
      const frames = await Promise.all([0, 1].map(() => frameFromPicture(picture, shape)));
      const found = await Promise.all(frames.map((frame) => pool?.detect(frame, 'camera')));
      for (const detections of found) {
        expect(detections?.count).toBeGreaterThan(3);
        const names = [...(detections?.roadUsers ?? [])].map((index) => ROAD_USERS[index]);
        expect(names).toContain('car');
        answers.push(JSON.stringify([detections?.boxes, detections?.scores, detections?.roadUsers]));
      }
      await pool.close();
    }
    expect(new Set(answers).size).toBe(1);
  });
});
