// What must hold for whatever a parser says, whichever input it got.

import { isDeepStrictEqual } from 'node:util';
import { Violation } from './target.ts';

/** Controls of both sets, marks that turn the direction of writing, ends of lines of Unicode. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Text about an input that goes into a log or onto a terminal: one line, of bounded length, that steers nothing. */
export function mustBePlain(what: string, text: string, maxLength: number): void {
  if (text.length > maxLength) {
    throw new Violation(`${what} has ${text.length} characters, expected at most ${maxLength}`);
  }
  const found = UNPRINTABLE.exec(text);
  if (found) {
    const code = (found[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    throw new Violation(`${what} holds the character U+${code}`);
  }
}

/** The same, for text of several lines. */
export function mustBePlainLines(what: string, text: string, maxLength: number): void {
  if (text.length > maxLength) {
    throw new Violation(`${what} has ${text.length} characters, expected at most ${maxLength}`);
  }
  for (const line of text.split('\n')) mustBePlain(what, line, maxLength);
}

export function mustBeSame(what: string, a: unknown, b: unknown): void {
  if (!isDeepStrictEqual(a, b) && !isDeepStrictEqual(withoutMinus(a), withoutMinus(b)))
    throw new Violation(`${what} did not come out the same again`);
}

export function must(what: string, holds: boolean): void {
  if (!holds) throw new Violation(`expected ${what}`);
}

/** JSON writes -0 as 0: the only number that does not come back. */
function withoutMinus(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(withoutMinus);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMinus(inner)]));
}
