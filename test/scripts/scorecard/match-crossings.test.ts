import { describe, expect, test } from 'vitest';
import { type CountedPassage, matchCrossings } from '../../../scripts/scorecard/match-crossings.ts';
import type { TrueCrossing } from '../../../scripts/scorecard/true-crossings.ts';

const crossing = (id: number, atS: number, changes: Partial<TrueCrossing> = {}): TrueCrossing => ({
  ...{ id, line: 'a', direction: 'away', roadUser: 'car', speedMs: 10 },
  ...{ atS, fromS: atS - 0.2, toS: atS + 0.2 },
  ...changes,
});
const passage = (track: number, atS: number, changes: Partial<CountedPassage> = {}): CountedPassage => ({
  ...{ track, line: 'a', direction: 'away', roadUser: 'car', atS },
  ...changes,
});
const idsOf = (pairs: ReturnType<typeof matchCrossings>['pairs']) =>
  pairs.map((pair) => [pair.crossing.id, pair.passage.track]);

describe('a passage and a true crossing', () => {
  test.each([
    ['at the same moment', 10, true],
    ['within a second of the time in which the vehicle is over the line', 11.15, true],
    ['later than that', 11.3, false],
  ])('%s', (_, atS, isMatch) => {
    const { pairs, missed, extra } = matchCrossings([crossing(1, 10)], [passage(7, atS)]);
    expect([pairs.length, missed.length, extra.length]).toEqual(isMatch ? [1, 0, 0] : [0, 1, 1]);
  });

  test('of another line or direction do not match', () => {
    const passages = [passage(1, 10, { line: 'b' }), passage(2, 10, { direction: 'towards' })];
    const { pairs, extra } = matchCrossings([crossing(1, 10)], passages);
    expect([pairs.length, extra.length]).toEqual([0, 2]);
  });

  test('match whatever the class, but prefer the same one', () => {
    const crossings = [crossing(1, 10, { roadUser: 'bus' }), crossing(2, 10.1)];
    const { pairs } = matchCrossings(crossings, [passage(7, 10), passage(8, 10.1, { roadUser: 'bus' })]);
    expect(idsOf(pairs).sort()).toEqual([
      [1, 8],
      [2, 7],
    ]);
  });

  test('match one to one: a second passage of the same vehicle is extra', () => {
    const { pairs, extra } = matchCrossings([crossing(1, 10)], [passage(7, 10), passage(8, 10.4)]);
    expect([pairs.length, extra.map(({ track }) => track)]).toEqual([1, [8]]);
  });

  test('leave no pair out for the sake of a closer one', () => {
    const { pairs } = matchCrossings(
      [crossing(1, 10), crossing(2, 11)],
      [passage(7, 10.9), passage(8, 12.1)],
    );
    expect(idsOf(pairs)).toEqual([
      [1, 7],
      [2, 8],
    ]);
  });

  test('match while a vehicle waits over the line, however long', () => {
    const { pairs } = matchCrossings([crossing(1, 40, { fromS: 12, toS: 41 })], [passage(7, 12.5)]);
    expect(pairs).toHaveLength(1);
  });
});

test('what nobody could see is no miss, but is told', () => {
  const hidden = crossing(1, 10, { unverifiable: 'hidden' });
  expect(matchCrossings([hidden], [])).toMatchObject({ missed: [], unverifiable: [hidden] });
  const counted = matchCrossings([hidden], [passage(7, 10)]);
  expect(counted).toMatchObject({
    pairs: [],
    unverifiable: [hidden],
    extra: [],
    notCompared: [{ track: 7 }],
  });
});

test('a road user that the clip cuts on the line explains one passage, in its direction', () => {
  const cuts = [{ line: 'a', direction: 'away', fromS: 59, toS: 60 }];
  const passages = [passage(1, 59.5), passage(2, 59.8), passage(3, 59.5, { direction: 'towards' })];
  const { extra, notCompared } = matchCrossings([], passages, cuts);
  expect(notCompared.map(({ track }) => track)).toEqual([1]);
  expect(extra.map(({ track }) => track)).toEqual([2, 3]);
});

test('what is counted while the camera is at fault is not compared', () => {
  const { extra, notCompared } = matchCrossings(
    [],
    [passage(1, 30), passage(2, 50)],
    [],
    [{ fromS: 20, toS: 40 }],
  );
  expect(notCompared.map(({ track }) => track)).toEqual([1]);
  expect(extra.map(({ track }) => track)).toEqual([2]);
});
