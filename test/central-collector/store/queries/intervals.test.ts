import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY } from '../../../../central-collector/api/schemas/common.ts';
import { localIso } from '../../../../central-collector/local-time.ts';
import { intervalsOf } from '../../../../central-collector/store/queries/intervals.ts';

const HOUR_MS = 3_600_000;
const beginnings = (from: string, to: string, every: (typeof EVERY)[number], timeZone: string) =>
  [...intervalsOf({ fromMs: Date.parse(from), toMs: Date.parse(to), every, timeZone })].map(({ fromMs }) =>
    localIso(fromMs, timeZone).replace(':00.000', ''),
  );

describe('intervals', () => {
  it('follow one another without gaps, whatever the clocks do', () => {
    const zones = [
      'Asia/Ho_Chi_Minh',
      'Europe/Paris',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Havana',
    ];
    const moments = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 1, max: 400 * HOUR_MS }),
        fc.constantFrom(...EVERY),
        fc.constantFrom(...zones),
        (fromMs, lengthMs, every, timeZone) => {
          const toMs = fromMs + (every === '1m' ? Math.ceil(lengthMs / 60) : lengthMs);
          let atMs = fromMs;
          for (const span of intervalsOf({ fromMs, toMs, every, timeZone })) {
            expect(span.fromMs).toBe(atMs);
            expect(span.toMs).toBeGreaterThan(atMs);
            atMs = span.toMs;
          }
          expect(atMs).toBe(toMs);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begin and end with what was asked for', () => {
    expect(
      beginnings('2026-11-22T07:10:00+07:00', '2026-11-22T09:30:00+07:00', '1h', 'Asia/Ho_Chi_Minh'),
    ).toEqual(['2026-11-22T07:10+07:00', '2026-11-22T08:00+07:00', '2026-11-22T09:00+07:00']);
  });

  it.each([
    ['1d', ['2026-10-24T00:00+02:00', '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00']],
    ['1w', ['2026-10-24T00:00+02:00', '2026-10-26T00:00+01:00']],
  ] as const)('of %s are those of the local calendar when clocks are put back', (every, wanted) => {
    expect(
      beginnings('2026-10-24T00:00:00+02:00', '2026-10-27T00:00:00+01:00', every, 'Europe/Paris'),
    ).toEqual(wanted);
  });

  it('of an hour come twice when clocks are put back, and the day has 25', () => {
    const hours = beginnings('2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00', '1h', 'Europe/Paris');
    expect(hours).toHaveLength(25);
    expect(hours.slice(2, 5)).toEqual([
      '2026-10-25T02:00+02:00',
      '2026-10-25T02:00+01:00',
      '2026-10-25T03:00+01:00',
    ]);
  });

  it('of an hour are those of the clock at :30 offsets', () => {
    expect(
      beginnings('2026-11-22T00:00:00+05:30', '2026-11-22T02:00:00+05:30', '1h', 'Asia/Kolkata'),
    ).toEqual(['2026-11-22T00:00+05:30', '2026-11-22T01:00+05:30']);
  });
});
