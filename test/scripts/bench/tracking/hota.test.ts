import { describe, expect, it } from 'vitest';
import { ALPHAS, hotaScores, tallyHota } from '../../../../scripts/bench/tracking/hota.ts';
import { type FramePair, scoredSequence } from '../../../../scripts/bench/tracking/scored-sequence.ts';
import { boxAt } from './make-tracks.ts';

const tallyOf = (frames: readonly FramePair[]) => tallyHota(scoredSequence(frames));
const repeat = (count: number, frame: FramePair) => Array.from({ length: count }, () => frame);

describe('HOTA', () => {
  it('asks at nineteen thresholds from 0.05 to 0.95', () => {
    expect(ALPHAS.map((alpha) => Math.round(alpha * 100))).toEqual([
      5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95,
    ]);
  });

  it('counts a box at every threshold up to its overlap, that one included', () => {
    // Overlap 0.6: right at 0.05 to 0.60, which are 12 thresholds, missed and false at 7.
    const tally = tallyOf(
      repeat(4, { truths: [{ id: 1, box: boxAt(0) }], tracks: [{ id: 1, box: boxAt(0, 6) }] }),
    );
    expect(tally.map(({ tp }) => tp)).toEqual([...Array(12).fill(4), ...Array(7).fill(0)]);
    expect(tally.map(({ fn }) => fn)).toEqual([...Array(12).fill(0), ...Array(7).fill(4)]);
    expect(hotaScores(tally).hota).toBeCloseTo(12 / 19, 12);
    expect(hotaScores(tally).locA).toBeCloseTo((12 * 0.6 + 7) / 19, 12);
  });

  it('matches a road user with the track of its whole life, not with a better box of a moment', () => {
    const truths = [{ id: 1, box: boxAt(0) }];
    const faithful = { id: 7, box: boxAt(0, 8) };
    const moment = { truths, tracks: [{ id: 8, box: boxAt(0) }, faithful] };
    const tally = tallyOf([moment, ...repeat(9, { truths, tracks: [faithful] })]);
    // Up to an overlap of 0.8, 16 thresholds: 10 right, one false, association 1. Above, nothing is right: in its one
    // frame the exact box loses against the faithful track, as frames are matched once for all thresholds.
    expect(tally.map(({ tp }) => tp)).toEqual([...Array(16).fill(10), 0, 0, 0]);
    expect(hotaScores(tally).hota).toBeCloseTo((16 / 19) * Math.sqrt(10 / 11), 12);
  });
});
