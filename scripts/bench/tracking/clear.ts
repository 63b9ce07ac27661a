// CLEAR MOT (Bernardin and Stiefelhagen 2008): misses, false boxes and identity switches, summed up in MOTA.
// Computed as TrackEval's metrics/clear.py does it.

import { bestPairs } from './best-pairs.ts';
import { EPSILON, type ScoredSequence } from './scored-sequence.ts';
import { sumTallies } from './sum-tallies.ts';

export type ClearTally = {
  readonly tp: number;
  readonly fn: number;
  readonly fp: number;
  /** Matches with another track than the one that the truth was matched with last, however long ago. */
  readonly idSwitches: number;
  /** Times that a truth is matched again after it was not. */
  readonly fragments: number;
  /** Sum over true positives of their similarity. */
  readonly localisation: number;
};

export type ClearScores = {
  /** 1 at best, has no least; 0 without truth. */
  readonly mota: number;
  /** Mean similarity of the true positives, 0.5..1; 0 when there are none. */
  readonly motp: number;
};

const NOTHING: ClearTally = { tp: 0, fn: 0, fp: 0, idSwitches: 0, fragments: 0, localisation: 0 };

/** Least similarity of a match. */
const THRESHOLD = 0.5;
/** What it is worth to keep the match of the frame before: more than all similarities of a frame together. */
const CONTINUED = 1000;

/**
 * Matches frame by frame, continuing the matches of the frame before wherever they still hold. As in TrackEval, a
 * frame without any truth or without any track is passed over: the one after it continues the one before it, and
 * what is missed in it breaks no track into fragments.
 */
export function tallyClear({ frames }: ScoredSequence): ClearTally {
  const tally = { ...NOTHING };
  /** Track that each truth was matched with last, ever and in the frame before. */
  const last = new Map<number, number>();
  let before = new Map<number, number>();
  for (const { truths, tracks, similarity } of frames) {
    if (truths.length === 0 || tracks.length === 0) {
      tally.fn += truths.length;
      tally.fp += tracks.length;
      continue;
    }
    const values = similarity.map((value, index) => {
      if (value < THRESHOLD - EPSILON) return 0;
      const truth = truths[Math.floor(index / tracks.length)] as number;
      return value + (before.get(truth) === tracks[index % tracks.length] ? CONTINUED : 0);
    });
    const pairs = bestPairs(values, truths.length, tracks.length);
    const now = new Map<number, number>();
    for (const { row, column, index } of pairs) {
      const [truth, track] = [truths[row] as number, tracks[column] as number];
      const known = last.get(truth);
      if (known !== undefined && known !== track) tally.idSwitches += 1;
      if (known !== undefined && !before.has(truth)) tally.fragments += 1;
      last.set(truth, track);
      now.set(truth, track);
      tally.localisation += similarity[index] as number;
    }
    before = now;
    tally.tp += pairs.length;
    tally.fn += truths.length - pairs.length;
    tally.fp += tracks.length - pairs.length;
  }
  return tally;
}

export function combineClear(tallies: readonly ClearTally[]): ClearTally {
  return sumTallies(tallies, NOTHING);
}

export function clearScores({ tp, fn, fp, idSwitches, localisation }: ClearTally): ClearScores {
  return {
    mota: tp + fn === 0 ? 0 : (tp - fp - idSwitches) / (tp + fn),
    motp: localisation / Math.max(1, tp),
  };
}
