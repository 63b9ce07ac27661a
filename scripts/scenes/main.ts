// npm run scenes -- NAME… | all: renders scenes of the library with their truth.

import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { Renderer, repositoryRoot } from './browser.ts';
import { planScene, truthOf } from './plan.ts';
import { recordScene } from './record.ts';
import { readScene, type Scene, SceneFileError } from './scene-file.ts';
import { writeTruth } from './truth-file.ts';

type Options = {
  readonly out: string;
  readonly seconds?: number;
  readonly fps?: number;
  readonly truthOnly?: boolean;
  readonly list?: boolean;
};

const library = join(repositoryRoot(), 'scripts/scenes/library');

await new Command('scenes')
  .description('Render synthetic camera clips with exact truth: NAME.mp4 and NAME.truth.jsonl.gz')
  .argument('[names...]', 'scenes of the library, YAML files, or "all"')
  .option('--out <directory>', 'where the clips go', '.ngatu/scenes')
  .option('--seconds <number>', 'only the first seconds of each scene', Number)
  .option('--fps <number>', 'another frame rate: 1 samples a scene quickly', Number)
  .option('--truth-only', 'write the truth without rendering')
  .option('--list', 'name the scenes of the library')
  .action(run)
  .parseAsync();

async function run(names: readonly string[], options: Options): Promise<void> {
  const known = (await readdir(library))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace(/\.yaml$/, ''));
  if (options.list || names.length === 0) {
    for (const name of known)
      console.log(`${name.padEnd(28)} ${(await readScene(join(library, `${name}.yaml`))).title}`);
    return;
  }
  const chosen = names.flatMap((name) => (name === 'all' ? known : [name]));
  let renderer: Renderer | undefined;
  try {
    await mkdir(options.out, { recursive: true });
    for (const name of chosen) {
      const path = name.endsWith('.yaml') ? name : join(library, `${name}.yaml`);
      if (!name.endsWith('.yaml') && !known.includes(name)) {
        throw new SceneFileError(`No scene "${name}" in the library; it has ${known.join(', ')}`);
      }
      const read = await readScene(path);
      const scene: Scene = {
        ...read,
        durationS: Math.min(read.durationS, options.seconds ?? read.durationS),
        picture: { ...read.picture, fps: options.fps ?? read.picture.fps },
      };
      if (!options.truthOnly)
        renderer ??= await Renderer.start((message) => console.error(`\nchromium: ${message}`));
      await make(scene, join(options.out, basename(path, '.yaml')), renderer);
    }
  } catch (error) {
    if (!(error instanceof SceneFileError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  } finally {
    await renderer?.close();
  }
}

async function make(scene: Scene, target: string, renderer: Renderer | undefined): Promise<void> {
  const started = performance.now();
  const plan = planScene(scene);
  const bar = new SingleBar(
    { format: `${scene.scene.padEnd(26)} {bar} {value}/{total} {stage}`, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(plan.frames.length, 0, { stage: 'picture' });
  if (renderer)
    await recordScene(plan, renderer, `${target}.mp4`, (done) => bar.update(done, { stage: 'picture' }));
  const truth = truthOf(plan, (index) => bar.update(index + 1, { stage: 'truth' }));
  await writeTruth(`${target}.truth.jsonl.gz`, truth);
  bar.stop();
  const objects =
    truth.frames.reduce((sum, frame) => sum + frame.objects.length, 0) / Math.max(1, truth.frames.length);
  console.log(
    `${target}: ${truth.frames.length} frames, ${objects.toFixed(1)} objects a frame, ${truth.crossings.length} crossings, ${truth.incidents.length} incidents, ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
}
