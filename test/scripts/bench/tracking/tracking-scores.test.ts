import { describe, expect, it } from 'vitest';
import type { FramePair } from '../../../../scripts/bench/tracking/scored-sequence.ts';
import {
  combineTracking,
  tallyTracking,
  trackingScores,
} from '../../../../scripts/bench/tracking/tracking-scores.ts';
import { boxAt, frames } from './make-tracks.ts';

const scoresOf = (...sequences: (readonly FramePair[])[]) =>
  trackingScores(combineTracking(sequences.map(tallyTracking)));

const perfect = frames(10, { 1: 0, 2: 1 }, { 7: 0, 8: 1 });
const missedHalf = [...frames(15, { 1: 0 }, { 7: 0 }), ...frames(15, { 1: 0 }, {})];

describe('tracking scores worked out by hand', () => {
  it.each([
    {
      what: 'are all 1 when every road user keeps one identity at its very place',
      sequence: perfect,
      expected: { hota: 1, detA: 1, assA: 1, locA: 1, idf1: 1, idp: 1, idr: 1, mota: 1, motp: 1 },
      counts: { tp: 20, fn: 0, fp: 0, idSwitches: 0, fragments: 0 },
    },
    {
      // Each of 10 matches has 5 frames in common out of 10 + 5 - 5.
      what: 'take half of the association for one switch of identity half-way',
      sequence: [...frames(5, { 1: 0 }, { 7: 0 }), ...frames(5, { 1: 0 }, { 8: 0 })],
      expected: { hota: Math.sqrt(0.5), detA: 1, assA: 0.5, idf1: 0.5, idp: 0.5, idr: 0.5, mota: 0.9 },
      counts: { tp: 10, fn: 0, fp: 0, idSwitches: 1, fragments: 0 },
    },
    {
      // DetA 15 / 30; each of 15 matches has 15 frames in common out of 30 + 15 - 15; IDF1 15 / (15 + 15 / 2).
      what: 'take half of detection and of association for a missed half',
      sequence: missedHalf,
      expected: { hota: 0.5, detA: 0.5, assA: 0.5, idf1: 2 / 3, idp: 1, idr: 0.5, mota: 0.5, motp: 1 },
      counts: { tp: 15, fn: 15, fp: 0, idSwitches: 0, fragments: 0 },
    },
    {
      // Each of 20 matches has 5 frames in common out of 10 + 10 - 5; MOTA (20 - 2) / 20.
      what: 'leave a third of the association when two tracks swap half-way',
      sequence: [...frames(5, { 1: 0, 2: 1 }, { 7: 0, 8: 1 }), ...frames(5, { 1: 0, 2: 1 }, { 8: 0, 7: 1 })],
      expected: { hota: Math.sqrt(1 / 3), detA: 1, assA: 1 / 3, idf1: 0.5, idp: 0.5, idr: 0.5, mota: 0.9 },
      counts: { tp: 20, fn: 0, fp: 0, idSwitches: 2, fragments: 0 },
    },
    {
      // 10 right, 5 of 15 false: DetA 10 / 15, IDF1 10 / (10 + 5 / 2), MOTA (10 - 5) / 10.
      what: 'take detection alone for a track where nothing is',
      sequence: [...frames(5, { 1: 0 }, { 7: 0, 8: 3 }), ...frames(5, { 1: 0 }, { 7: 0 })],
      expected: { hota: Math.sqrt(2 / 3), detA: 2 / 3, assA: 1, idf1: 0.8, idp: 2 / 3, idr: 1, mota: 0.5 },
      counts: { tp: 10, fn: 0, fp: 5, idSwitches: 0, fragments: 0 },
    },
    {
      what: 'are 0 when nothing is tracked',
      sequence: frames(10, { 1: 0, 2: 1 }, {}),
      expected: { hota: 0, detA: 0, assA: 0, locA: 1, idf1: 0, idp: 0, idr: 0, mota: 0, motp: 0 },
      counts: { tp: 0, fn: 20, fp: 0, idSwitches: 0, fragments: 0 },
    },
    {
      what: 'are 0 when there is nothing to track',
      sequence: frames(10, {}, { 7: 0 }),
      expected: { hota: 0, detA: 0, assA: 0, locA: 1, idf1: 0, idp: 0, idr: 0, mota: 0, motp: 0 },
      counts: { tp: 0, fn: 0, fp: 10, idSwitches: 0, fragments: 0 },
    },
    {
      what: 'are 0 for no frames at all',
      sequence: [],
      expected: { hota: 0, detA: 0, assA: 0, locA: 1, idf1: 0, idp: 0, idr: 0, mota: 0, motp: 0 },
      counts: { tp: 0, fn: 0, fp: 0, idSwitches: 0, fragments: 0 },
    },
  ])('$what', ({ sequence, expected, counts }) => {
    const tally = tallyTracking(sequence);
    const scores = trackingScores(tally);
    for (const [score, value] of Object.entries(expected)) {
      expect(scores[score as keyof typeof scores], score).toBeCloseTo(value, 12);
    }
    expect(tally.clear).toMatchObject(counts);
  });

  it('weigh a sequence by what is in it when sequences are combined', () => {
    const scores = scoresOf(perfect, missedHalf);
    // 35 right of 50; association (20 * 1 + 15 * 0.5) / 35; IDF1 35 / (35 + 15 / 2).
    expect(scores.detA).toBeCloseTo(0.7, 12);
    expect(scores.assA).toBeCloseTo(27.5 / 35, 12);
    expect(scores.hota).toBeCloseTo(Math.sqrt((0.7 * 27.5) / 35), 12);
    expect(scores.idf1).toBeCloseTo(35 / 42.5, 12);
    expect(scores.mota).toBeCloseTo(0.7, 12);
  });

  it('are of one sequence the same as of that sequence combined with an empty one', () => {
    expect(scoresOf(missedHalf, [])).toEqual(scoresOf(missedHalf));
  });

  it('refuse a sequence that has an identity twice in a frame', () => {
    const twice = { id: 7, box: boxAt(0) };
    expect(() => tallyTracking([{ truths: [], tracks: [twice, twice] }])).toThrow(
      /each track once in a frame, got ids 7, 7 in frame 0/,
    );
  });
});
