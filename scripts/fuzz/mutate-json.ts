// Changes of JSON values: types swapped, keys missing or too many, lists without end, numbers that JSON has and
// schemas don't expect.

import type { Random } from '../scenes/random.ts';
import { anyOf, below } from './mutate-bytes.ts';

/** Stands in a value for a token that JSON.stringify would not write: see `jsonText`. */
const RAW = '\u0000raw:';

const TOKENS = [
  '1e999',
  '-1e999',
  '-0',
  '1e-400',
  '1E+3',
  '0.1e1',
  '9007199254740993',
  '123456789012345678901234567890',
  'NaN',
  '01',
  '.5',
];

const NUMBERS = [
  0,
  -1,
  1,
  0.5,
  1000,
  1001,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e21,
  5e-324,
  1.7e308,
  7_258_118_400_000,
  7_258_118_400_001,
];

const WORDS = [
  '',
  ' ',
  '0',
  'true',
  '-',
  'a'.repeat(64),
  'a'.repeat(5000),
  'Ngã tư',
  '\u0000',
  '\u001b[31mred\u001b[0m',
  'line\r\nbreak',
  '"quoted"\\',
  'a,b=c d',
  '\ud800',
  '\u202eright to left',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  '{env: HOME}',
  'http://[::1',
  '2026-01-01',
];

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '',
  'v',
  'type',
  'a\nb',
  '\u001b[2J',
  'x'.repeat(2000),
];

/** One to five changes of a value, which is changed itself where it can be; `others`, JSON texts, lend pieces. */
export function mutateJson(random: Random, value: unknown, others: readonly string[] = []): unknown {
  let result = value;
  // One change reaches the deepest, more of them what one alone does not.
  for (let left = random() < 0.6 ? 1 : 1 + below(random, 5); left > 0; left--) {
    result = mutateOnce(random, result, others);
  }
  return result;
}

/** The value as JSON, with the tokens that only text can hold, and now and then with a key that stands there twice. */
export function jsonText(random: Random, value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  const written = text.includes('\\u0000raw:') ? text.replace(/"\\u0000raw:([^"\\]*)"/g, '$1') : text;
  return random() < 0.02 ? written.replace('{', `{${JSON.stringify(anyOf(random, KEYS))}:1,"v":1,`) : written;
}

/** A value of any kind. */
export function anyValue(random: Random): unknown {
  switch (below(random, 9)) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return anyOf(random, NUMBERS);
    case 3:
      return `${RAW}${anyOf(random, TOKENS)}`;
    case 4:
      return anyOf(random, WORDS);
    case 5:
      return [];
    case 6:
      return {};
    case 7:
      return Array.from({ length: below(random, 5) }, () => anyOf(random, NUMBERS));
    default:
      return deep(random, random() < 0.05 ? 2000 : 40);
  }
}

function mutateOnce(random: Random, root: unknown, others: readonly string[]): unknown {
  const holder: { root: unknown } = { root };
  let parent: Record<string, unknown> = holder;
  let key = 'root';
  for (;;) {
    const child = parent[key];
    if (typeof child !== 'object' || child === null || random() < 0.15) break;
    const keys = Object.keys(child);
    if (keys.length === 0) break;
    parent = child as Record<string, unknown>;
    key = anyOf(random, keys);
  }
  change(random, parent, key, others);
  return holder.root;
}

function change(
  random: Random,
  parent: Record<string, unknown>,
  key: string,
  others: readonly string[],
): void {
  const value = parent[key];
  switch (below(random, 9)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case 1:
      set(parent, anyOf(random, KEYS), anyValue(random));
      break;
    case 2:
      set(parent, key, nudged(random, value));
      break;
    case 3:
      set(parent, key, [value]);
      break;
    case 4:
      set(parent, key, { [anyOf(random, KEYS)]: value });
      break;
    case 5: {
      const times = random() < 0.01 ? 5000 : below(random, 20);
      const text = JSON.stringify(value) ?? 'null';
      // Copies, each its own: a change of a shared one would be a change of thousands.
      const copies = Array.from({ length: text.length > 1000 ? 2 : times }, (): unknown => JSON.parse(text));
      if (Array.isArray(parent)) parent.push(...copies);
      else set(parent, key, copies);
      break;
    }
    case 6: {
      const other: unknown = others.length === 0 ? anyValue(random) : JSON.parse(anyOf(random, others));
      const keys = typeof other === 'object' && other !== null ? Object.keys(other) : [];
      if (keys.length > 0) {
        const name = anyOf(random, keys);
        set(parent, random() < 0.5 ? name : key, (other as Record<string, unknown>)[name]);
      }
      break;
    }
    default:
      set(parent, key, anyValue(random));
  }
}

/** Near what it was: the bounds of schemas are found in small steps. */
function nudged(random: Random, value: unknown): unknown {
  if (typeof value === 'number') {
    return anyOf(random, [
      value + 1,
      value - 1,
      -value,
      value * 1000,
      value / 1000,
      value + 0.5,
      String(value),
      value * 2 ** 20,
    ]);
  }
  if (typeof value === 'string') {
    return anyOf(random, [
      `${value}${anyOf(random, WORDS)}`,
      value.slice(1),
      value.toUpperCase(),
      value.repeat(40).slice(0, 3000),
      Number(value),
    ]);
  }
  return typeof value === 'boolean' ? !value : anyValue(random);
}

function deep(random: Random, most: number): unknown {
  let value: unknown = 1;
  for (let left = below(random, most); left > 0; left--) value = random() < 0.5 ? [value] : { a: value };
  return value;
}

/** As JSON.parse does it: `__proto__` becomes a key like any other; a list gets another entry. */
function set(parent: Record<string, unknown>, key: string, value: unknown): void {
  if (Array.isArray(parent) && !Object.hasOwn(parent, key)) parent.push(value);
  else if (Array.isArray(parent) && key === 'length') parent.length = 0;
  else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}
