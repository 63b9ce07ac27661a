// `npm run bench -- tracking`: how well the tracker keeps identities on KITTI's cars, with perfect boxes and with a
// detector's, and on rendered scenes with a model's; beside peers that were given the same boxes.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerOptions } from '../../../edge-agent/tracker/tracker.ts';
import { findModel } from '../../../models/library.ts';
import { readPeerRows } from '../peers/peer-rows.ts';
import { hashOfBoxes } from '../peers/run-peers.ts';
import { readKittiSequences } from './kitti.ts';
import { BOX_SOURCES, kittiData } from './kitti-data.ts';
import { recordScene } from './record-scene.ts';
import type { BenchData } from './recording.ts';
import { type SceneRecording, sceneAtRate } from './scene-data.ts';
import { combineResults, rowOfResults, type SequenceResult, trackSequence } from './score-data.ts';
import { timeTracker } from './tracker-time.ts';
import { trackingScores } from './tracking-scores.ts';

export type BenchDataOptions = {
  /** Folder with tracking/kitti and models. */
  readonly data: string;
  /** Folder with NAME.mp4 and NAME.truth.jsonl.gz. */
  readonly scenesDir: string;
  readonly scenes: readonly string[];
  /** Frames a second that scenes are tracked at. */
  readonly fps: readonly number[];
  readonly model: string;
};

export type TrackingBenchOptions = BenchDataOptions & {
  readonly hindsight?: boolean;
  /** Thresholds of the tracker; its defaults where not given. */
  readonly highScore?: number;
  readonly lowScore?: number;
};

/** Where boxes found in scenes are kept between runs. */
const CACHE = '.ngatu/bench';

/** Prints a row for each sequence, one for all, and one for each peer that saw the same boxes. */
export async function printTracking(options: TrackingBenchOptions): Promise<void> {
  const { highScore, lowScore, hindsight = false } = options;
  const tracker: TrackerOptions = {
    ...(highScore !== undefined && { highScore }),
    ...(lowScore !== undefined && { lowScore }),
  };
  const peers = await readPeerRows();
  for await (const data of benchData(options)) {
    const results = data.sequences.map((sequence) => trackSequence(sequence, { hindsight, tracker }));
    const judged = hindsight ? 'with hindsight' : 'as told at the time of each frame';
    console.log(`${data.name}, ${data.framesPerSecond} frames a second, judged ${judged}`);
    console.log(
      `${HEADINGS.map((heading, at) => (at === 0 ? heading.padEnd(NAME_WIDTH) : heading.padStart(WIDTH))).join('')}`,
    );
    for (const result of results) console.log(rowOf(result));
    if (results.length > 1) console.log(rowOf({ ...combineResults(results), name: 'ngatu, all' }));
    const boxes = hashOfBoxes(data);
    const { fps } = rowOfResults(data, results);
    for (const peer of peers) {
      if (peer.data !== data.name || peer.fps !== fps || peer.boxes !== boxes) continue;
      const name = `${peer.tracker}, ${peer.setting}`;
      const scores = [peer.HOTA, peer.DetA, peer.AssA, peer.IDF1, peer.MOTA].map((score) => score.toFixed(2));
      console.log(line(name, ['', ...scores, peer.IDSW, '', '', '', peer.msPerFrame.toFixed(3)]));
    }
    console.log('');
  }
  const { objects, medianMs, p95Ms } = timeTracker(TIMED_OBJECTS);
  console.log(
    `${objects} road users: ${medianMs.toFixed(3)} ms a frame at the median, ${p95Ms.toFixed(3)} ms at the 95th percentile`,
  );
}

/** KITTI's sequences with perfect boxes and with a detector's, then each scene at each rate; what is missing is told. */
export async function* benchData(options: BenchDataOptions): AsyncGenerator<BenchData> {
  const kitti = join(options.data, 'tracking/kitti');
  if (existsSync(kitti)) {
    const sequences = await readKittiSequences(kitti);
    for (const source of BOX_SOURCES) yield kittiData(sequences, source);
  } else {
    console.log(`${kitti} is missing, so KITTI is left out; name the data with --data`);
  }
  const recordings: SceneRecording[] = [];
  const model =
    options.scenes.length > 0 ? await findModel(options.model, [join(options.data, 'models')]) : undefined;
  for (const name of options.scenes) {
    if (model === undefined || !existsSync(join(options.scenesDir, `${name}.truth.jsonl.gz`))) {
      console.log(
        `${options.scenesDir}/${name}.mp4 is missing; render it: npm run scenes -- ${name} --fps 25`,
      );
      continue;
    }
    recordings.push(await recordScene(name, { scenes: options.scenesDir, model, cache: CACHE }));
  }
  for (const framesPerSecond of options.fps) {
    const fit = recordings.filter(({ truth }) => truth.header.picture.fps >= framesPerSecond);
    if (fit.length === 0) continue;
    yield {
      name: `scenes, ${options.model}`,
      framesPerSecond,
      sequences: fit.map((recording) => sceneAtRate(recording, framesPerSecond)),
    };
  }
}

const TIMED_OBJECTS = 50;
const NAME_WIDTH = 22;
const WIDTH = 9;
const HEADINGS = [
  ...['sequence', 'frames', 'HOTA', 'DetA', 'AssA', 'IDF1', 'MOTA', 'IDSW', 'Frag', 'FN', 'FP'],
  'ms/frame',
];

function rowOf({ name, frames, tally, updateMs }: SequenceResult): string {
  const { hota, detA, assA, idf1, mota } = trackingScores(tally);
  const { idSwitches, fragments, fn, fp } = tally.clear;
  const scores = [hota, detA, assA, idf1, mota].map((score) => (100 * score).toFixed(2));
  return line(name, [frames, ...scores, idSwitches, fragments, fn, fp, median(updateMs).toFixed(3)]);
}

function line(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(NAME_WIDTH)}${cells.map((cell) => String(cell).padStart(WIDTH)).join('')}`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
