// `npm run bench -- tracking`: how well the tracker keeps identities on KITTI's cars, with perfect boxes and with a
// detector's.

import { join } from 'node:path';
import { judgedCars } from './judged-cars.ts';
import { type KittiSequence, readKittiSequences } from './kitti.ts';
import { type ScoredBox, type TrackingOptions, trackRecording } from './track-sequence.ts';
import { combineTracking, type TrackingTally, tallyTracking, trackingScores } from './tracking-scores.ts';

/** Where the boxes come from that the tracker is given. */
export type BoxSource = 'ground truth' | 'detections';

export type TrackingBenchOptions = {
  /** Folder with tracking/kitti. */
  readonly data: string;
  readonly hindsight?: boolean;
  /** Thresholds of the tracker; its defaults where not given. */
  readonly highScore?: number;
  readonly lowScore?: number;
};

export type SequenceResult = {
  readonly name: string;
  readonly frames: number;
  readonly tally: TrackingTally;
  readonly updateMs: readonly number[];
};

/** KITTI's pictures differ by a few pixels from this; the tracker only asks whether a box has left the picture. */
const PICTURE = { width: 1242, height: 375 };
const FRAMES_PER_SECOND = 10;

/** Prints a row for each sequence and one for all, for both sources of boxes. */
export async function printTracking(options: TrackingBenchOptions): Promise<void> {
  const sequences = await readKittiSequences(join(options.data, 'tracking/kitti'));
  const { highScore, lowScore, hindsight = false } = options;
  const tracking = {
    hindsight,
    tracker: { ...(highScore !== undefined && { highScore }), ...(lowScore !== undefined && { lowScore }) },
  };
  for (const source of ['ground truth', 'detections'] as const) {
    const results = sequences.map((sequence) => trackSequence(sequence, source, tracking));
    const judged = hindsight ? 'with hindsight' : 'as told at the time of each frame';
    console.log(`KITTI cars, boxes: ${source}, ${FRAMES_PER_SECOND} frames a second, judged ${judged}`);
    console.log(`${HEADINGS.map((heading) => heading.padStart(WIDTH)).join('')}`);
    for (const result of results) console.log(rowOf(result));
    console.log(`${rowOf(combineResults(results))}\n`);
  }
}

/**
 * Tracks a sequence and counts. `ground truth` hands the tracker every labelled car, those included that the picture's
 * edge cuts and that KITTI does not ask for: they are there to be seen.
 */
export function trackSequence(
  { name, frames }: KittiSequence,
  source: BoxSource,
  options: TrackingOptions = {},
): SequenceResult {
  const boxes = frames.map(({ objects, detections }): readonly ScoredBox[] =>
    source === 'detections'
      ? detections
      : objects.filter(({ type }) => type === 'Car').map(({ box }) => ({ box, score: 1 })),
  );
  const recording = {
    ...PICTURE,
    framesPerSecond: FRAMES_PER_SECOND,
    roadUser: 'car',
    frames: boxes,
  } as const;
  const tracked = trackRecording(recording, options);
  return {
    name,
    frames: frames.length,
    tally: tallyTracking(
      frames.map(({ objects }, index) => judgedCars(objects, tracked.frames[index] ?? [])),
    ),
    updateMs: tracked.updateMs,
  };
}

export function combineResults(results: readonly SequenceResult[]): SequenceResult {
  return {
    name: 'all',
    frames: results.reduce((sum, { frames }) => sum + frames, 0),
    tally: combineTracking(results.map(({ tally }) => tally)),
    updateMs: results.flatMap(({ updateMs }) => updateMs),
  };
}

const WIDTH = 9;
const HEADINGS = [
  ...['sequence', 'frames', 'HOTA', 'DetA', 'AssA', 'IDF1', 'MOTA', 'IDSW', 'Frag', 'FN', 'FP'],
  'ms/frame',
];

function rowOf({ name, frames, tally, updateMs }: SequenceResult): string {
  const { hota, detA, assA, idf1, mota } = trackingScores(tally);
  const { idSwitches, fragments, fn, fp } = tally.clear;
  return [
    name,
    frames,
    ...[hota, detA, assA, idf1, mota].map((score) => (100 * score).toFixed(2)),
    ...[idSwitches, fragments, fn, fp],
    median(updateMs).toFixed(3),
  ]
    .map((cell) => String(cell).padStart(WIDTH))
    .join('');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}
