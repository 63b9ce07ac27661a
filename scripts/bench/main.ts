// `npm run bench -- pipeline`: what the pipeline adds to decoding and inference. Every figure is a ratio of things
// measured side by side in one run, because timings of a busy machine mean nothing by themselves.

import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, CommanderError } from 'commander';
import { describeFailure } from '../../cli/failure.ts';
import { benchPipeline } from './pipeline.ts';

const SHARED = '../shared/data';

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('bench').description('measure ngatu, side by side with what it stands on');
  program
    .command('pipeline', { isDefault: true })
    .description('frames a second end to end, as a share of what decode and inference alone take')
    .option('--clip <file>', 'clip to analyse', `${SHARED}/videos/tuuguu_traffic.mp4`)
    .option('--model <card>', 'model card', 'yolox_nano')
    .option('--models-dir <dir>', 'folder with ONNX files', `${SHARED}/models`)
    .option('--rounds <n>', 'how often each is measured, in turn', Number, 5)
    .action(async (options: Parameters<typeof benchPipeline>[0]) => {
      if (!existsSync(options.clip)) {
        throw new CommanderError(
          2,
          'clip',
          `The clip ${options.clip} is missing; give one with --clip, and a model with --model and --models-dir.`,
        );
      }
      process.stdout.write(`${machine()}\n\n`);
      await benchPipeline(options);
    });
  await program.exitOverride().parseAsync([...argv], { from: 'user' });
}

function machine(): string {
  const [first] = cpus();
  return `${first?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = 1;
  }
}
