// Scores of our tracker, or of tracks that come from elsewhere, on the sequences of the benchmark.

import type { BenchData, BenchSequence } from './recording.ts';
import type { IdentifiedBox } from './scored-sequence.ts';
import { type TrackingOptions, trackRecording } from './track-sequence.ts';
import { combineTracking, type TrackingTally, tallyTracking, trackingScores } from './tracking-scores.ts';

export type SequenceResult = {
  readonly name: string;
  readonly frames: number;
  readonly tally: TrackingTally;
  /** What the tracker took for each frame, ms. */
  readonly updateMs: readonly number[];
};

/** What the scorecard shows of a tracker on one set of data. Scores in percent, two decimals. */
export type TrackingRow = {
  /** Such as `KITTI cars, detections`. */
  readonly data: string;
  /** Frames a second. */
  readonly fps: number;
  readonly HOTA: number;
  readonly DetA: number;
  readonly AssA: number;
  readonly IDF1: number;
  readonly MOTA: number;
  /** Identity switches. */
  readonly IDSW: number;
};

/** Tracks a sequence with our tracker and counts. */
export function trackSequence(sequence: BenchSequence, options: TrackingOptions = {}): SequenceResult {
  const { frames, updateMs } = trackRecording(sequence.recording, options);
  return { ...countSequence(sequence, frames), updateMs };
}

/** Counts tracks of a sequence, a list for each of its frames. */
export function countSequence(
  { name, recording, pairUp }: BenchSequence,
  tracks: readonly (readonly IdentifiedBox[])[],
): SequenceResult {
  return {
    name,
    frames: recording.frames.length,
    tally: tallyTracking(recording.frames.map((_, frame) => pairUp(frame, tracks[frame] ?? []))),
    updateMs: [],
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

/** Scores of all sequences as one. */
export function rowOfResults(
  { name, framesPerSecond }: Pick<BenchData, 'name' | 'framesPerSecond'>,
  results: readonly SequenceResult[],
): TrackingRow {
  const { tally } = combineResults(results);
  const { hota, detA, assA, idf1, mota } = trackingScores(tally);
  return {
    data: name,
    fps: framesPerSecond,
    HOTA: percent(hota),
    DetA: percent(detA),
    AssA: percent(assA),
    IDF1: percent(idf1),
    MOTA: percent(mota),
    IDSW: tally.clear.idSwitches,
  };
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}
