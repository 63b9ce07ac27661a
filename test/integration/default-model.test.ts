// The model that comes with the project, on scenes that it never saw in training: does it find what is there?

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../models/default-model.ts';
import { findModel } from '../../models/library.ts';
import { judgeTargets } from '../../scripts/models/accuracy-targets.ts';
import { averagePrecision, type Judgement } from '../../scripts/models/average-precision.ts';
import { detectPicture, openModel } from '../../scripts/models/detect-picture.ts';
import { pictureOfClip } from '../../scripts/models/picture-frame.ts';
import { readTruth } from '../../scripts/scenes/truth-file.ts';
import { labelsOfFrame } from '../../scripts/train/frame-labels.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/scenes');
/** Between judged frames. */
const STEP_S = 1;

describe('the default model', () => {
  it.each([
    ['short-mixed', 0.8],
    // Scooters in crowds, and parked ones that the truth does not list.
    ['short-motorbikes', 0.6],
    ['short-incidents', 0.8],
  ])('finds the vehicles of %s with an average precision of at least %f', async (name, least) => {
    const clip = join(FIXTURES, `${name}.mp4`);
    const truth = await readTruth(join(FIXTURES, `${name}.truth.jsonl.gz`));
    const { width, height, fps } = truth.header.picture;
    const model = await openModel(await findModel(DEFAULT_MODEL, []));
    const judgements: Judgement[] = [];
    for (let index = 0; index < truth.frames.length; index += Math.round(STEP_S * fps)) {
      const frame = truth.frames[index];
      if (!frame) break;
      // A little early: the first frame at or after this moment is the one meant.
      const picture = await pictureOfClip(clip, Math.max(0, (index - 0.3) / fps));
      const { objects } = await detectPicture(model, picture, 0.01);
      const labels = labelsOfFrame(frame, picture.width / width);
      const judged = judgeTargets({ width, height, ...labels }, objects, [], 8);
      if (judged.vehicles) judgements.push(judged.vehicles);
    }
    await model.session.close();
    expect(judgements.length).toBeGreaterThan(8);
    expect(averagePrecision(judgements)).toBeGreaterThan(least);
  });
});
