import { describe, expect, it } from 'vitest';
import { timeTicks } from '../../../central-collector/dashboard/src/parts/plot-ticks.ts';
import {
  addDays,
  dateOf,
  isDate,
  localTimeOf,
  momentOf,
  shiftDays,
  startOfDate,
} from '../../../central-collector/dashboard/src/parts/plot-time.ts';

const HAI_PHONG = 'Asia/Ho_Chi_Minh';
const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);

describe('the centre’s local time', () => {
  it('begins a day in Hải Phòng seven hours before UTC does', () => {
    expect(startOfDate('2026-11-22', HAI_PHONG)).toBe(at('2026-11-22T00:00:00+07:00'));
    expect(dateOf(at('2026-11-21T17:00:00Z'), HAI_PHONG)).toBe('2026-11-22');
    expect(dateOf(at('2026-11-21T16:59:59.999Z'), HAI_PHONG)).toBe('2026-11-21');
  });

  it.each([
    ['the day that clocks go forward, 23 hours long', '2026-03-29', 23],
    ['the day that clocks go back, 25 hours long', '2026-10-25', 25],
    ['any other day', '2026-06-01', 24],
  ])('knows the length of %s', (_, date, hours) => {
    const length = startOfDate(addDays(date, 1), BERLIN) - startOfDate(date, BERLIN);
    expect(length / 3_600_000).toBe(hours);
  });

  it('takes the moment after for a time that clocks skip, and the first of one that they show twice', () => {
    const skipped = momentOf({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, BERLIN);
    expect(localTimeOf(skipped, BERLIN).hour).toBe(3);
    const twice = momentOf({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 }, BERLIN);
    expect(twice).toBe(at('2026-10-25T02:30:00+02:00'));
  });

  it('keeps the time of day a week ago, also across a change of clocks', () => {
    expect(shiftDays(at('2026-04-01T08:15:00+02:00'), -7, BERLIN)).toBe(at('2026-03-25T08:15:00+01:00'));
    expect(shiftDays(at('2026-11-22T08:15:30.250+07:00'), -7, HAI_PHONG)).toBe(
      at('2026-11-15T08:15:30.250+07:00'),
    );
  });

  it('knows dates that exist', () => {
    expect(isDate('2028-02-29')).toBe(true);
    for (const wrong of ['2027-02-29', '2026-13-01', '22/11/2026', '2026-1-1', ''])
      expect(isDate(wrong)).toBe(false);
  });
});

describe('ticks of the axis of time', () => {
  it('stand on whole local hours of a day, and name the day at midnight', () => {
    const ticks = timeTicks(
      startOfDate('2026-11-22', HAI_PHONG),
      startOfDate('2026-11-23', HAI_PHONG),
      8,
      HAI_PHONG,
    );
    expect(ticks.map(({ atMs }) => localTimeOf(atMs, HAI_PHONG).hour)).toEqual([
      0, 3, 6, 9, 12, 15, 18, 21, 0,
    ]);
    expect(ticks.filter(({ level }) => level === 'day')).toHaveLength(2);
  });

  it('stand on first days of months over a year, and name the year in January', () => {
    const ticks = timeTicks(
      startOfDate('2026-01-01', HAI_PHONG),
      startOfDate('2026-12-31', HAI_PHONG),
      14,
      HAI_PHONG,
    );
    expect(ticks.map(({ atMs }) => localTimeOf(atMs, HAI_PHONG).day)).toEqual(Array(12).fill(1));
    expect(ticks[0]?.level).toBe('year');
  });

  it('stand on Mondays where they are a week apart', () => {
    const ticks = timeTicks(at('2026-09-01T00:00:00Z'), at('2026-11-01T00:00:00Z'), 9, 'UTC');
    for (const { atMs } of ticks) expect(new Date(atMs).getUTCDay()).toBe(1);
  });

  it.each([1, 3, 7, 12])('are about as many as there is room for (%i), over any length', (most) => {
    for (const hours of [0.05, 0.4, 2, 9, 30, 170, 900, 9000, 60_000]) {
      const from = at('2026-03-01T05:17:00Z');
      expect(timeTicks(from, from + hours * 3_600_000, most, BERLIN).length).toBeLessThanOrEqual(most + 2);
    }
  });

  it('are none of an empty or backward stretch', () => {
    expect(timeTicks(5, 5, 10, 'UTC')).toEqual([]);
    expect(timeTicks(9, 5, 10, 'UTC')).toEqual([]);
  });
});
