import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gate } from '../../../../central-collector/api/accounts/gate.ts';
import type { HistorySource } from '../../../../central-collector/api/history/history-routes.ts';
import {
  type PastPage,
  quantile,
  TypicalDay,
} from '../../../../central-collector/api/history/typical-day.ts';
import { addTypicalDayRoute } from '../../../../central-collector/api/history/typical-day-route.ts';
import { problemOf, sendProblem } from '../../../../central-collector/api/problem.ts';
import type { FlowsAnswer, HistoryQuery } from '../../../../central-collector/api/schemas/history.ts';
import {
  type TypicalDaySeries,
  typicalDayAnswer,
} from '../../../../central-collector/api/schemas/typical-day.ts';
import { localIso, momentMs } from '../../../../central-collector/local-time.ts';
import { intervalsOf } from '../../../../central-collector/store/queries/intervals.ts';

type Value = (local: string, date: string) => number | null;

/** A page as the history answers it; local days and hours of the zone, `coverage` 0 where the value is null. */
function page(from: string, to: string, timeZone: string, value: Value, every: '1h' | '1d' = '1h'): PastPage {
  const span = { fromMs: momentMs(from, timeZone), toMs: momentMs(to, timeZone), every, timeZone };
  const intervals = [...intervalsOf(span)].map(({ fromMs }) => localIso(fromMs, timeZone));
  const perHour = intervals.map((text) => value(text.slice(11, 16), text.slice(0, 10)));
  const series = [{ direction: 'in', coverage: perHour.map((one) => (one === null ? 0 : 1)), perHour }];
  return { intervals, series };
}

function typical(pages: readonly PastPage[], every: '1h' | '1d' = '1h') {
  const day = new TypicalDay('perHour', every);
  for (const one of pages) day.add(one);
  const series = day.finish();
  const of = (kind: TypicalDaySeries['day']) => {
    const found = series.find((one) => one.day === kind);
    if (found === undefined) throw new Error(`no series of ${kind}`);
    return found;
  };
  return { working: of('working'), saturday: of('saturday'), sunday: of('sunday') };
}

/** Mondays to Fridays of two weeks, two Saturdays, two Sundays. */
const FORTNIGHT = ['2026-11-02', '2026-11-16'] as const;
const HCM = 'Asia/Ho_Chi_Minh';

describe('the typical day', () => {
  it('is the median of the days of a kind at each local hour, with what lies between 15 % and 85 % of them', () => {
    const { working } = typical([
      page(...FORTNIGHT, HCM, (time, date) => (time === '07:00' ? Number(date.slice(8)) : 5)),
    ]);
    // Days 2 to 6 and 9 to 13.
    expect(working.days[7]).toBe(10);
    expect(working.median[7]).toBe(7.5);
    expect(working.p15[7]).toBeCloseTo(3.35);
    expect(working.p85[7]).toBeCloseTo(11.65);
    expect([working.median[6], working.p15[6], working.p85[6]]).toEqual([5, 5, 5]);
  });

  it('keeps Saturdays and Sundays apart, by the calendar of the place and not of UTC', () => {
    // 06:00 on Saturday in Ho Chi Minh City is still Friday in UTC.
    const value: Value = (_time, date) => (['2026-11-07', '2026-11-14', '2026-11-21'].includes(date) ? 9 : 1);
    const { working, saturday, sunday } = typical([page('2026-11-02', '2026-11-23', HCM, value)]);
    expect(new Set(saturday.median)).toEqual(new Set([9]));
    expect(new Set(working.median)).toEqual(new Set([1]));
    expect(new Set(sunday.median)).toEqual(new Set([1]));
    expect([working.days[0], saturday.days[0], sunday.days[0]]).toEqual([15, 3, 3]);
  });

  it('is not known where fewer than three days were seen, and says how many and how much', () => {
    const seen = ['2026-11-02', '2026-11-03'];
    const { working, saturday } = typical([
      page(...FORTNIGHT, HCM, (time, date) => (time === '08:00' && !seen.includes(date) ? null : 4)),
    ]);
    expect([working.median[8], working.p15[8], working.p85[8]]).toEqual([null, null, null]);
    expect([working.days[8], working.coverage[8]]).toEqual([2, 0.2]);
    expect([working.median[9], working.days[9], working.coverage[9]]).toEqual([4, 10, 1]);
    // There were two Saturdays only.
    expect([saturday.median[9], saturday.days[9], saturday.coverage[9]]).toEqual([null, 2, 1]);
  });

  it('leaves days out of which less than half of the interval was seen', () => {
    const one = page(...FORTNIGHT, HCM, () => 4);
    const coverage = one.intervals.map((text) => (text.startsWith('2026-11-02') ? 0.49 : 0.5));
    const { working } = typical([{ ...one, series: one.series.map((each) => ({ ...each, coverage })) }]);
    expect(working.days[3]).toBe(9);
    expect(working.coverage[3]).toBe(0.499);
  });

  it('counts a zero that was seen as zero', () => {
    expect(typical([page(...FORTNIGHT, HCM, () => 0)]).working.median[3]).toBe(0);
  });

  it('is the same from one page or several', () => {
    const value: Value = (time, date) => Number(date.slice(8)) * Number(time.slice(0, 2));
    const cut = ['2026-11-02', '2026-11-05', '2026-11-11', '2026-11-16'];
    const pages = cut.slice(1).map((to, at) => page(cut[at] ?? '', to, HCM, value));
    expect(typical(pages)).toEqual(typical([page(...FORTNIGHT, HCM, value)]));
  });

  it('takes the hour that comes twice when clocks are put back as one of that day', () => {
    // Europe/Berlin, Sunday 2026-10-25: 02:00 twice.
    let turn = 0;
    const value: Value = (time, date) =>
      date === '2026-10-25' && time === '02:00' ? ([10, 20][turn++] ?? 0) : 15;
    const { sunday } = typical([page('2026-10-12', '2026-11-02', 'Europe/Berlin', value)]);
    expect([sunday.days[2], sunday.median[2], sunday.p15[2]]).toEqual([3, 15, 15]);
  });

  it('has a day less for the hour that is left out when clocks are put forward', () => {
    // Europe/Berlin, Sunday 2026-03-29: no 02:00.
    const { sunday } = typical([page('2026-03-09', '2026-04-06', 'Europe/Berlin', () => 1)]);
    expect([sunday.days[1], sunday.days[2], sunday.days[3]]).toEqual([4, 3, 4]);
    expect(sunday.coverage[2]).toBe(1);
  });

  it('knows the whole day also where it begins at 01:00', () => {
    // Asia/Beirut, Sunday 2026-03-29: clocks are put forward at midnight.
    const pages = [page('2026-03-09', '2026-04-06', 'Asia/Beirut', () => 7, '1d')];
    const { sunday } = typical(pages, '1d');
    expect([sunday.days, sunday.median]).toEqual([[4], [7]]);
  });

  it('leaves out what lies between the hours on a day whose clocks move by half an hour', () => {
    // Australia/Lord_Howe, Sunday 2026-10-04: 02:00 becomes 02:30.
    const { sunday } = typical([page('2026-09-14', '2026-10-12', 'Australia/Lord_Howe', () => 1)]);
    expect([sunday.days[1], sunday.days[2], sunday.days[12]]).toEqual([4, 3, 3]);
  });

  it.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1], 0.85, 1],
    [[0, 10], 0.15, 1.5],
  ])('of %j the share %d lies below %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected);
  });
});

describe('GET /typical-day', () => {
  let server: FastifyInstance;
  const asked: HistoryQuery[] = [];
  afterEach(async () => {
    asked.length = 0;
    await server?.close();
  });

  function start(seriesCount = 1): void {
    server = Fastify();
    server.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
    const everybody = {
      requires: () => async () => undefined,
      principalOf: () => undefined,
    } as unknown as Gate;
    const source: Partial<HistorySource> = {
      flows: async (query) => {
        asked.push(query);
        const isFirst = query.cursor === undefined;
        const [from, to] = isFirst ? [query.from, '2026-11-09'] : ['2026-11-09', query.to];
        const { intervals, series } = page(from, to, HCM, (time) => Number(time.slice(0, 2)));
        const answer = {
          ...{ from: localIso(momentMs(query.from, HCM), HCM), to: localIso(momentMs(query.to, HCM), HCM) },
          ...{ every: query.every, timeZone: HCM, intervals, next: isFirst ? 'more' : null },
          series: Array.from({ length: seriesCount }, (_, at) => ({ ...series[0], camera: `s/a/c${at}` })),
        };
        return answer as unknown as FlowsAnswer;
      },
    };
    addTypicalDayRoute(server, everybody, source as HistorySource, () => '2026-11-16');
  }

  it('asks for the weeks before today, page after page, and answers by kind of day and time', async () => {
    start();
    const answer = await server.inject('/typical-day?camera=s/a/c0&by=camera&weeks=2&every=1h&day=working');
    expect(answer.statusCode).toBe(200);
    expect(asked).toMatchObject([
      { camera: ['s/a/c0'], by: ['camera'], from: '2026-11-02', to: '2026-11-16', every: '1h' },
      { cursor: 'more' },
    ]);
    const { times, series, from, to } = typicalDayAnswer.parse(answer.json());
    expect([times.length, times[7], from, to]).toEqual([
      24,
      '07:00',
      '2026-11-02T00:00:00.000+07:00',
      '2026-11-16T00:00:00.000+07:00',
    ]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ camera: 's/a/c0', day: 'working' });
    expect(series[0]?.median[7]).toBe(7);
  });

  it('is CSV, a line for each time of day', async () => {
    start();
    const answer = await server.inject('/typical-day?weeks=2&every=1h&day=working&format=csv');
    expect(answer.headers['content-disposition']).toContain('typical-day_2026-11-02_2026-11-16_1h.csv');
    const lines = answer.body.split('\r\n');
    expect(lines[0]).toBe('day,time,camera,line,direction,lane,roadUser,zone,days,coverage,median,p15,p85');
    expect(lines[8]).toBe('working,07:00,s/a/c0,,in,,,,10,1,7,7,7');
    expect(lines).toHaveLength(26);
  });

  it.each(['weeks=0', 'weeks=27', 'before=2026-13-01', 'measure=n', 'day=monday', 'every=1m', 'from=x'])(
    'refuses %s',
    async (query) => {
      start();
      expect((await server.inject(`/typical-day?${query}`)).statusCode).toBe(400);
    },
  );

  it('refuses more series than it can hold', async () => {
    start(101);
    const answer = await server.inject('/typical-day?weeks=2');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('at most 100 series');
  });
});
