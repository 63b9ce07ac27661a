// Changes of bytes that know nothing of what the bytes mean: they reach what no grammar thinks of.

import type { Random } from '../scenes/random.ts';

/** A whole number from 0 to below `end`; 0 where `end` is 0. */
export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

/** Throws RangeError for an empty list. */
export function anyOf<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0) throw new RangeError('nothing to choose from');
  return list[below(random, list.length)] as T;
}

/** Bytes that parsers trip over: NUL, escape, ends of UTF-8, byte order marks, surrogates, line ends of Unicode. */
const NASTY: readonly Buffer[] = [
  Buffer.from([0]),
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xff, 0xfe]),
  ...[
    '\u001b[2J',
    '\r\n',
    '\n',
    '\t',
    '\u2028',
    '\u202e',
    '\u0085',
    '\u009b31m',
    '"',
    '\\',
    '{',
    '[',
    '-',
    '%',
    '*',
  ].map((text) => Buffer.from(text)),
  ...['9007199254740993', '-1', '1e999', '4294967296', '0x7f', 'NaN', '__proto__', 'null'].map((text) =>
    Buffer.from(text),
  ),
];

/** One to four changes; `others` lend pieces. */
export function mutateBytes(random: Random, bytes: Uint8Array, others: readonly Uint8Array[] = []): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + below(random, 4); left > 0; left--) result = mutateOnce(random, result, others);
  return result;
}

function mutateOnce(random: Random, bytes: Buffer, others: readonly Uint8Array[]): Buffer {
  const at = below(random, bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + below(random, random() < 0.8 ? 16 : bytes.length));
  switch (below(random, 8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(random, 8));
      return flipped;
    }
    case 1:
      return insert(bytes, at, anyOf(random, NASTY));
    case 2:
      return Buffer.concat([bytes.subarray(0, at), anyOf(random, NASTY), bytes.subarray(end)]);
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 5:
      return insert(bytes, end, bytes.subarray(at, end));
    case 6: {
      const other = others.length === 0 ? bytes : anyOf(random, others);
      const from = below(random, other.length);
      return insert(bytes, at, other.slice(from, from + 1 + below(random, 64)));
    }
    default: {
      const overwritten = Buffer.from(bytes);
      for (let index = at; index < end; index++) overwritten[index] = below(random, 256);
      return overwritten;
    }
  }
}

function insert(bytes: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
