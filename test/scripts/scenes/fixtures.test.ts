import { describe, expect, test } from 'vitest';
import { planScene, truthOf } from '../../../scripts/scenes/plan.ts';
import { readScene } from '../../../scripts/scenes/scene-file.ts';
import { readTruth } from '../../../scripts/scenes/truth-file.ts';

const path = (folder: string, name: string): string =>
  new URL(`../../../${folder}/${name}`, import.meta.url).pathname;

describe.each(['short-mixed', 'short-motorbikes', 'short-incidents'])('the committed clip %s', (name) => {
  test('has the truth that its scene file gives today, to the last digit', async () => {
    const scene = await readScene(path('scripts/scenes/library', `${name}.yaml`));
    const committed = await readTruth(path('test/fixtures/scenes', `${name}.truth.jsonl.gz`));
    expect(truthOf(planScene(scene))).toEqual(committed);
  });
});

test('short-mixed counts what a viewer counts: six away, four towards the camera', async () => {
  const { crossings } = await readTruth(path('test/fixtures/scenes', 'short-mixed.truth.jsonl.gz'));
  expect(crossings.filter(({ name }) => name === 'away')).toHaveLength(6);
  expect(crossings.filter(({ name }) => name === 'towards')).toHaveLength(4);
});
