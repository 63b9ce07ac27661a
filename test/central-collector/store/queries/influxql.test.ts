import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { influxql, name, text } from '../../../../central-collector/store/queries/influxql.ts';

const FROM = { policy: 'raw', measurement: 'flow' };

describe('a statement', () => {
  it('is made of its parts', () => {
    expect(
      influxql({
        select: [{ of: 'sum', field: 'n', as: 'n' }],
        from: {
          select: [{ field: 'a', times: 'b', as: 'n' }],
          from: FROM,
          where: [{ field: 't', isTrue: true }],
        },
        where: [{ tag: 'site', is: 's' }],
        fromMs: 1,
        toMs: 3,
        groupBy: { stepMs: 2, offsetMs: 1, tags: ['camera'] },
      }),
    ).toBe(
      `SELECT sum("n") AS "n" FROM (SELECT "a" * "b" AS "n" FROM "raw"."flow" WHERE "t" = true) WHERE time >= 1ms AND time < 3ms AND "site" = 's' GROUP BY time(2ms, 1ms), "camera" fill(none)`,
    );
  });

  it.each([
    [`x' OR 'a' = 'a`, `'x\\' OR \\'a\\' = \\'a'`],
    [`back\\`, `'back\\\\'`],
    [`back\\'; DROP DATABASE ngatu --`, `'back\\\\\\'; DROP DATABASE ngatu --'`],
    ['two\nlines', `'two\\nlines'`],
  ])('takes the text %j as a text', (hostile, quoted) => {
    expect(text(hostile)).toBe(quoted);
    expect(influxql({ select: [], from: FROM, where: [{ tag: 'site', is: hostile }] })).toContain(
      `"site" = ${quoted}`,
    );
  });

  it('ends no text and no name where somebody wants it to end', () => {
    const hostile = fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', ';', ' ', 'a', '-') });
    fc.assert(
      fc.property(hostile, (given) => {
        // What InfluxQL's scanner does: a backslash takes the next character with it.
        const unread = (quoted: string, quote: string) =>
          quoted.slice(1, -1).replace(/\\(.)/g, '').includes(quote) || quoted.slice(1, -1).includes('\n');
        expect(unread(text(given), "'")).toBe(false);
        expect(unread(name(given), '"')).toBe(false);
        expect(
          text(given)
            .slice(1, -1)
            .replace(/\\\\|\\['n]/g, ''),
        ).not.toContain('\\');
      }),
    );
  });

  it('takes no moment that is no whole number', () => {
    const toMs = '0 OR 1 = 1' as unknown as number;
    expect(() => influxql({ select: [], from: FROM, toMs })).toThrow(RangeError);
    expect(() => influxql({ select: [], from: FROM, fromMs: Number.NaN })).toThrow(RangeError);
  });

  it('of no camera finds nothing', () => {
    expect(influxql({ select: [], from: FROM, where: [{ any: [] }] })).toContain('time < 0 AND time > 0');
  });
});
