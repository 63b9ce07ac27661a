// All scores of one sequence, or of several as one.

import { type ClearScores, type ClearTally, clearScores, combineClear, tallyClear } from './clear.ts';
import { combineHota, type HotaScores, type HotaTally, hotaScores, tallyHota } from './hota.ts';
import {
  combineIdentity,
  type IdentityScores,
  type IdentityTally,
  identityScores,
  tallyIdentity,
} from './identity.ts';
import { type FramePair, scoredSequence } from './scored-sequence.ts';

/** What is counted in a sequence: adds up over sequences. */
export type TrackingTally = {
  readonly hota: HotaTally;
  readonly identity: IdentityTally;
  readonly clear: ClearTally;
};

export type TrackingScores = HotaScores & IdentityScores & ClearScores;

/**
 * Counts a sequence, its frames in the order of time.
 *
 * @throws RangeError when an identity appears twice in a frame.
 */
export function tallyTracking(frames: readonly FramePair[]): TrackingTally {
  const sequence = scoredSequence(frames);
  return { hota: tallyHota(sequence), identity: tallyIdentity(sequence), clear: tallyClear(sequence) };
}

/** Sequences as TrackEval combines them: counts are added, no scores are averaged. */
export function combineTracking(tallies: readonly TrackingTally[]): TrackingTally {
  return {
    hota: combineHota(tallies.map(({ hota }) => hota)),
    identity: combineIdentity(tallies.map(({ identity }) => identity)),
    clear: combineClear(tallies.map(({ clear }) => clear)),
  };
}

export function trackingScores({ hota, identity, clear }: TrackingTally): TrackingScores {
  return { ...hotaScores(hota), ...identityScores(identity), ...clearScores(clear) };
}
