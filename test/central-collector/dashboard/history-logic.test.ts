import { describe, expect, it } from 'vitest';
import type { FlowsAnswer } from '../../../central-collector/api/schemas/history.ts';
import type { TypicalDayAnswer } from '../../../central-collector/api/schemas/typical-day.ts';
import {
  changeOf,
  daysBefore,
  isOfHours,
  kindOf,
  referenceOf,
  typicalOf,
} from '../../../central-collector/dashboard/src/pages/history/compare.ts';
import { readAnswer } from '../../../central-collector/dashboard/src/pages/history/measures.ts';
import {
  coverageOf,
  peakHourOf,
  totalOf,
} from '../../../central-collector/dashboard/src/pages/history/totals.ts';
import {
  datesOf,
  everyFor,
  FIRST_VIEW,
  fromSearch,
  rangeOf,
  toSearch,
  type View,
} from '../../../central-collector/dashboard/src/pages/history/view.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-22T12:00:00+07:00');

function answer(
  from: string,
  n: (number | null)[],
  coverage: number[] = n.map((one) => (one === null ? 0 : 1)),
): FlowsAnswer {
  const fromMs = Date.parse(from);
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    from,
    to: time(fromMs + n.length * HOUR),
    every: '1h',
    timeZone: ZONE,
    intervals: n.map((_, i) => time(fromMs + i * HOUR)),
    series: [
      {
        camera: 'hp/box/cam',
        n,
        low: n.map((one) => (one === null ? null : one - 2)),
        high: n.map((one) => (one === null ? null : one + 4)),
        perHour: n.map((one, i) => (one === null ? null : one / (coverage[i] ?? 1))),
        coverage,
      },
    ],
    next: null,
  };
}

function measured(from: string, n: (number | null)[], coverage?: number[]) {
  const read = readAnswer([answer(from, n, coverage)], 'flow');
  if (read === null) throw new Error('expected an answer');
  return read;
}

describe('the address of the history page', () => {
  it('holds the whole view, so that somebody else sees the same', () => {
    const view: View = {
      measure: 'speed-85',
      cameras: ['hp/box-1/a', 'hp/box-2/b'],
      line: 'bac',
      direction: 'vao',
      zone: 'z1',
      roadUsers: ['motorcycle', 'car'],
      by: ['line', 'roadUser'],
      period: { from: '2026-11-01', to: '2026-11-09' },
      zoom: [NOON - HOUR, NOON],
      every: '5m',
      compare: 'typical',
      shown: 'table',
    };
    expect(fromSearch(toSearch(view))).toEqual(view);
    expect(toSearch(FIRST_VIEW)).toBe('');
    expect(fromSearch(toSearch({ ...view, by: [] })).by).toEqual([]);
  });

  it('shows the usual for what cannot be understood', () => {
    expect(
      fromSearch(
        'measure=x&camera=../etc&camera=a/b&from=2026-02-30&every=7m&zoom=2,1&class=tank&compare=%00',
      ),
    ).toEqual(FIRST_VIEW);
  });

  it('takes two dates in either order', () => {
    expect(fromSearch('from=2026-11-09&to=2026-11-01').period).toEqual({
      from: '2026-11-01',
      to: '2026-11-09',
    });
  });
});

describe('periods and intervals', () => {
  it('ends every quick period today, by the calendar of the centre', () => {
    const lateEvening = Date.parse('2026-11-21T18:00:00Z'); // already the 22nd in Hải Phòng
    expect(datesOf('today', lateEvening, ZONE)).toEqual({ from: '2026-11-22', to: '2026-11-22' });
    expect(datesOf('week', lateEvening, ZONE)).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    const [from, to] = rangeOf('yesterday', lateEvening, ZONE);
    expect([to - from, to]).toEqual([DAY, Date.parse('2026-11-22T00:00:00+07:00')]);
  });

  it.each([
    [6 * HOUR, '1m'],
    [DAY, '5m'],
    [7 * DAY, '15m'],
    [30 * DAY, '1h'],
    [365 * DAY, '1d'],
    [20 * 365 * DAY, '1M'],
  ])('asks for intervals that a screen can show apart: %i ms in steps of %s', (span, every) => {
    expect(everyFor(span)).toBe(every);
  });
});

describe('numbers of an answer', () => {
  it('stay null where nothing was observed', () => {
    const read = measured('2026-11-22T00:00:00+07:00', [10, null, 0]);
    expect(read.series[0]?.values).toEqual([10, null, 0]);
    expect(read.series[0]?.low?.[1]).toBeNull();
  });

  it('give the bounds of a rate by the time that was observed', () => {
    const read = measured('2026-11-22T00:00:00+07:00', [30, 0], [0.5, 0.5]);
    expect(read.series[0]?.values).toEqual([60, 0]);
    expect(read.series[0]?.high).toEqual([68, 8]);
  });

  it('join pages, with nulls where a page does not know a series', () => {
    const second = answer('2026-11-22T02:00:00+07:00', [3]);
    second.series[0] = { ...second.series[0], camera: 'hp/box/other' } as (typeof second.series)[number];
    const read = readAnswer([answer('2026-11-22T00:00:00+07:00', [1, 2]), second], 'flow');
    expect(read?.times).toHaveLength(3);
    expect(read?.series.map(({ n }) => n)).toEqual([
      [1, 2, null],
      [null, null, 3],
    ]);
  });
});

describe('comparisons', () => {
  const now = measured('2026-11-22T06:00:00+07:00', [100, 200, null]);

  it('put the same hours of an earlier day beside today’s', () => {
    const past = measured('2026-11-15T06:00:00+07:00', [80, null, 50]);
    expect(referenceOf(now, { days: 7, measured: past }, ZONE)[0]?.values).toEqual([80, null, 50]);
  });

  it('compare a year with the same weekday, 52 weeks before', () => {
    expect(daysBefore('year')).toEqual([364]);
  });

  const typical = (day: 'working' | 'sunday', at6: number | null): TypicalDayAnswer['series'][number] => {
    const column = (value: number | null) => Array.from({ length: 96 }, (_, i) => (i === 24 ? value : null));
    return {
      ...{ camera: 'hp/box/cam', day, days: Array.from({ length: 96 }, () => 8) },
      ...{ coverage: Array.from({ length: 96 }, () => 1), median: column(at6) },
      ...{ p15: column(at6 === null ? null : at6 - 10), p85: column(at6 === null ? null : at6 + 10) },
    };
  };
  const answerOf = (series: TypicalDayAnswer['series']): TypicalDayAnswer => ({
    ...{ measure: 'perHour', from: '', to: '', every: '15m', timeZone: ZONE, series },
    times: Array.from({ length: 96 }, (_, i) => String(i)),
  });

  it('put the typical day of its own kind beside each interval', () => {
    // 22 November 2026 is a Sunday.
    const [reference] = typicalOf(now, answerOf([typical('working', 500), typical('sunday', 110)]), ZONE);
    expect(reference).toMatchObject({ values: [110, null, null], low: [100, null, null], days: [8, 8, 8] });
    expect(reference?.high?.[0]).toBe(120);
    const friday = measured('2026-11-20T06:00:00+07:00', [1]);
    expect(typicalOf(friday, answerOf([typical('working', 500)]), ZONE, 100)[0]?.values).toEqual([50_000]);
  });

  it('have none for a series of which the centre knows no typical day', () => {
    const other = { ...typical('sunday', 1), camera: 'hp/box/other' };
    expect(typicalOf(now, answerOf([other]), ZONE)).toEqual([]);
  });

  it('notice a typical day of which only whole hours are known', () => {
    const known = (of: (time: string) => boolean): TypicalDayAnswer => {
      const times = ['07:00', '07:15', '07:30', '07:45', '08:00', '08:15', '08:30', '08:45'];
      const one = typical('sunday', 1);
      const median = times.map((time) => (of(time) ? 5 : null));
      return { ...answerOf([{ ...one, median }]), times };
    };
    expect(isOfHours(known((time) => time.endsWith(':00')))).toBe(true);
    expect(isOfHours(known(() => true))).toBe(false);
    expect(isOfHours(known(() => false))).toBe(false);
    expect(isOfHours({ ...known((time) => time.endsWith(':00')), every: '1h' })).toBe(false);
  });

  it.each([
    ['2026-11-20T23:59:59+07:00', 'working'],
    ['2026-11-21T00:00:00+07:00', 'saturday'],
    ['2026-11-22T23:59:59+07:00', 'sunday'],
  ])('know what kind of day %s is at the centre: %s', (at, kind) => {
    expect(kindOf(Date.parse(at), ZONE)).toBe(kind);
  });

  it('tell the change over what both have seen only', () => {
    expect(changeOf([110, 500, null], [100, null, 300])).toBeCloseTo(0.1);
    expect(changeOf([5], [null])).toBeNull();
  });
});

describe('numbers above the plot', () => {
  it('add up what was counted, and say how much of the time up to now was seen', () => {
    const total = totalOf(measured('2026-11-22T09:00:00+07:00', [100, null, 50, null, null]), NOON);
    expect(total).toEqual({ n: 150, low: 146, high: 158, coverage: 2 / 3 });
  });

  it('give no number, rather than zero, of what was not observed', () => {
    expect(totalOf(measured('2026-11-22T09:00:00+07:00', [null]), NOON).n).toBeNull();
  });

  it('leave the future out of coverage', () => {
    expect(coverageOf(measured('2026-11-22T11:00:00+07:00', [1, null]), NOON)).toEqual([1, null]);
  });

  it('find the busiest hour from quarter hours, with its peak hour factor', () => {
    const quarters = [10, 20, 30, 40, 30, 5];
    const read = measured('2026-11-22T06:00:00+07:00', quarters);
    const times = quarters.map((_, i) => read.fromMs + (i * HOUR) / 4);
    const peak = peakHourOf({ ...read, times, toMs: read.fromMs + 1.5 * HOUR });
    expect(peak).toMatchObject({ fromMs: times[1], n: 120, factor: 120 / (4 * 40) });
  });

  it('call no hour with a hole in it the peak', () => {
    expect(peakHourOf(measured('2026-11-22T06:00:00+07:00', [5, 100], [1, 0.5]))?.n).toBe(5);
  });
});
