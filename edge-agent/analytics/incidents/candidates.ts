// What may become an incident: found, but not for long enough yet.

import type { Moment } from '../observation.ts';
import type { Finding } from './finding.ts';

type Candidate = {
  finding: Finding;
  readonly first: Finding;
  onset: Moment;
  readonly firstWatchedMs: number;
  lastWatchedMs: number;
  seen: number;
  frames: number;
  fresh: boolean;
};

/** `first`: how it was found first, at the place where it may have come from. */
export type RipeCandidate = { readonly finding: Finding; readonly first: Finding; readonly onset: Moment };

/** A candidate that is not found for this long is forgotten, ms: a detector blinks. */
const LONGEST_GAP_MS = 1000;
/** A condition that holds in fewer of the frames does not hold. */
const LEAST_SHARE = 0.6;
/** More candidates than any camera has road users: beyond that new ones are not taken. */
const MAX_CANDIDATES = 1000;

export class Candidates {
  readonly #candidates = new Map<string, Candidate>();

  /** Takes a finding that no open incident claimed. */
  see(finding: Finding, moment: Moment, watchedMs: number): void {
    const key = `${finding.kind} ${finding.region ?? ''} ${finding.subject}`;
    const known = this.#candidates.get(key);
    if (known !== undefined) {
      known.finding = finding;
      known.lastWatchedMs = watchedMs;
      known.seen++;
      known.fresh = true;
      if (finding.onset !== undefined) known.onset = finding.onset;
    } else if (this.#candidates.size < MAX_CANDIDATES) {
      const { cameraTimeMs, capturedAtMs } = moment;
      this.#candidates.set(key, {
        finding,
        first: finding,
        onset: finding.onset ?? { cameraTimeMs, capturedAtMs },
        firstWatchedMs: watchedMs,
        lastWatchedMs: watchedMs,
        seen: 1,
        frames: 0,
        fresh: true,
      });
    }
  }

  /** Ends the frame; takes out those that have lasted. */
  ripe(moment: Moment, watchedMs: number): RipeCandidate[] {
    const ripe: RipeCandidate[] = [];
    for (const [key, candidate] of this.#candidates) {
      candidate.frames++;
      if (!candidate.fresh) {
        if (watchedMs - candidate.lastWatchedMs > LONGEST_GAP_MS) this.#candidates.delete(key);
        continue;
      }
      candidate.fresh = false;
      const { finding, first, onset } = candidate;
      const lastedMs =
        finding.onset === undefined
          ? watchedMs - candidate.firstWatchedMs
          : moment.cameraTimeMs - finding.onset.cameraTimeMs;
      if (lastedMs >= finding.timing.enterMs && candidate.seen >= LEAST_SHARE * candidate.frames) {
        this.#candidates.delete(key);
        ripe.push({ finding, first, onset });
      }
    }
    return ripe;
  }

  clear(): void {
    this.#candidates.clear();
  }
}
