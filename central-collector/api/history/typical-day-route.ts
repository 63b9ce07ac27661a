// GET /typical-day, as JSON or CSV: put together of the answers about the weeks before.

import type { FastifyInstance } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import type { HistoryQuery } from '../schemas/history.ts';
import {
  TYPICAL_MEASURES,
  type TypicalDayAnswer,
  type TypicalDayQuery,
  typicalDayAnswer,
  typicalDayQuery,
} from '../schemas/typical-day.ts';
import { type Cell, csvLine } from './csv.ts';
import { type HistorySource, problemFor, wantsCsv } from './history-routes.ts';
import { type PastPage, TypicalDay, timesOfDay } from './typical-day.ts';

export const TYPICAL_DAY_ROUTE = {
  method: 'GET',
  path: '/typical-day',
  access: 'read',
  query: typicalDayQuery,
  summary:
    'What is usual at each time of day, on working days, Saturdays and Sundays: median, 15th and 85th percentile.',
  status: 200,
  answer: typicalDayAnswer,
  produces: ['text/csv'],
  cache: 'private',
} as const satisfies RouteDescription;

/** Each keeps a number for each day and time of day. */
const MAX_SERIES = 100;

/** `today` is the local date in a time zone, or in that of the centre: `2026-11-22`. */
export function addTypicalDayRoute(
  server: FastifyInstance,
  gate: Gate,
  source: HistorySource,
  today: (timeZone: string | undefined) => string,
): void {
  addRoute(server, gate, TYPICAL_DAY_ROUTE, async ({ query, request, reply }) => {
    reply.header('vary', 'accept');
    const answer = await typicalDayOf(query, source, today(query.tz));
    if (!wantsCsv(query, request)) return answer;
    const file = `typical-day_${answer.from.slice(0, 10)}_${answer.to.slice(0, 10)}_${answer.every}.csv`;
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${file}"`)
      .send(csvOf(answer));
  });
}

async function typicalDayOf(
  { measure, day, before, weeks, format: _, ...of }: TypicalDayQuery,
  source: HistorySource,
  today: string,
): Promise<TypicalDayAnswer> {
  const to = before ?? today;
  const query: HistoryQuery = { ...of, from: daysBefore(to, 7 * weeks), to };
  const typical = new TypicalDay(measure, query.every as TypicalDayQuery['every'], day);
  let first: Awaited<ReturnType<typeof ask>> | undefined;
  for (let cursor: string | undefined; ; ) {
    const page = await ask(source, measure, { ...query, ...(cursor !== undefined && { cursor }) });
    first ??= page;
    if (page.series.length > MAX_SERIES) throw tooMany(page.series.length);
    typical.add(page);
    if (page.next === null) break;
    cursor = page.next;
  }
  const { from, timeZone } = first;
  return {
    ...{ measure, from, to: first.to, every: of.every, timeZone },
    times: timesOfDay(of.every),
    series: typical.finish(),
  };
}

type Page = PastPage & {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly next: string | null;
};

/** Rejects with a ProblemError. */
function ask(source: HistorySource, measure: TypicalDayQuery['measure'], query: HistoryQuery): Promise<Page> {
  return source[TYPICAL_MEASURES[measure]](query).catch((error: unknown) =>
    Promise.reject(problemFor(error)),
  );
}

function tooMany(series: number): ProblemError {
  return new ProblemError(
    'invalid-request',
    `expected at most ${MAX_SERIES} series for a typical day, got ${series}: ask for fewer cameras, or leave out some of "by"`,
  );
}

const NAMES = ['camera', 'line', 'direction', 'lane', 'roadUser', 'zone'] as const;
const COLUMNS = ['days', 'coverage', 'median', 'p15', 'p85'] as const;

function csvOf({ times, series }: TypicalDayAnswer): string {
  let text = csvLine(['day', 'time', ...NAMES, ...COLUMNS]);
  for (const one of series) {
    const names: Cell[] = NAMES.map((name) => one[name]);
    for (const [at, time] of times.entries()) {
      text += csvLine([one.day, time, ...names, ...COLUMNS.map((column) => one[column][at])]);
    }
  }
  return text;
}

/** Of a local date: calendar days, however long they were. */
function daysBefore(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day - days)).toISOString().slice(0, 10);
}
