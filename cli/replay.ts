// `ngatu replay`: counts a recorded clip with the stages of a live camera.

import { basename, join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import type { CameraConfig, LineConfig } from '../config/camera.ts';
import { loadCameraConfig } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import { pcuTableOf, serviceTableOf } from '../config/traffic.ts';
import { composeStages, loadModel } from '../edge-agent/compose.ts';
import { composeReplayEvidence, openBoxEvidence } from '../edge-agent/compose-evidence.ts';
import { composeSlitScans, scannedLines, slitScanObserver } from '../edge-agent/compose-slit-scans.ts';
import { JobLine } from '../edge-agent/evidence/job-line.ts';
import { seenIn } from '../edge-agent/evidence/seen-frame.ts';
import { ReplayError, type ReplaySummary, replayClip } from '../edge-agent/replay/replay-clip.ts';
import { ReplayScans } from '../edge-agent/slit-scans/replay-scans.ts';
import type { Frame, FrameShape } from '../edge-agent/source/frame.ts';
import { probeMedia } from '../edge-agent/source/probe-media.ts';
import { DEFAULT_MODEL } from '../models/default-model.ts';
import { describeFigures, describeIncidents } from './describe-figures.ts';
import { inspectCamera } from './inspect-camera.ts';
import { createPlainLogger } from './logger.ts';

type Options = {
  readonly camera: string;
  readonly out: string;
  readonly model?: string;
  readonly modelsDir: readonly string[];
  readonly workers: number;
  readonly startAt: number;
  readonly slitScans?: boolean;
};

export function replayCommand(): Command {
  return new Command('replay')
    .description('count a recorded clip: DIR/events.ndjson gets every event, DIR/summary.json the totals')
    .argument('<clip>', 'video file or folder of pictures')
    .requiredOption('--camera <file>', 'camera file that says where to count; its source.url is not used')
    .requiredOption('--out <dir>', 'folder for the results; made if missing')
    .option(
      '--model <card>',
      `name of a model card or path of one (default: that of the camera file, else ${DEFAULT_MODEL})`,
    )
    .option('--models-dir <dir>', 'folder with cards and ONNX files; may be given again', collect, [])
    .option('--workers <n>', 'inference threads, 1 or 2; the result is the same', parseWorkers, 2)
    .option('--slit-scans', 'draw DIR/slit-scans/LINE-MINUTE.png to check the counts against by eye')
    .option('--start-at <time>', 'UTC of the first frame, as 2026-05-01T06:00:00Z', parseTime, 0)
    .action(run);
}

async function run(clip: string, options: Options): Promise<void> {
  const file = await loadCameraConfig(options.camera, {
    inspectCamera,
    onWarning: (problem) => process.stderr.write(`${formatProblem(problem)}\n`),
  });
  const camera = { ...file, source: { ...file.source, url: clip, username: undefined, password: undefined } };
  const logger = createPlainLogger();
  const detector = {
    modelDirectories: [...options.modelsDir],
    workers: options.workers,
    threads: 1, // more could add up floating-point numbers in another order
    executionProvider: 'cpu' as const,
    model: DEFAULT_MODEL,
  };
  const model = await loadModel(options.model ?? camera.model ?? detector.model, detector, logger);
  const progress = await startProgress(clip);
  try {
    const evidence = await replayEvidence(camera, model.pool.shape, options.out, logger);
    const scans = replaySlitScans(camera, options, model.pool.shape, logger);
    const source = { mode: 'clip' as const, startAtMs: options.startAt, logger, now: Date.now };
    const keep = (frame: Frame) => {
      evidence?.keep(frame);
      scans?.recorder.keep(frame);
    };
    const stages = composeStages(camera, model, source, keep, scans?.observers);
    try {
      const summary = await replayClip({
        stages,
        clip: basename(clip),
        model: model.card.name,
        outDirectory: options.out,
        tables: { pcu: pcuTableOf(camera.traffic), service: serviceTableOf(camera.traffic) },
        onFrame: (result) => {
          progress.update(result.detections.frame.capturedAtMs - options.startAt);
          evidence?.observe(seenIn(result, camera.picture), result.events);
        },
      });
      await evidence?.settled();
      await scans?.write();
      progress.stop();
      process.stdout.write(describe(summary, camera.lines, options.out));
    } finally {
      await stages.source.close();
    }
  } finally {
    progress.stop();
    await model.pool.close();
  }
}

/** Beside the events: pictures and clips where the camera's file asks for them. */
async function replayEvidence(camera: CameraConfig, shape: FrameShape, out: string, logger: Logger) {
  if (!camera.evidence.enabled) return undefined;
  const bounds = { maxMiB: 16_384, maxAgeDays: 3650, minFreeMiB: 0 };
  // The same bytes each time: nothing in it says when the replay ran.
  const box = await openBoxEvidence({ directory: join(out, 'evidence'), ...bounds }, logger, () => 0);
  return composeReplayEvidence(camera, { ...box, shape, logger });
}

/** Sheets to count on, where they are asked for here or by the camera's file. */
function replaySlitScans(
  camera: CameraConfig,
  { slitScans, out, startAt }: Options,
  shape: FrameShape,
  logger: Logger,
) {
  const enabled = slitScans ?? camera.slitScans.enabled;
  const asked = { ...camera, slitScans: { ...camera.slitScans, enabled } };
  const made = new ReplayScans();
  // A replay waits for its pieces: none is given up.
  const maxPending = Number.POSITIVE_INFINITY;
  const recorder = composeSlitScans(asked, { store: made, jobs: new JobLine(), maxPending, shape, logger });
  if (recorder === undefined) return undefined;
  const write = async () => {
    recorder.end();
    await recorder.settled();
    if (recorder.problem !== undefined) throw new ReplayError(join(out, 'slit-scans'), recorder.problem);
    const sheets = await made.write(join(out, 'slit-scans'), scannedLines(camera), startAt);
    process.stderr.write(`${sheets} sheets to check the counts against are in ${join(out, 'slit-scans')}\n`);
  };
  return { recorder, observers: [slitScanObserver(recorder)], write };
}

type Progress = { update(clipMs: number): void; stop(): void };

/** A bar on a terminal, nothing elsewhere. */
async function startProgress(clip: string): Promise<Progress> {
  const { durationMs } = process.stderr.isTTY ? await probeMedia(clip) : {};
  if (durationMs === undefined) return { update: () => undefined, stop: () => undefined };
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {value} of {total} s, {eta_formatted} left',
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(seconds(durationMs), 0);
  return { update: (clipMs) => bar.update(seconds(clipMs)), stop: () => bar.stop() };
}

/** Every line and direction, also those that nobody crossed. */
function describe(summary: ReplaySummary, lines: readonly LineConfig[], out: string): string {
  const { clip, model, frames, durationS, wallS, fps } = summary;
  const rows = lines.flatMap(({ line, directions }) =>
    [directions.toLeft, directions.toRight].map((direction) => {
      const counts = summary.counts.filter((each) => each.line === line && each.direction === direction);
      const total = counts.reduce((sum, { count }) => sum + count, 0);
      return [line, direction, String(total), counts.map((each) => `${each.class} ${each.count}`).join(', ')];
    }),
  );
  const table = [['line', 'direction', 'passages', 'by class'], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  return [
    `${clip}, ${model}: ${frames} frames of ${durationS} s analysed in ${wallS} s (${fps} a second)`,
    ...table.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...(summary.figures ? describeFigures(summary.figures) : []),
    ...describeIncidents(summary.incidents),
    '',
    `Every event is in ${join(out, 'events.ndjson')}, the totals in summary.json beside it.`,
    '',
  ].join('\n');
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function parseWorkers(text: string): number {
  if (text !== '1' && text !== '2') throw new InvalidArgumentError('Expected 1 or 2.');
  return Number(text);
}

function parseTime(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < 0)
    throw new InvalidArgumentError('Expected a time such as 2026-05-01T06:00:00Z.');
  return ms;
}
