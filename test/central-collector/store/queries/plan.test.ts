import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../../central-collector/store/queries/intervals.ts';
import { planOf } from '../../../../central-collector/store/queries/plan.ts';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const EVER = { fromMs: 0, untilMs: 1e15 };

const hours = (first: number, count: number): Span[] =>
  Array.from({ length: count }, (_, at) => ({
    fromMs: (first + at) * HOUR_MS,
    toMs: (first + at + 1) * HOUR_MS,
  }));
const brief = (spans: readonly Span[], reach = EVER) =>
  planOf(spans, reach).runs.map(({ level, fromMs, toMs, stepMs }) => [
    level,
    fromMs / MINUTE_MS,
    toMs / MINUTE_MS,
    stepMs / MINUTE_MS,
  ]);

describe('what is read', () => {
  it('is hours, in one statement, where everything is whole', () => {
    expect(brief(hours(10, 24))).toEqual([['h1', 600, 2040, 60]]);
  });

  it('is quarter hours and raw counts at the edges', () => {
    const cut = [
      { fromMs: 607 * MINUTE_MS, toMs: 660 * MINUTE_MS },
      ...hours(11, 2),
      { fromMs: 780 * MINUTE_MS, toMs: 818 * MINUTE_MS },
    ];
    expect(brief(cut)).toEqual([
      ['raw', 607, 615, 8],
      ['raw', 810, 818, 8],
      ['m15', 615, 660, 45],
      ['m15', 780, 810, 30],
      ['h1', 660, 780, 60],
    ]);
  });

  it('is raw counts where the roll-ups have not come to, at either end', () => {
    const reach = { fromMs: 11 * HOUR_MS, untilMs: 13 * HOUR_MS + QUARTER_MS };
    expect(brief(hours(10, 5), reach)).toEqual([
      ['raw', 600, 660, 60],
      ['raw', 795, 840, 45],
      ['raw', 840, 900, 60],
      ['m15', 780, 795, 15],
      ['h1', 660, 780, 60],
    ]);
  });

  it('is quarter hours where the hours of the place are not those of UTC', () => {
    const india = hours(10, 3).map(({ fromMs, toMs }) => ({
      fromMs: fromMs - 30 * MINUTE_MS,
      toMs: toMs - 30 * MINUTE_MS,
    }));
    expect(brief(india)).toEqual([['m15', 570, 750, 60]]);
  });

  it('is everything once, of whatever spans and wherever the roll-ups end', () => {
    const spans = fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(spans, fc.nat(6000), fc.nat(6000), ([first, length, step], fromMin, untilMin) => {
        const all: Span[] = [];
        for (let at = first; at < first + length; at += step) {
          all.push({ fromMs: at * MINUTE_MS, toMs: Math.min(at + step, first + length) * MINUTE_MS });
        }
        const reach = { fromMs: fromMin * MINUTE_MS, untilMs: untilMin * MINUTE_MS };
        const { pieces, runs } = planOf(all, reach);
        for (const [interval, { fromMs, toMs }] of all.entries()) {
          const own = pieces
            .filter((piece) => piece.interval === interval)
            .sort((a, b) => a.fromMs - b.fromMs);
          expect(own[0]?.fromMs).toBe(fromMs);
          expect(own.at(-1)?.toMs).toBe(toMs);
          for (const [at, piece] of own.entries()) if (at > 0) expect(piece.fromMs).toBe(own[at - 1]?.toMs);
        }
        for (const { level, fromMs, toMs } of pieces) {
          if (level === 'raw') continue;
          expect([fromMs >= reach.fromMs, toMs <= reach.untilMs]).toEqual([true, true]);
        }
        // The i-th of a run is the piece that its number says.
        for (const { first: number, fromMs, toMs, stepMs } of runs) {
          for (let at = 0; at < (toMs - fromMs) / stepMs; at += 1)
            expect(pieces[number + at]?.fromMs).toBe(fromMs + at * stepMs);
        }
      }),
      { numRuns: 60 },
    );
  });
});
