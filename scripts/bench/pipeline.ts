// Measures a replay against ffmpeg alone with the same filters, and ONNX Runtime alone with as many inferences.
//
// On one core the three share it, so nothing can be faster than decode + inference: their sum over the replay's
// time is the share of the core that does what has to be done. On all cores the slower of the two is the limit.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { frameShapeOf } from '../../edge-agent/detector/frame-shape.ts';
import type { ReplaySummary } from '../../edge-agent/replay/replay-clip.ts';
import { filterGraph, PLANES_LABEL, TIMES_LABEL } from '../../edge-agent/source/filter-graph.ts';
import { probeMedia } from '../../edge-agent/source/probe-media.ts';
import { findModel } from '../../models/library.ts';

export type PipelineBenchOptions = {
  readonly clip: string;
  readonly model: string;
  readonly modelsDir: string;
  readonly rounds: number;
};

type Round = { readonly decodeS: number; readonly inferenceS: number; readonly replayS: number };

/** Runs a program to its end, on the cores of this benchmark, and gives its standard output. */
type Runner = (command: string, args: readonly string[]) => Promise<string>;

const run = promisify(execFile);
/** A number no clip reaches, so that every frame is analysed. */
const EVERY_FRAME_FPS = 60;

/** Prints a table for one core and one for all, with a row a round and the medians. */
export async function benchPipeline(options: PipelineBenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ngatu-bench-'));
  try {
    const camera = join(folder, 'camera.yaml');
    const { width, height } = await probeMedia(options.clip);
    const line = { line: 'middle', from: [0, height / 2], to: [width, height / 2] };
    const source = { url: resolve(options.clip), analysisFps: EVERY_FRAME_FPS };
    await writeFile(
      camera,
      stringify({ camera: 'bench', picture: { width, height }, source, lines: [line] }),
    );
    for (const cores of ['one', 'all'] as const) {
      const runner: Runner = async (command, args) => {
        const [program, ...rest] =
          cores === 'one' ? ['taskset', '-c', '0', command, ...args] : [command, ...args];
        return (await run(program, rest, { maxBuffer: 64 * 1024 * 1024 })).stdout;
      };
      await benchOn(cores, runner, camera, folder, options);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchOn(
  cores: 'one' | 'all',
  runner: Runner,
  camera: string,
  folder: string,
  { clip, model, modelsDir, rounds }: PipelineBenchOptions,
): Promise<void> {
  const { card, modelPath } = await findModel(model, [modelsDir]);
  const graph = filterGraph({ shape: frameShapeOf(card), analysisFps: EVERY_FRAME_FPS });
  const replay = async (): Promise<ReplaySummary> => {
    const out = join(folder, 'out');
    await runner(join(import.meta.dirname, '../../../cli/ngatu'), [
      ...['replay', clip, '--camera', camera, '--out', out],
      ...['--model', model, '--models-dir', modelsDir, '--workers', '1'],
    ]);
    return JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as ReplaySummary;
  };
  const { frames } = await replay();
  const decode = async () => {
    const from = performance.now();
    const nowhere = ['-fps_mode', 'passthrough', '-f', 'null', '-'];
    await runner('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-filter_complex_threads', '1', '-i', clip, '-filter_complex', graph],
      ...['-map', PLANES_LABEL, ...nowhere, '-map', TIMES_LABEL, ...nowhere],
    ]);
    return (performance.now() - from) / 1000;
  };
  const infer = async () => {
    const script = join(import.meta.dirname, 'inference-alone.js');
    return Number(await runner(process.execPath, [script, modelPath, card.input.name, String(frames)]));
  };

  console.log(
    `${cores === 'one' ? 'One core' : 'All cores'}: ${clip}, ${frames} frames, ${card.name}, one inference thread`,
  );
  console.log('round   decode s   inference s   end to end s   fps     share of the possible');
  const measured: Round[] = [];
  for (let at = 0; at < rounds; at++) {
    const round = { decodeS: await decode(), inferenceS: await infer(), replayS: (await replay()).wallS };
    measured.push(round);
    print(String(at + 1), round, frames, cores);
  }
  const median = (pick: (round: Round) => number) =>
    measured.map(pick).toSorted((a, b) => a - b)[measured.length >> 1] ?? Number.NaN;
  const medians = {
    decodeS: median((round) => round.decodeS),
    inferenceS: median((round) => round.inferenceS),
    replayS: median((round) => round.replayS),
  };
  print('median', medians, frames, cores);
  console.log('');
}

function print(
  name: string,
  { decodeS, inferenceS, replayS }: Round,
  frames: number,
  cores: 'one' | 'all',
): void {
  const least = cores === 'one' ? decodeS + inferenceS : Math.max(decodeS, inferenceS);
  const cells = [
    name.padEnd(6),
    decodeS.toFixed(2).padStart(10),
    inferenceS.toFixed(2).padStart(13),
    replayS.toFixed(2).padStart(14),
    (frames / replayS).toFixed(1).padStart(7),
    `${((100 * least) / replayS).toFixed(1)} %`.padStart(10),
  ];
  console.log(cells.join(' '));
}
