// IDF1 (Ristani et al. 2016): for how much of the time a road user goes by the one identity that fits it best over the
// whole sequence. Computed as TrackEval's metrics/identity.py does it.

import { bestPairs } from './best-pairs.ts';
import type { ScoredSequence } from './scored-sequence.ts';
import { sumTallies } from './sum-tallies.ts';

/** Boxes under the global one-to-one assignment of truth to track identities. */
export type IdentityTally = { readonly idtp: number; readonly idfn: number; readonly idfp: number };

/** Each 0..1; 0 where there is nothing to divide by. */
export type IdentityScores = { readonly idf1: number; readonly idp: number; readonly idr: number };

/** Least similarity of a truth and a track that are at the same place. TrackEval takes no slack here. */
const THRESHOLD = 0.5;

/**
 * Assigns identities once for the whole sequence so that IDFN + IDFP is least. As both fall by one with each shared
 * box, that is the assignment with the most shared boxes.
 */
export function tallyIdentity({ frames, truthLengths, trackLengths }: ScoredSequence): IdentityTally {
  const width = trackLengths.length;
  const shared = new Float64Array(truthLengths.length * width);
  for (const { truths, tracks, similarity } of frames) {
    for (const [row, truth] of truths.entries()) {
      for (const [column, track] of tracks.entries()) {
        if ((similarity[row * tracks.length + column] as number) >= THRESHOLD) {
          shared[truth * width + track] = (shared[truth * width + track] as number) + 1;
        }
      }
    }
  }
  const idtp = sumOf(
    bestPairs(shared, truthLengths.length, width).map(({ index }) => shared[index] as number),
  );
  return { idtp, idfn: sumOf(truthLengths) - idtp, idfp: sumOf(trackLengths) - idtp };
}

export function combineIdentity(tallies: readonly IdentityTally[]): IdentityTally {
  return sumTallies(tallies, { idtp: 0, idfn: 0, idfp: 0 });
}

export function identityScores({ idtp, idfn, idfp }: IdentityTally): IdentityScores {
  return {
    idf1: idtp / Math.max(1, idtp + idfn / 2 + idfp / 2),
    idp: idtp / Math.max(1, idtp + idfp),
    idr: idtp / Math.max(1, idtp + idfn),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}
