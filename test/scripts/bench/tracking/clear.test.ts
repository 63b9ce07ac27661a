import { describe, expect, it } from 'vitest';
import { clearScores, tallyClear } from '../../../../scripts/bench/tracking/clear.ts';
import { type FramePair, scoredSequence } from '../../../../scripts/bench/tracking/scored-sequence.ts';
import { boxAt, frames } from './make-tracks.ts';

const tallyOf = (pairs: readonly FramePair[]) => tallyClear(scoredSequence(pairs));

describe('CLEAR', () => {
  it('takes a box of half the overlap, and no less', () => {
    const at = (height: number) =>
      tallyOf([{ truths: [{ id: 1, box: boxAt(0) }], tracks: [{ id: 7, box: boxAt(0, height) }] }]);
    expect(at(5)).toMatchObject({ tp: 1, fn: 0, fp: 0 });
    expect(at(4.99)).toMatchObject({ tp: 0, fn: 1, fp: 1 });
    expect(clearScores(at(5)).motp).toBe(0.5);
  });

  it('stays with the track of the frame before while it still fits, however well another does', () => {
    const truths = [{ id: 1, box: boxAt(0) }];
    const known = { id: 7, box: boxAt(0, 6) };
    const tally = tallyOf([
      { truths, tracks: [known] },
      { truths, tracks: [{ id: 8, box: boxAt(0) }, known] },
    ]);
    expect(tally).toMatchObject({ tp: 2, fp: 1, idSwitches: 0 });
    expect(tally.localisation).toBeCloseTo(1.2, 12);
  });

  it('counts a switch against the last track ever, and a fragment, when a road user comes back as another', () => {
    const tally = tallyOf([
      ...frames(3, { 1: 0, 2: 1 }, { 7: 0, 9: 1 }),
      ...frames(4, { 1: 0, 2: 1 }, { 9: 1 }),
      ...frames(3, { 1: 0, 2: 1 }, { 8: 0, 9: 1 }),
    ]);
    expect(tally).toMatchObject({ tp: 16, fn: 4, fp: 0, idSwitches: 1, fragments: 1 });
    expect(clearScores(tally).mota).toBeCloseTo((16 - 1) / 20, 12);
  });

  it('counts a fragment without a switch when it comes back as itself', () => {
    const tally = tallyOf([
      ...frames(3, { 1: 0, 2: 1 }, { 7: 0, 9: 1 }),
      ...frames(1, { 1: 0, 2: 1 }, { 9: 1 }),
      ...frames(3, { 1: 0, 2: 1 }, { 7: 0, 9: 1 }),
    ]);
    expect(tally).toMatchObject({ idSwitches: 0, fragments: 1 });
  });

  it('passes over a frame without any track, as TrackEval does: misses, but no fragment', () => {
    const tally = tallyOf([
      ...frames(3, { 1: 0 }, { 7: 0 }),
      ...frames(1, { 1: 0 }, {}),
      ...frames(3, { 1: 0 }, { 7: 0 }),
    ]);
    expect(tally).toMatchObject({ tp: 6, fn: 1, fragments: 0 });
  });

  it('falls below 0 when more is false than right', () => {
    expect(clearScores(tallyOf(frames(2, { 1: 0 }, { 7: 3, 8: 4 }))).mota).toBe(-2);
  });
});
