import { describe, expect, it } from 'vitest';
import { readLine } from '../../../scripts/fuzz/line-protocol-reader.ts';

describe('the reader of line protocol that fuzzing checks with', () => {
  it('gives the parts of a line with their types', () => {
    const line = 'm,a=x\\,y\\ z,b=1 n=-3i,f=1.5e+300,s="a \\"b\\" \\\\, c=d",t=true 1700000000000000042';
    expect(readLine(line)).toEqual({
      measurement: 'm',
      tags: { a: 'x,y z', b: '1' },
      fields: { n: -3n, f: 1.5e300, s: 'a "b" \\, c=d', t: true },
      timestamp: 1_700_000_000_000_000_042n,
    });
  });

  it.each([
    ['two lines', 'm f=1 1\nm f=1 1'],
    ['no field', 'm,a=b 1'],
    ['no timestamp', 'm f=1'],
    ['an empty tag', 'm,a= f=1 1'],
    ['tags out of order', 'm,b=1,a=1 f=1 1'],
    ['a tag twice', 'm,a=1,a=2 f=1 1'],
    ['a field twice', 'm f=1,f=2 1'],
    ['an unescaped space in a tag', 'm,a=b c f=1 1'],
    ['a string without its end', 'm f="x 1'],
    ['a word that is no value', 'm f=NaN 1'],
    ['a number that is not finite', 'm f=1e999 1'],
    ['a whole number beyond 64 bits', 'm f=9223372036854775808i 1'],
    ['a time beyond 64 bits', 'm f=1 9223372036854775808'],
    ['a time before 1970', 'm f=1 -1'],
    ['a string longer than InfluxDB keeps', `m f="${'x'.repeat(65_537)}" 1`],
  ])('takes no line with %s', (_what, line) => {
    expect(() => readLine(line)).toThrow(SyntaxError);
  });
});
