import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { centre } from '../../../central-collector/dashboard/src/api/centre.ts';
import * as formats from '../../../central-collector/dashboard/src/words/formats.ts';
import { type Language, language } from '../../../central-collector/dashboard/src/words/words.ts';

/** 23:30 at the centre, on the day after it is in London. */
const LATE = '2026-11-21T16:30:05Z';

beforeEach(() => {
  language.value = 'vi';
});
afterEach(() => {
  centre.value = null;
});

describe('what is missing', () => {
  it.each([
    ['a number', formats.formatNumber(null)],
    ['a number that is none', formats.formatNumber(Number.NaN)],
    ['a share', formats.formatShare(null)],
    ['a speed', formats.formatSpeed(undefined)],
    ['a moment', formats.formatDateTime(null)],
    ['a length of time', formats.formatDuration(null)],
    ['a size', formats.formatBytes(null)],
  ])('is a dash, never zero: %s', (_, text) => {
    expect(text).toBe('—');
  });
});

describe('numbers', () => {
  it('have the signs of the language', () => {
    expect(formats.formatNumber(1234.5, 1)).toBe('1.234,5');
    language.value = 'en';
    expect(formats.formatNumber(1234.5, 1)).toBe('1,234.5');
  });

  it.each([
    [1, '100 %'],
    [0.9996, '99 %'],
    [0.985, '99 %'],
    [0.5, '50 %'],
    [0, '0 %'],
  ])('tell a share of %d as %s: all but a little is not all', (share, text) => {
    expect(formats.formatShare(share)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1023, '1.023 B'],
    [1536, '1,5 KiB'],
    [512 * 1024 * 1024, '512 MiB'],
  ])('tell %d bytes as %s', (bytes, text) => {
    expect(formats.formatBytes(bytes)).toBe(text);
  });
});

describe('moments', () => {
  it("are told in the centre's time zone, wherever the screen is", () => {
    expect(formats.formatDateTime(LATE)).toBe('21/11/2026 23:30:05');
    centre.value = { name: '', version: '', timeZone: 'UTC', language: 'vi', tiles: null, now: LATE };
    expect(formats.formatDateTime(LATE)).toBe('21/11/2026 16:30:05');
  });

  it('have their date when they are not of today', () => {
    const now = Date.parse('2026-11-21T18:00:00Z');
    expect(formats.formatMoment(LATE, now)).toBe('21/11 23:30');
    expect(formats.formatMoment(LATE, Date.parse(LATE) + 1000)).toBe('23:30');
  });

  it('count hours from 0 to 23', () => {
    expect(formats.formatTime('2026-11-21T17:05:00Z')).toBe('00:05');
  });
});

describe('lengths of time', () => {
  it.each<[number, Language, string]>([
    [400, 'vi', '0 giây'],
    [59_000, 'vi', '59 giây'],
    [59_700, 'vi', '1 phút'],
    [3_600_000, 'vi', '1 giờ'],
    [3_600_000 + 5 * 60_000, 'vi', '1 giờ 5 phút'],
    [26 * 3_600_000, 'en', '1 d 2 h'],
    [-5, 'en', '0 s'],
  ])('%d ms in %s: %s', (ms, chosen, text) => {
    language.value = chosen;
    expect(formats.formatDuration(ms)).toBe(text);
  });
});
