import { describe, expect, it } from 'vitest';
import { tallyIdentity } from '../../../../scripts/bench/tracking/identity.ts';
import { scoredSequence } from '../../../../scripts/bench/tracking/scored-sequence.ts';
import { frames } from './make-tracks.ts';

describe('identity scores', () => {
  it('give each road user one track at most, each track one road user, for the most boxes in all', () => {
    // Road user 1 goes as 7 for 6 frames and as 8 for 4; road user 2 as 7 for 3, which 7 cannot be as well.
    const sequence = scoredSequence([
      ...frames(6, { 1: 0 }, { 7: 0 }),
      ...frames(4, { 1: 0 }, { 8: 0 }),
      ...frames(3, { 2: 0 }, { 7: 0 }),
    ]);
    // 1 as 8 and 2 as 7 would be 4 + 3 = 7 boxes: more than 1 as 7 alone.
    expect(tallyIdentity(sequence)).toEqual({ idtp: 7, idfn: 6, idfp: 6 });
  });

  it('leave a road user without a track rather than count boxes that are elsewhere', () => {
    const sequence = scoredSequence(frames(5, { 1: 0 }, { 7: 2 }));
    expect(tallyIdentity(sequence)).toEqual({ idtp: 0, idfn: 5, idfp: 5 });
  });
});
