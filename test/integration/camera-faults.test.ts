import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_AT_S, MADE_FAULTS, makeFault } from '../../scripts/bench/camera-faults/made-faults.ts';
import { watchClip } from '../../scripts/bench/camera-faults/watch-clip.ts';
import { SCENE_CLIP } from '../support/scene.ts';

/** ffmpeg encodes and decodes 40 s of video while other tests run. */
const TIMEOUT_MS = 120_000;

/** `npm run bench camera-faults` does them all. */
const CHOSEN = ['repeats one picture', 'a third covered', 'shifted by 2 % of its width', 'darker at once'];

describe('faults made of a clip of real frames', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ngatu-faults-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(MADE_FAULTS.filter(({ name }) => CHOSEN.includes(name)))(
    '$name: the camera tells of $kind within ten seconds and of nothing else',
    async (made) => {
      const { alarms } = await watchClip(await makeFault(SCENE_CLIP, made, directory), 10);
      expect(alarms.map(({ kind }) => kind)).toEqual(made.kind === undefined ? [] : [made.kind]);
      for (const { detectedAtMs, startedAtMs } of alarms) {
        expect(detectedAtMs / 1000 - FAULT_AT_S).toBeLessThan(10);
        expect(Math.abs(startedAtMs / 1000 - FAULT_AT_S)).toBeLessThan(3);
      }
    },
    TIMEOUT_MS,
  );

  it.each(['short-mixed', 'short-motorbikes', 'short-incidents'])(
    'nothing is wrong with the camera of %s',
    async (scene) => {
      const { alarms } = await watchClip(SCENE_CLIP.replace('short-mixed', scene), 10);
      expect(alarms).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
