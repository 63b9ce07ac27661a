import { expect, test } from 'vitest';
import { readScene } from '../../../../scripts/scenes/scene-file.ts';
import { parkedObjects } from '../../../../scripts/scenes/truth/parked.ts';
import { testScene } from '../scene-fixture.ts';

test('parked scooters of a street stand beside the road, in the picture', async () => {
  const library = new URL('../../../../scripts/scenes/library/', import.meta.url);
  const scene = await readScene(new URL('short-motorbikes.yaml', library).pathname);
  const parked = parkedObjects(scene);
  expect(parked.length).toBeGreaterThan(5);
  for (const { ground, box } of parked) {
    // The street is 11 m wide.
    expect(Math.abs(ground[0])).toBeGreaterThan(5.5);
    expect(box[0]).toBeGreaterThanOrEqual(0);
    expect(box[2]).toBeLessThanOrEqual(scene.picture.width);
    expect(box[3] - box[1]).toBeGreaterThan(0);
  }
});

test('other roads have none', () => {
  expect(parkedObjects(testScene())).toEqual([]);
});
