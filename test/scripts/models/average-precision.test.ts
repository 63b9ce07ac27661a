import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  judgePicture,
  operatingPoint,
  type ScoredBox,
  type TruthBox,
  withoutDuplicates,
} from '../../../scripts/models/average-precision.ts';
import type { Box } from '../../../scripts/models/box-overlap.ts';

/** 20x20 boxes side by side that do not touch. */
const at = (place: number): Box => [place * 100, 0, place * 100 + 20, 20];
const truth = (box: Box, ignored = false): TruthBox => ({ box, ignored });
const found = (box: Box, score: number): ScoredBox => ({ box, score });
const judge = (
  truths: readonly TruthBox[],
  detections: readonly ScoredBox[],
  ignoreRegions: readonly Box[] = [],
  minHeightPx = 0,
) => judgePicture({ truths, ignoreRegions, minHeightPx }, detections);

describe('average precision of one picture', () => {
  const two = [truth(at(0)), truth(at(1))];

  it.each([
    {
      what: 'is 1 when everything is found and nothing else',
      truths: two,
      detections: [found(at(0), 0.9), found(at(1), 0.2)],
      expected: 1,
    },
    {
      what: 'is 0 when nothing is found',
      truths: two,
      detections: [],
      expected: 0,
    },
    {
      what: 'is 0 when all detections lie elsewhere',
      truths: two,
      detections: [found(at(5), 0.9), found(at(6), 0.8)],
      expected: 0,
    },
    {
      // Recalls 0 to 0.50 are reached with precision 1, the 50 above never.
      what: 'is 51 of 101 when one of two is found',
      truths: two,
      detections: [found(at(0), 0.9)],
      expected: 51 / 101,
    },
    {
      // 51 recalls with precision 1; then 2 right of 3.
      what: 'counts a second detection of one object as wrong',
      truths: two,
      detections: [found(at(0), 0.9), found(at(0), 0.8), found(at(1), 0.7)],
      expected: (51 + (50 * 2) / 3) / 101,
    },
    {
      what: 'does not suffer from what comes after the last right one',
      truths: two,
      detections: [found(at(0), 0.9), found(at(1), 0.8), found(at(5), 0.7)],
      expected: 1,
    },
    {
      // The first is wrong: 1 of 2 at recall 0.5, 2 of 3 at recall 1; the better one beyond counts for both.
      what: 'takes the best precision at a recall or beyond',
      truths: two,
      detections: [found(at(5), 0.9), found(at(0), 0.8), found(at(1), 0.7)],
      expected: 2 / 3,
    },
    {
      what: 'goes by score, not by the order in which detections come',
      truths: [truth(at(0))],
      detections: [found(at(5), 0.2), found(at(0), 0.9)],
      expected: 1,
    },
  ])('$what', ({ truths, detections, expected }) => {
    expect(averagePrecision([judge(truths, detections)])).toBeCloseTo(expected, 12);
  });

  it('is not defined where there is nothing to find', () => {
    expect(averagePrecision([])).toBeUndefined();
    expect(averagePrecision([judge([], [found(at(0), 0.9)])])).toBeUndefined();
    expect(averagePrecision([judge([truth(at(0), true)], [])])).toBeUndefined();
  });

  it('reaches a recall of 29 in 100 with 29 of 100, in spite of binary fractions', () => {
    const places = Array.from({ length: 100 }, (_, place) => place);
    const detections = places.slice(0, 29).map((place) => found(at(place), 0.9));
    expect(
      averagePrecision([
        judge(
          places.map((place) => truth(at(place))),
          detections,
        ),
      ]),
    ).toBeCloseTo(30 / 101, 12);
  });
});

describe('average precision of many pictures', () => {
  it('ranks the detections of all pictures together', () => {
    const right = judge([truth(at(0))], [found(at(0), 0.5)]);
    const wrong = judge([], [found(at(0), 0.9)]);
    expect(averagePrecision([right, wrong])).toBe(0.5);
    expect(averagePrecision([right, judge([], [found(at(0), 0.4)])])).toBe(1);
  });
});

describe('a detection', () => {
  it('is right from an overlap of one half, and wrong below', () => {
    const tall = truth([0, 0, 10, 20]);
    expect(judge([tall], [found([0, 0, 10, 10], 0.9)]).marks).toEqual([{ score: 0.9, hit: true }]);
    expect(judge([tall], [found([0, 0, 10, 9.9], 0.9)]).marks).toEqual([{ score: 0.9, hit: false }]);
  });

  it('takes the truth that it covers best, and the next best when that one is taken', () => {
    const near: Box = [2, 0, 22, 20];
    const marks = judge(
      [truth(at(0)), truth(near)],
      [found(near, 0.9), found(near, 0.8), found(near, 0.7)],
    ).marks;
    expect(marks.map(({ hit }) => hit)).toEqual([true, true, false]);
  });

  it('is left out, however often, when all that it finds is an ignored truth', () => {
    const judged = judge(
      [truth(at(0)), truth(at(1), true)],
      [found(at(1), 0.9), found(at(1), 0.8), found(at(0), 0.7)],
    );
    expect(judged).toEqual({ truths: 1, marks: [{ score: 0.7, hit: true }] });
  });

  it('finds a truth rather than an ignored one that it covers better', () => {
    const judged = judge([truth(at(0), true), truth([2, 0, 22, 20])], [found(at(0), 0.9)]);
    expect(judged.marks).toEqual([{ score: 0.9, hit: true }]);
  });

  it.each([
    { share: 'more than half', region: [0, 0, 11, 20] as const, marks: [] },
    { share: 'just half', region: [0, 0, 10, 20] as const, marks: [{ score: 0.9, hit: false }] },
  ])('with $share of its area where nobody knows is judged accordingly', ({ region, marks }) => {
    expect(judge([], [found(at(0), 0.9)], [region]).marks).toEqual(marks);
  });

  it('that finds a truth counts in a region where nobody knows, too', () => {
    expect(judge([truth(at(0))], [found(at(0), 0.9)], [[0, 0, 500, 500]]).marks).toEqual([
      { score: 0.9, hit: true },
    ]);
  });

  it('that is too low to be asked for is no mistake, but right when it finds something', () => {
    expect(judge([], [found(at(0), 0.9)], [], 21).marks).toEqual([]);
    expect(judge([truth([0, 0, 20, 22])], [found(at(0), 0.9)], [], 21).marks).toEqual([
      { score: 0.9, hit: true },
    ]);
  });

  it('beyond the best hundred of a picture is not looked at', () => {
    const wrong = Array.from({ length: 100 }, (_, place) => found(at(place + 1), 0.9));
    const judged = judge([truth(at(0))], [found(at(0), 0.1), ...wrong]);
    expect(judged.marks).toHaveLength(100);
    expect(averagePrecision([judged])).toBe(0);
  });
});

describe('recall and precision', () => {
  it('are those of the detections from the least score up', () => {
    const judgements = [
      judge(
        [truth(at(0)), truth(at(1)), truth(at(2))],
        [found(at(0), 0.9), found(at(9), 0.5), found(at(1), 0.3)],
      ),
      judge([truth(at(0))], [found(at(0), 0.29)]),
    ];
    expect(operatingPoint(judgements, 0.3)).toEqual({ recall: 2 / 4, precision: 2 / 3 });
    expect(operatingPoint(judgements, 0.95)).toEqual({ recall: 0, precision: undefined });
    expect(operatingPoint([judge([], [])], 0.3)).toEqual({ recall: undefined, precision: undefined });
  });
});

describe('boxes without duplicates', () => {
  it('keep the best of those that cover each other by more than half', () => {
    const weak = found([0, 0, 20, 19], 0.4);
    const half = found([0, 0, 20, 10], 0.3);
    expect(withoutDuplicates([weak, found(at(0), 0.8), half])).toEqual([found(at(0), 0.8), half]);
  });
});
