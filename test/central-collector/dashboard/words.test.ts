import { afterEach, describe, expect, it } from 'vitest';
import { fill, language, tables } from '../../../central-collector/dashboard/src/words/words.ts';

const SOURCES = '../../../central-collector/dashboard/src';
const modules = import.meta.glob(
  [
    '../../../central-collector/dashboard/src/words/*.ts',
    '../../../central-collector/dashboard/src/**/*words.ts',
  ],
  { eager: true },
);

/** Words that are the same in both languages. */
const SAME = new Set([
  'camera',
  'cameras',
  'cpu',
  'video',
  'yaml',
  'csv',
  'json',
  'api',
  'token',
  'url',
  'email',
  'ngatu',
]);

afterEach(() => {
  language.value = 'vi';
});

describe('the words of the page', () => {
  it(`has tables in many files of ${SOURCES}`, () => {
    expect(Object.keys(modules).length).toBeGreaterThan(5);
    expect(tables.length).toBeGreaterThan(8);
  });

  it('has each word in both languages, with the same blanks to fill', () => {
    for (const { en, vi } of tables) {
      expect(Object.keys(vi).sort()).toEqual(Object.keys(en).sort());
      for (const key of Object.keys(en)) {
        expect([key, blanks(vi[key])]).toEqual([key, blanks(en[key])]);
        expect([key, vi[key]?.trim()]).not.toEqual([key, '']);
      }
    }
  });

  it('has no English left where Vietnamese is meant, and all of it composed as fonts expect', () => {
    const untranslated = tables.flatMap(({ en, vi }) =>
      Object.keys(en).filter(
        (key) => en[key] === vi[key] && wordsOf(en[key] ?? '').some((word) => !SAME.has(word)),
      ),
    );
    expect(untranslated).toEqual([]);
    for (const { vi } of tables)
      for (const text of Object.values(vi)) expect(text).toBe(text.normalize('NFC'));
  });
});

describe('filling words in', () => {
  it.each([
    ['{n} {n|incident|incidents}', { n: 1 }, '1 incident'],
    ['{n} {n|incident|incidents}', { n: 0 }, '0 incidents'],
    ['{n} {n|camera has|cameras have} moved', { n: 3 }, '3 cameras have moved'],
    ['{name} at {time}', { name: 'Cầu Rào', time: '14:03' }, 'Cầu Rào at 14:03'],
    ['a value of {name}', { name: '{time}' }, 'a value of {time}'],
    ['{unknown} stays', {}, '{unknown} stays'],
  ])('%s', (text, values, filled) => {
    expect(fill(text, values)).toBe(filled);
  });
});

/** Of three letters and more, in small letters: shorter ones are units. */
function wordsOf(text: string): string[] {
  return (
    text
      .replace(/\{[^}]*\}/g, '')
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? []
  );
}

/** Names of the blanks, without their forms for one and many: Vietnamese has none. */
function blanks(text: string | undefined): string[] {
  return [...new Set([...(text ?? '').matchAll(/\{(\w+)/g)].map(([, name]) => name ?? ''))].sort();
}
