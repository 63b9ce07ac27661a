import { describe, expect, test, vi } from 'vitest';
import { planScene, truthOf } from '../../../scripts/scenes/plan.ts';
import { readScene } from '../../../scripts/scenes/scene-file.ts';
import { readTruth } from '../../../scripts/scenes/truth-file.ts';

// Whole scenes are simulated and rasterised: seconds each on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const path = (folder: string, name: string): string =>
  new URL(`../../../${folder}/${name}`, import.meta.url).pathname;

describe.each(['short-mixed', 'short-motorbikes', 'short-incidents'])('the committed clip %s', (name) => {
  test('has the truth that its scene file gives today, to the last digit', async () => {
    const scene = await readScene(path('scripts/scenes/library', `${name}.yaml`));
    // The first seconds are enough to notice a change, and quick.
    const seconds = 4;
    const truth = truthOf(planScene({ ...scene, durationS: seconds }));
    const committed = await readTruth(path('test/fixtures/scenes', `${name}.truth.jsonl.gz`));
    expect(truth.frames.length).toBe(50);
    expect({ ...truth.header, frames: 0 }).toEqual({ ...committed.header, frames: 0 });
    expect(truth.frames).toEqual(committed.frames.slice(0, truth.frames.length));
    expect(truth.crossings).toEqual(committed.crossings.filter(({ t }) => t <= seconds));
  });
});

test('short-mixed counts what a viewer counts: six away, four towards the camera', async () => {
  const { crossings } = await readTruth(path('test/fixtures/scenes', 'short-mixed.truth.jsonl.gz'));
  expect(crossings.filter(({ name }) => name === 'away')).toHaveLength(6);
  expect(crossings.filter(({ name }) => name === 'towards')).toHaveLength(4);
});
