// `npm run bench`: `pipeline` tells what the pipeline adds to decoding and inference, `counts` how right the counts
// are, `tracking` how well identities are kept. The pipeline's time is a ratio of things measured side by side in one
// run: by itself a time means nothing.

import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DEFAULT_MODEL } from '../../models/default-model.ts';
import { runMain, wholeNumberFrom } from '../run-main.ts';
import { type CameraFaultsBenchOptions, printCameraFaults } from './camera-faults/print-camera-faults.ts';
import { benchCollector, type CollectorBenchOptions } from './collector/print-collector.ts';
import { printCounts } from './counts.ts';
import { type HistoryBenchOptions, printHistory } from './history/print-history.ts';
import { printOutbox } from './outbox.ts';
import { benchPeers } from './peers/bench-peers.ts';
import { benchPipeline } from './pipeline.ts';
import { printScreenDelay } from './screen.ts';
import { printSpeeds } from './speed.ts';
import { benchStream, type StreamBenchOptions } from './stream/print-stream.ts';
import { printTracking, type TrackingBenchOptions } from './tracking/print-tracking.ts';

const SHARED = '../shared/data';
/** Rendered at 25 frames a second. */
const TRACKED_SCENES = ['city-day', 'crossroads-day', 'street-motorbikes'];
const TRACKED_FPS: readonly number[] = [25, 10, 5];

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('bench').description('measure ngatu, side by side with what it stands on');
  program
    .command('pipeline', { isDefault: true })
    .description('frames a second end to end, as a share of what decode and inference alone take')
    .option('--clip <file>', 'clip to analyse', `${SHARED}/videos/tuuguu_traffic.mp4`)
    .option('--model <card>', 'model card', DEFAULT_MODEL)
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
  program
    .command('screen')
    .description('how long after its frame a passage is on the page of the control centre, in Chromium')
    .option('--seconds <n>', 'how long it is watched', wholeNumberFrom(5), 60)
    .action(async ({ seconds }: { seconds: number }) => {
      process.stdout.write(`${machine()}\n\n`);
      await printScreenDelay(seconds);
    });
  program
    .command('outbox')
    .description('an outbox on disk: CPU time and bytes written for a day of one camera, batches a second')
    .option('--directory <dir>', 'folder on the disk to be measured (default: the one for temporary files)')
    .option('--minutes <n>', 'simulated minutes of each camera', Number, 120)
    .action(async (options: Parameters<typeof printOutbox>[0]) => {
      process.stdout.write(`${machine()}\n\n`);
      await printOutbox(options);
    });
  program
    .command('counts')
    .description('counts of clips that were counted by hand, for several models')
    .option('--data <dir>', 'folder with videos/ and models/', SHARED)
    .option('--models <names...>', 'model cards', [
      DEFAULT_MODEL,
      'yolox_nano',
      'person-vehicle-bike-detection-2004',
      'person-vehicle-bike-detection-2003',
    ])
    .option('--fps <n>', 'analysed frames a second', Number, 10)
    .action(printCounts);
  program
    .command('camera-faults')
    .description('faults of the camera: how soon each is found, false alarms, CPU time a frame')
    .option('--data <dir>', 'folder with videos', SHARED)
    .option('--scenes-dir <dir>', 'folder with rendered scenes and their truth', '.ngatu/scenes')
    .option('--clip <file>', 'clip that faults are made of', 'test/fixtures/scenes/short-mixed.mp4')
    .option('--fps <n>', 'analysed frames a second', Number, 10)
    .action(async (options: CameraFaultsBenchOptions) => {
      process.stdout.write(`${machine()}\n\n`);
      await printCameraFaults(options);
    });
  trackingCommand(program, 'tracking')
    .description(
      "HOTA, IDF1 and MOTA of the tracker on KITTI's cars and on scenes, beside peers given the same boxes",
    )
    .option(
      '--hindsight',
      'count what a track saw before it was confirmed, which the edge cannot know in time',
    )
    .option('--high-score <n>', "the tracker's threshold for a box that may begin a track", scoreOf)
    .option('--low-score <n>', "the tracker's threshold for a box that may continue one", scoreOf)
    .action(async (options: TrackingBenchOptions) => {
      process.stdout.write(`${machine()}\n\n`);
      await printTracking(options);
    });
  trackingCommand(program, 'peers')
    .description(
      'lets ByteTrack and OC-SORT track the same boxes and writes scripts/bench/peers/results.json',
    )
    .option('--python <file>', 'Python with scripts/bench/peers/requirements.txt installed', 'python3')
    .option('--trials <n>', 'parameter sets tried for each peer', Number, 100)
    .action(benchPeers);
  program
    .command('speed')
    .description("errors of speeds on scenes whose truth is known, from the truth's boxes and from replays")
    .option('--truths <dirs...>', 'folders with NAME.truth.jsonl.gz', ['test/fixtures/scenes'])
    .option('--replays <dir>', 'folder with NAME/events.ndjson of "ngatu replay"')
    .action(printSpeeds);
  program
    .command('history')
    .description('questions about a year of many cameras over HTTP: first, after a restart, and again')
    .option('--cameras <n>', 'cameras', Number, 100)
    .option('--days <n>', 'days', Number, 365)
    .option('--classes <n>', 'classes of road users that they tell apart', Number, 7)
    .option('--rounds <n>', 'how often each question is asked', Number, 9)
    .option('--directory <dir>', 'folder for the data, kept and used again (default: a temporary one)')
    .action(async (options: HistoryBenchOptions) => {
      process.stdout.write(`${machine()}\n\n`);
      await printHistory(options);
    });
  program
    .command('collector')
    .description(
      'messages a second from broker to database, as a share of what broker and InfluxDB take alone',
    )
    .option('--rounds <n>', 'how often each is measured, in turn', Number, 3)
    .option(
      '--placements <names...>',
      'shared: every process on every core; pinned: InfluxDB on one of its own',
      ['shared', 'pinned'],
    )
    .option('--agents <n>', 'instead: so many boxes with 4 cameras each, in real time', Number)
    .option('--soak-minutes <n>', 'instead: memory over a long time', Number)
    .option('--minutes <n>', 'minutes of traffic', Number)
    .option('--passages-per-s <n>', 'of each camera, mean', Number)
    .option('--node-option <options...>', 'for the collector, such as --cpu-prof', [])
    .action(async (options: CollectorBenchOptions) => {
      process.stdout.write(`${machine()}\n`);
      await benchCollector(options);
    });
  program
    .command('stream')
    .description('clients of the live stream: how old events are when they get them, what is lost, memory')
    .option('--clients <n>', 'that read, half of them over WebSockets', Number, 500)
    .option('--events-per-s <n>', 'passages that all boxes publish', Number, 2000)
    .option('--minutes <n>', 'measured, after a warm-up of 15 s', Number, 3)
    .option('--everything', 'every client takes every event', false)
    .option('--slow <n>', 'more clients, which do not read', Number, 5)
    .option('--agents <n>', 'boxes, with 4 cameras each', Number, 100)
    .option('--node-option <options...>', 'for the collector, such as --cpu-prof', [])
    .action(async (options: StreamBenchOptions) => {
      process.stdout.write(`${machine()}\n`);
      await benchStream(options);
    });
  await program.exitOverride().parseAsync([...argv], { from: 'user' });
}

function trackingCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--data <dir>', 'folder with tracking/kitti and models', SHARED)
    .option('--scenes-dir <dir>', 'folder with rendered scenes and their truth', '.ngatu/scenes')
    .option('--scenes <names...>', 'scenes, none with ""', TRACKED_SCENES)
    .option(
      '--fps <n...>',
      'frames a second that scenes are tracked at',
      (text, before: readonly number[]) => [...(before === TRACKED_FPS ? [] : before), Number(text)],
      TRACKED_FPS,
    )
    .option('--model <card>', 'model that looks at the scenes', DEFAULT_MODEL);
}

function scoreOf(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !(score >= 0 && score <= 1)) {
    throw new InvalidArgumentError('Expected a score from 0 to 1.');
  }
  return score;
}

function machine(): string {
  const [first] = cpus();
  return `${first?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`;
}

await runMain(() => main(process.argv.slice(2)));
