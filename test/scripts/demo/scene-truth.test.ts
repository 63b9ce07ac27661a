import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findTruth } from '../../../scripts/demo/scene-truth.ts';
import { SCENE_CLIP, SCENE_TRUTH } from '../../support/scene.ts';

it("brings the lines and crossings of the demo's clip, as its scene computed them", async () => {
  const truth = await findTruth(SCENE_CLIP);
  expect(truth).toMatchObject({
    picture: { width: 640, height: 360 },
    lines: [
      {
        ...{ line: 'south', from: [42.85, 182.48], to: [460.16, 228.12] },
        directions: { toLeft: 'away', toRight: 'towards' },
      },
    ],
    lengthMs: 15_040,
  });
  expect(truth?.crossings.map(({ direction }) => direction).sort()).toEqual([
    ...Array<string>(6).fill('away'),
    ...Array<string>(4).fill('towards'),
  ]);
});

it('looks for the truth beside the clip only, and says so when it is broken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-truth-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clip = join(folder, 'mine.mp4');
  expect(await findTruth(clip)).toBeUndefined();
  expect(await findTruth(join(folder, 'mine.avi'))).toBeUndefined();
  await copyFile(SCENE_TRUTH, join(folder, 'mine.truth.jsonl.gz'));
  expect((await findTruth(clip))?.crossings).toHaveLength(10);
  await writeFile(join(folder, 'mine.truth.jsonl.gz'), 'no truth');
  await expect(findTruth(clip)).rejects.toThrow(/mine\.truth\.jsonl\.gz is no gzipped JSON Lines/);
});
