import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate, localIso, momentMs, startOfDate, weekdayOf } from '../../central-collector/local-time.ts';

const ZONES = [
  'Asia/Ho_Chi_Minh',
  'UTC',
  'Europe/Paris',
  'Asia/Kolkata',
  'America/Havana',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'America/St_Johns',
];

describe('a moment in a time zone', () => {
  it.each([
    ['Asia/Ho_Chi_Minh', '2026-11-22T00:00:00.000+07:00'],
    ['Europe/Paris', '2026-11-21T18:00:00.000+01:00'],
    ['Asia/Kolkata', '2026-11-21T22:30:00.000+05:30'],
    ['America/St_Johns', '2026-11-21T13:30:00.000-03:30'],
    ['UTC', '2026-11-21T17:00:00.000+00:00'],
  ])('of %s reads %s', (zone, text) => {
    expect(localIso(Date.UTC(2026, 10, 21, 17), zone)).toBe(text);
  });

  it('written down is the same moment again, whenever and wherever', () => {
    const moments = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(moments, fc.constantFrom(...ZONES), (atMs, zone) => {
        expect(momentMs(localIso(atMs, zone), zone)).toBe(atMs);
      }),
    );
  });
});

describe('a local date', () => {
  it.each([
    ['Asia/Ho_Chi_Minh', '2026-11-22', '2026-11-22T00:00:00.000+07:00', 'no change of clocks'],
    ['Europe/Paris', '2026-03-29', '2026-03-29T00:00:00.000+01:00', 'the day of 23 hours'],
    ['Europe/Paris', '2026-03-30', '2026-03-30T00:00:00.000+02:00', 'the day after'],
    ['America/Havana', '2026-03-08', '2026-03-08T01:00:00.000-04:00', 'there is no midnight'],
    ['America/Havana', '2026-11-01', '2026-11-01T00:00:00.000-04:00', 'midnight comes twice'],
  ])('of %s, %s, begins at %s: %s', (zone, date, start) => {
    expect(localIso(momentMs(date, zone), zone)).toBe(start);
  });

  it('begins where the date before has its last moment', () => {
    const days = fc.integer({ min: 7300, max: 40_000 });
    fc.assert(
      fc.property(days, fc.constantFrom(...ZONES), (day, zone) => {
        const at = new Date(day * 86_400_000);
        const date = { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
        const startMs = startOfDate(date, zone);
        expect(localDate(startMs, zone)).toEqual(date);
        expect(localDate(startMs - 1, zone)).not.toEqual(date);
      }),
    );
  });

  it('has a weekday, 0 for Monday', () => {
    expect(weekdayOf({ year: 2026, month: 11, day: 22 })).toBe(6);
    expect(weekdayOf({ year: 2026, month: 11, day: 23 })).toBe(0);
  });
});
