import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { planScene, truthOf } from '../../../scripts/scenes/plan.ts';
import { ffmpegArguments } from '../../../scripts/scenes/record.ts';
import { parseScene, readScene } from '../../../scripts/scenes/scene-file.ts';
import { Camera } from '../../../scripts/scenes/truth/camera.ts';
import { readTruth, type Truth, writeTruth } from '../../../scripts/scenes/truth-file.ts';
import { testScene } from './scene-fixture.ts';

// Whole scenes are simulated and rasterised: seconds each on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const LIBRARY = new URL('../../../scripts/scenes/library/', import.meta.url);

describe('the truth of a scene', () => {
  const scene = testScene({ durationS: 8 });
  let truth: Truth;
  beforeAll(() => {
    truth = truthOf(planScene(scene));
  });

  test('has a record for every frame, with boxes inside the picture', () => {
    expect(truth.frames).toHaveLength(80);
    for (const { objects } of truth.frames) {
      for (const { box, occlusion, truncation } of objects) {
        expect(box[0]).toBeGreaterThanOrEqual(0);
        expect(box[3]).toBeLessThanOrEqual(180);
        expect(box[2]).toBeGreaterThan(box[0]);
        expect(occlusion).toBeLessThanOrEqual(1);
        expect(truncation).toBeLessThanOrEqual(1);
      }
    }
  });

  test('puts every whole vehicle on the ground point that the calibration says', () => {
    const camera = new Camera(scene.camera, scene.picture);
    const wholes = truth.frames.flatMap(({ objects }) =>
      objects.filter(({ truncation, class: kind }) => truncation === 0 && kind === 'car'),
    );
    expect(wholes.length).toBeGreaterThan(50);
    for (const { box, ground } of wholes) {
      const middle = camera.project(ground[0], ground[1], 0);
      expect(middle?.xPx).toBeGreaterThan(box[0]);
      expect(middle?.xPx).toBeLessThan(box[2]);
      expect(middle?.yPx).toBeGreaterThan(box[1]);
      expect(middle?.yPx).toBeLessThan(box[3] + 1);
    }
  });

  test('counts each crossing where the vehicle is then: near the line', () => {
    expect(truth.crossings.length).toBeGreaterThan(0);
    for (const { t, id } of truth.crossings) {
      const frame = truth.frames[Math.min(79, Math.round(t * 10))];
      const object = frame?.objects.find((one) => one.id === id);
      if (object) expect(Math.abs(object.ground[1] - 24)).toBeLessThan(2.5);
    }
  });

  test('is the same every time', () => {
    expect(truthOf(planScene(scene))).toEqual(truth);
  });

  test('survives its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ngatu-truth-'));
    try {
      await writeTruth(join(folder, 'a.truth.jsonl.gz'), truth);
      expect(await readTruth(join(folder, 'a.truth.jsonl.gz'))).toEqual(truth);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('boxes follow a camera that is knocked', () => {
  const scene = testScene({ durationS: 4, events: [{ event: 'camera-moved', atS: 2, panDeg: 6 }] });
  const still = truthOf(planScene(testScene({ durationS: 4 })));
  const moved = truthOf(planScene(scene));
  expect(moved.frames[10]).toEqual(still.frames[10]);
  const shift = moved.frames[25]?.objects.flatMap((one) => {
    const before = still.frames[25]?.objects.find(({ id, truncation }) => id === one.id && truncation === 0);
    return before && one.truncation === 0 ? [one.box[0] - before.box[0]] : [];
  });
  expect(shift?.length).toBeGreaterThan(0);
  // Turned to the right, the picture's content moves to the left.
  for (const pixels of shift ?? []) expect(pixels).toBeLessThan(-5);
  expect(moved.incidents).toEqual([{ record: 'incident', kind: 'camera-moved', onset: 2, ids: [] }]);
});

test('a scene file with mistakes is refused with all of them at once', () => {
  expect(() => parseScene('scene: Not A Slug\ndurationS: -1\n', 'bad.yaml')).toThrow(
    /bad\.yaml[\s\S]*slug[\s\S]*durationS/,
  );
});

test('the picture is cropped back to its size after the lens distortion', () => {
  const scene = testScene({
    camera: { ...testScene().camera, distortion: 0.1 },
    image: { noise: 5, blurPx: 0 },
  });
  const filters = ffmpegArguments(scene, { width: 352, height: 198 }, 'out.mp4').join(' ');
  // Radii count in half diagonals of the larger input: 0.1 times 1.21.
  expect(filters).toContain('lenscorrection=k1=0.12100:k2=0:i=bilinear,crop=320:180,noise=alls=5:allf=t');
});

describe('the library', async () => {
  const names = (await readdir(LIBRARY)).filter((name) => name.endsWith('.yaml'));

  test.each(names)('%s is valid, and named like its file', async (name) => {
    const scene = await readScene(new URL(name, LIBRARY).pathname);
    expect(`${scene.scene}.yaml`).toBe(name);
  });

  test.each(names)('%s has its counting lines in the picture', async (name) => {
    const scene = await readScene(new URL(name, LIBRARY).pathname);
    const camera = new Camera(scene.camera, scene.picture);
    for (const { line, from, to } of scene.lines) {
      for (const [x, y] of [from, to]) {
        const at = camera.project(x, y, 0);
        expect(at?.xPx, line).toBeGreaterThan(-0.02 * scene.picture.width);
        expect(at?.xPx, line).toBeLessThan(1.02 * scene.picture.width);
        expect(at?.yPx, line).toBeGreaterThan(0);
        expect(at?.yPx, line).toBeLessThan(scene.picture.height);
      }
    }
  });

  test('shows every layout, light, weather and event', async () => {
    const scenes = await Promise.all(names.map((name) => readScene(new URL(name, LIBRARY).pathname)));
    const long = scenes.filter(({ durationS }) => durationS >= 60);
    expect(long.length).toBeGreaterThanOrEqual(12);
    const seen = (pick: (scene: (typeof scenes)[number]) => readonly string[]): string[] =>
      [...new Set(long.flatMap(pick))].sort();
    expect(seen(({ layout }) => [layout.kind])).toEqual([
      'dual-carriageway',
      'intersection',
      'motorway',
      'roundabout',
      'street',
    ]);
    expect(seen(({ light }) => [light.time])).toEqual(['day', 'dusk', 'low-sun', 'night']);
    expect(seen(({ weather }) => [weather.kind])).toEqual(['clear', 'cloudy', 'fog', 'rain']);
    expect(seen(({ events }) => events.map(({ event }) => event))).toEqual([
      'camera-black',
      'camera-blurred',
      'camera-frozen',
      'camera-moved',
      'camera-obscured',
      'congestion',
      'crash',
      'cyclist',
      'debris',
      'pedestrian',
      'queue',
      'slow-traffic',
      'speeding',
      'stopped-vehicle',
      'wrong-way',
    ]);
  });
});
