// Scenes to train on: every scene of the library under other seeds, cameras, light, weather and traffic, so that
// the library's own clips stay unseen and can judge what was trained.
// node dist/scripts/train/variations.js OUT_DIRECTORY [--each 8] [--seed 1]

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { repositoryRoot } from '../scenes/browser.ts';
import { between, clamp, pickWeighted, type Random, seededRandom } from '../scenes/random.ts';
import { readScene, type Scene, type VehicleKind } from '../scenes/scene-file.ts';

/** Library scenes whose faults or shortness make them poor teachers. */
const LEFT_OUT = /^(camera-|short-)/;
/** How much more often a kind drives in training than on the library's roads: rare classes need examples. */
const BOOST: Partial<Record<VehicleKind, number>> = {
  bus: 2.5,
  truck: 2.5,
  lorry: 2.5,
  motorcycle: 2.5,
  scooter: 1.6,
  bicycle: 2.5,
};
/** Apart from every seed that a library scene uses. */
const FIRST_SEED = 10_000;

await new Command('variations')
  .argument('<out>', 'directory for the scene files')
  .option('--each <count>', 'variations of each library scene', Number, 8)
  .option('--seed <number>', 'another seed, other variations', Number, 1)
  .action(async (out: string, options: { each: number; seed: number }) => {
    const library = join(repositoryRoot(), 'scripts/scenes/library');
    await mkdir(out, { recursive: true });
    const files = (await readdir(library)).filter((file) => file.endsWith('.yaml') && !LEFT_OUT.test(file));
    const scenes = await Promise.all(files.sort().map((file) => readScene(join(library, file))));
    let seed = FIRST_SEED + options.seed * 1000;
    for (let round = 0; round < options.each; round++) {
      for (const original of scenes) {
        const scene = variation(original, seed, seededRandom(seed + 1));
        await writeFile(join(out, `${scene.scene}.yaml`), stringify(scene));
        seed += 1;
      }
    }
  })
  .parseAsync();

function variation(scene: Scene, seed: number, random: Random): Scene {
  const { position, panDeg, tiltDeg, focalLengthMm } = scene.camera;
  const time = pickWeighted<Scene['light']['time']>(random, [
    ['day', 48],
    ['low-sun', 12],
    ['dusk', 14],
    ['night', 26],
  ]);
  const kind = pickWeighted<Scene['weather']['kind']>(random, [
    ['clear', 50],
    ['cloudy', 25],
    ['rain', 17],
    ['fog', 8],
  ]);
  return {
    ...scene,
    scene: `train-${seed}-${scene.scene}`,
    seed,
    durationS: 60,
    picture: { width: 960, height: 540, fps: 0.5 },
    camera: {
      position: [
        position[0] + between(random, -2, 2),
        position[1] + between(random, -5, 5),
        clamp(position[2] * between(random, 0.7, 1.5), 4, 16),
      ],
      panDeg: panDeg + between(random, -9, 9),
      tiltDeg: clamp(tiltDeg + between(random, -5, 10), 6, 60),
      rollDeg: between(random, -2.5, 2.5),
      focalLengthMm: focalLengthMm * between(random, 0.75, 1.7),
      sensorWidthMm: scene.camera.sensorWidthMm,
      distortion: between(random, 0, 0.12),
    },
    light:
      time === 'night'
        ? { time }
        : {
            time,
            sunAzimuthDeg: between(random, 0, 360),
            ...(time === 'day' ? { sunElevationDeg: between(random, 25, 80) } : {}),
          },
    weather:
      kind === 'fog' || (kind === 'rain' && random() < 0.5)
        ? { kind, visibilityM: between(random, kind === 'fog' ? 70 : 150, 500) }
        : { kind },
    image: {
      noise: between(random, 0, 16),
      blurPx: between(random, 0.2, 1.2),
      crf: Math.round(between(random, 18, 32)),
    },
    demand: scene.demand.map((one) => ({
      ...one,
      perHour: Math.min(8000, one.perHour * between(random, 0.8, 2)),
      mix: Object.fromEntries(
        Object.entries(one.mix).map(([name, weight]) => [
          name,
          weight * (BOOST[name as VehicleKind] ?? 1) * between(random, 0.5, 1.5),
        ]),
      ),
    })),
    pedestriansPerHour: Math.min(5000, scene.pedestriansPerHour * between(random, 0.5, 3)),
    lines: [],
    events: [],
  };
}
