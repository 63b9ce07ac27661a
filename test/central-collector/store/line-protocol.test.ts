import { describe, expect, it } from 'vitest';
import {
  flag,
  float,
  int,
  lineOf,
  text,
  timestampNs,
} from '../../../central-collector/store/line-protocol.ts';

describe('a line', () => {
  it('has tags, typed fields and nanoseconds', () => {
    const line = lineOf({
      measurement: 'passage',
      tags: { agent: 'a', camera: 'c', lane: undefined, site: 's' },
      fields: {
        track: int(7),
        confidence: float(1),
        share: float(0.25),
        kind: text('x'),
        live: flag(true),
        speed: float(undefined),
      },
      atMs: 1_700_000_000_123,
      ns: 42,
    });
    expect(line).toBe(
      'passage,agent=a,camera=c,site=s track=7i,confidence=1,share=0.25,kind="x",live=true 1700000000123000042',
    );
  });

  const n = float(1);

  it.each([
    [
      'a quote and a backslash in a text',
      { d: text('say "no" \\ yes') },
      {},
      'm d="say \\"no\\" \\\\ yes" 1000000',
    ],
    ['comma, space and equals sign in a tag', { n }, { t: 'a,b c=d' }, 'm,t=a\\,b\\ c\\=d n=1 1000000'],
    [
      'control characters in a text',
      { d: text('a\r\nb\0c\u001b[2Jd\u009be') },
      {},
      'm d="a b c [2Jd e" 1000000',
    ],
    ['a line break in a tag', { n }, { t: 'a\nm n=9' }, 'm,t=a\\ m\\ n\\=9 n=1 1000000'],
    ['a backslash before the comma that ends a tag', { n }, { t: 'a\\', u: 'b' }, 'm,t=a/,u=b n=1 1000000'],
    ['a large number', { n: float(1e21) }, {}, 'm n=1e+21 1000000'],
    [
      'numbers that InfluxDB cannot hold',
      { n, x: float(Number.NaN), y: float(Number.POSITIVE_INFINITY), z: int(1.5) },
      {},
      'm n=1 1000000',
    ],
  ])('survives %s', (_what, fields, tags, expected) => {
    expect(lineOf({ measurement: 'm', tags, fields, atMs: 1 })).toBe(expected);
  });

  it('without a field is refused', () => {
    expect(() => lineOf({ measurement: 'm', tags: {}, fields: { a: undefined }, atMs: 1 })).toThrow(
      /at least one field/,
    );
  });

  it.each([
    [-1, 0],
    [1.5, 0],
    [1, 1_000_000],
    [1, -1],
  ])('has no time %d ms %d ns', (atMs, ns) => {
    expect(() => timestampNs(atMs, ns)).toThrow(RangeError);
  });
});
