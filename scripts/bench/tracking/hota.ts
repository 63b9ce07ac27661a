// HOTA (Luiten et al. 2021, IJCV 129:548-578): detection and association in one number that neither can buy alone.
// Computed as TrackEval's metrics/hota.py does it.

import { bestPairs } from './best-pairs.ts';
import { EPSILON, type ScoredSequence } from './scored-sequence.ts';
import { sumTallies } from './sum-tallies.ts';

/** Localisation thresholds: 0.05, 0.10 .. 0.95 of intersection over union. */
export const ALPHAS: readonly number[] = Array.from({ length: 19 }, (_, step) => 0.05 + step * 0.05);

/** What is counted at one threshold. */
export type AlphaTally = {
  readonly tp: number;
  readonly fn: number;
  readonly fp: number;
  /** Sum over true positives of the Jaccard index of their truth's and their track's frames. */
  readonly association: number;
  /** Sum over true positives of their similarity. */
  readonly localisation: number;
};

/** A tally for each of ALPHAS. */
export type HotaTally = readonly AlphaTally[];

/** Means over ALPHAS, 0..1. */
export type HotaScores = {
  /** Mean of `sqrt(DetA * AssA)`, which is not the root of the means' product. */
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  /** Similarity of the true positives; 1 at a threshold that has none, as TrackEval says. */
  readonly locA: number;
};

const NOTHING: AlphaTally = { tp: 0, fn: 0, fp: 0, association: 0, localisation: 0 };

/** Matches a sequence and counts. Each frame is matched once for all thresholds. */
export function tallyHota(sequence: ScoredSequence): HotaTally {
  const { frames, truthLengths, trackLengths } = sequence;
  const width = trackLengths.length;
  const alignment = globalAlignment(sequence);
  const counters = ALPHAS.map((alpha) => ({
    alpha,
    tally: { ...NOTHING },
    /** `[truth identities, track identities]`: frames in which they were matched. */
    matched: new Float64Array(truthLengths.length * width),
  }));
  for (const { truths, tracks, similarity } of frames) {
    const identities = (row: number, column: number) => at(truths, row) * width + at(tracks, column);
    const values = similarity.map(
      (value, index) =>
        value * at(alignment, identities(Math.floor(index / tracks.length), index % tracks.length)),
    );
    const pairs = bestPairs(values, truths.length, tracks.length).map(({ row, column, index }) => ({
      similarity: at(similarity, index),
      identities: identities(row, column),
    }));
    for (const { alpha, tally, matched } of counters) {
      const kept = pairs.filter((pair) => pair.similarity >= alpha - EPSILON);
      tally.tp += kept.length;
      tally.fn += truths.length - kept.length;
      tally.fp += tracks.length - kept.length;
      for (const pair of kept) {
        tally.localisation += pair.similarity;
        matched[pair.identities] = at(matched, pair.identities) + 1;
      }
    }
  }
  return counters.map(({ tally, matched }) => {
    for (const [index, count] of matched.entries()) {
      const present = at(truthLengths, Math.floor(index / width)) + at(trackLengths, index % width);
      tally.association += (count * count) / (present - count);
    }
    return tally;
  });
}

/** All sequences as one: detections add up, associations weigh as many as there are true positives. */
export function combineHota(tallies: readonly HotaTally[]): HotaTally {
  return ALPHAS.map((_, step) =>
    sumTallies(
      tallies.map((tally) => tally[step] ?? NOTHING),
      NOTHING,
    ),
  );
}

/** Scores of one or of combined sequences; 0 (locA 1) without a true positive. */
export function hotaScores(tally: HotaTally): HotaScores {
  const rows = tally.map(({ tp, fn, fp, association, localisation }) => {
    const detA = tp / Math.max(1, tp + fn + fp);
    const assA = association / Math.max(1, tp);
    return { hota: Math.sqrt(detA * assA), detA, assA, locA: tp === 0 ? 1 : localisation / tp };
  });
  const mean = (field: keyof HotaScores) => rows.reduce((sum, row) => sum + row[field], 0) / rows.length;
  return { hota: mean('hota'), detA: mean('detA'), assA: mean('assA'), locA: mean('locA') };
}

/**
 * `[truth identities, track identities]`: how much of their lives two identities spend together, 0..1, before anything
 * is matched. Weighs the matching of each frame towards pairs that belong together over the whole sequence.
 */
function globalAlignment({ frames, truthLengths, trackLengths }: ScoredSequence): Float64Array {
  const width = trackLengths.length;
  const together = new Float64Array(truthLengths.length * width);
  for (const { truths, tracks, similarity } of frames) {
    const rowSums = new Float64Array(truths.length);
    const columnSums = new Float64Array(tracks.length);
    for (const [index, value] of similarity.entries()) {
      const [row, column] = [Math.floor(index / tracks.length), index % tracks.length];
      rowSums[row] = at(rowSums, row) + value;
      columnSums[column] = at(columnSums, column) + value;
    }
    for (const [index, value] of similarity.entries()) {
      const [row, column] = [Math.floor(index / tracks.length), index % tracks.length];
      const rivals = at(rowSums, row) + at(columnSums, column) - value;
      if (rivals > EPSILON) {
        const place = at(truths, row) * width + at(tracks, column);
        together[place] = at(together, place) + value / rivals;
      }
    }
  }
  return together.map((shared, index) => {
    const present = at(truthLengths, Math.floor(index / width)) + at(trackLengths, index % width);
    return shared / (present - shared);
  });
}

/** Element whose index is known to be in range. */
function at(array: ArrayLike<number>, index: number): number {
  return array[index] as number;
}
