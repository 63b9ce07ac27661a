import { describe, expect, it } from 'vitest';
import { plainText } from '../../contract/index.ts';

describe('text from outside, made plain', () => {
  it.each([
    ['letters of any language', 'Ngã tư Lạch Tray 交差点 🚗', 'Ngã tư Lạch Tray 交差点 🚗'],
    ['an escape that colours a terminal', '\u001b[31m', '\\u001b[31m'],
    ['the same in one character', '\u009b2J', '\\u009b2J'],
    ['a line break that would forge a line', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['line ends of Unicode', '\u2028\u2029\u0085', '\\u2028\\u2029\\u0085'],
    ['a mark that turns the direction', 'abc\u202etxt.exe', 'abc\\u202etxt.exe'],
    ['half a surrogate pair', '\ud83d!', '\\ud83d!'],
    ['nothing', '', ''],
  ])('keeps or writes out %s', (_what, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('is cut to a bound, however long it was', () => {
    expect(plainText('x'.repeat(300))).toHaveLength(300);
    expect(plainText('x'.repeat(5_000_000))).toBe(`${'x'.repeat(300)}…`);
    expect(plainText('\0'.repeat(50), 20)).toBe('\\u0000\\u0000\\u0000\\u…');
  });
});
