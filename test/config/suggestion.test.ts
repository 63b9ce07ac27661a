import { describe, expect, it } from 'vitest';
import { editDistance, nearestWord } from '../../config/suggestion.ts';

describe('did you mean', () => {
  it.each([
    ['a letter too many', 'liness', 'lines'],
    ['a letter too few', 'widh', 'width'],
    ['two letters swapped', 'widht', 'width'],
    ['other capitals', 'analysisfps', 'analysisFps'],
    ['another ending', 'maxMb', 'maxMiB'],
  ])('finds a word with %s', (_name, word, expected) => {
    expect(nearestWord(word, ['width', 'height', 'lines', 'analysisFps', 'maxMiB'])).toBe(expected);
  });

  it('stays silent when nothing is near', () => {
    expect(nearestWord('colour', ['width', 'height', 'x', 'y'])).toBeUndefined();
    expect(nearestWord('z', ['width'])).toBeUndefined();
  });

  it.each([
    ['', '', 0],
    ['a', '', 1],
    ['ab', 'ba', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j are %i edits apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
