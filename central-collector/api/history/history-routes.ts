// GET /flows, /speeds, /headways, /occupancy, /zones and /turning-movements, as JSON page by page or as CSV.

import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { addRoute, type RouteDescription } from '../route.ts';
import {
  type FlowsAnswer,
  flowsAnswer,
  type HeadwaysAnswer,
  type HistoryQuery,
  headwaysAnswer,
  historyQuery,
  type OccupancyAnswer,
  occupancyAnswer,
  type SpeedsAnswer,
  speedsAnswer,
  type TurningAnswer,
  turningAnswer,
  type ZonesAnswer,
  zonesAnswer,
} from '../schemas/history.ts';
import { csvText, type HistoryTable, seriesTable, turningTable } from './history-csv.ts';

/** All throw errors with `code`, `invalid-request` or `unavailable`, and a sentence for people. */
export type HistorySource = {
  flows(query: HistoryQuery): Promise<FlowsAnswer>;
  speeds(query: HistoryQuery): Promise<SpeedsAnswer>;
  headways(query: HistoryQuery): Promise<HeadwaysAnswer>;
  occupancy(query: HistoryQuery): Promise<OccupancyAnswer>;
  zones(query: HistoryQuery): Promise<ZonesAnswer>;
  turningMovements(query: HistoryQuery): Promise<TurningAnswer>;
};

const shared = {
  method: 'GET',
  access: 'read',
  query: historyQuery,
  status: 200,
  produces: ['text/csv'],
  cache: 'private',
} as const satisfies Omit<RouteDescription, 'path' | 'summary'>;

const flows = {
  ...shared,
  path: '/flows',
  summary:
    'Counts by interval, with coverage and, where the accuracy of a camera is known, their 95 % interval.',
  answer: flowsAnswer,
} as const satisfies RouteDescription;
const speeds = {
  ...shared,
  path: '/speeds',
  summary: 'Time-mean and space-mean speed and v85 by interval, km/h.',
  answer: speedsAnswer,
} as const satisfies RouteDescription;
const headways = {
  ...shared,
  path: '/headways',
  summary: 'Headways and gaps between vehicles by interval, s.',
  answer: headwaysAnswer,
} as const satisfies RouteDescription;
const occupancy = {
  ...shared,
  path: '/occupancy',
  summary: 'Time occupancy of lines, density and, where lanes are known, level of service by interval.',
  answer: occupancyAnswer,
} as const satisfies RouteDescription;
const zones = {
  ...shared,
  path: '/zones',
  summary: 'Presence, entries, exits, dwell times and the longest queue of zones by interval.',
  answer: zonesAnswer,
} as const satisfies RouteDescription;
const turningMovements = {
  ...shared,
  path: '/turning-movements',
  summary: 'Who went from which line to which, of one camera, by interval and class.',
  answer: turningAnswer,
} as const satisfies RouteDescription;

export const HISTORY_ROUTES: readonly RouteDescription[] = [
  flows,
  speeds,
  headways,
  occupancy,
  zones,
  turningMovements,
];

/** Nearly four years of minutes. */
const MAX_CSV_INTERVALS = 2_000_000;
/** Days and longer are few whatever is asked. */
const EVERY_MS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
};

const columnsOf = {
  flows: ['n', 'low', 'high', 'perHour'],
  speeds: ['n', 'timeMeanKmh', 'spaceMeanKmh', 'v85Kmh'],
  headways: ['n', 'meanS', 'deviationS', 'gapMeanS'],
  occupancy: ['timeOccupancy', 'densityPerKm', 'levelOfService'],
  zones: [
    ...['presentMean', 'presentMax', 'timeOccupancy', 'entries', 'exits', 'dwellMeanS'],
    ...['queueMaxVehicles', 'queueMaxM', 'queueTruncated'],
  ],
} as const;

export function addHistoryRoutes(server: FastifyInstance, gate: Gate, source: HistorySource): void {
  const series = <A extends FlowsAnswer | SpeedsAnswer | HeadwaysAnswer | OccupancyAnswer>(
    name: keyof typeof columnsOf,
    ask: (query: HistoryQuery) => Promise<A>,
  ) => answering(name, ask, seriesTable<A>(columnsOf[name]), ({ intervals }) => intervals[0]);
  addRoute(
    server,
    gate,
    flows,
    series('flows', (query) => source.flows(query)),
  );
  addRoute(
    server,
    gate,
    speeds,
    series('speeds', (query) => source.speeds(query)),
  );
  addRoute(
    server,
    gate,
    headways,
    series('headways', (query) => source.headways(query)),
  );
  addRoute(
    server,
    gate,
    occupancy,
    series('occupancy', (query) => source.occupancy(query)),
  );
  addRoute(
    server,
    gate,
    zones,
    answering(
      'zones',
      (query) => source.zones(query),
      seriesTable<ZonesAnswer>(columnsOf.zones, ['camera', 'zone']),
      ({ intervals }) => intervals[0],
    ),
  );
  addRoute(
    server,
    gate,
    turningMovements,
    answering(
      'turning-movements',
      (query) => source.turningMovements(query),
      turningTable,
      ({ intervals }) => intervals[0]?.from,
    ),
  );
}

type Asked = { readonly query: HistoryQuery; readonly request: FastifyRequest; readonly reply: FastifyReply };

/** A handler: JSON of one page, or CSV of all pages; of one, where `limit` or `cursor` says so. */
function answering<A extends { from: string; to: string; every: string; next: string | null }>(
  name: string,
  ask: (query: HistoryQuery) => Promise<A>,
  table: HistoryTable<A>,
  beginningOf: (answer: A) => string | undefined,
): (asked: Asked) => Promise<A | FastifyReply> {
  const tell = (query: HistoryQuery) =>
    ask(query).catch((error: unknown) => Promise.reject(problemFor(error)));
  return async ({ query, request, reply }) => {
    reply.header('vary', 'accept');
    if (!wantsCsv(query, request)) return tell(query);
    const answer = await tell(query);
    const isOnePage = query.limit !== undefined || query.cursor !== undefined;
    if (!isOnePage) refuseEndless(answer);
    const first = isOnePage ? { ...answer, next: null } : answer;
    const text = csvText(table, first, (cursor) => tell({ ...query, cursor }), beginningOf);
    const file = `${name}_${answer.from.slice(0, 10)}_${answer.to.slice(0, 10)}_${answer.every}.csv`;
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${file}"`)
      .send(Readable.from(text, { objectMode: false, highWaterMark: 4 * 64 * 1024 }));
  };
}

/** By the parameter, or by what the client accepts. */
export function wantsCsv(
  { format }: { readonly format?: 'json' | 'csv' | undefined },
  { headers }: FastifyRequest,
): boolean {
  if (format !== undefined) return format === 'csv';
  return /\btext\/csv\b/i.test(headers.accept ?? '') && !/\bapplication\/json\b/i.test(headers.accept ?? '');
}

function refuseEndless({ from, to, every }: { from: string; to: string; every: string }): void {
  const intervals = (Date.parse(to) - Date.parse(from)) / (EVERY_MS[every] ?? Number.POSITIVE_INFINITY);
  if (intervals <= MAX_CSV_INTERVALS) return;
  throw new ProblemError(
    'invalid-request',
    `a file of ${Math.ceil(intervals)} intervals is too long, at most ${MAX_CSV_INTERVALS}: ask for a shorter time or a longer "every"`,
  );
}

/** What the source says, as a problem of the API. */
export function problemFor(error: unknown): unknown {
  const { code, message, retryAfterS } = error as { code?: unknown; message?: string; retryAfterS?: number };
  if (code !== 'invalid-request' && code !== 'unavailable') return error;
  return new ProblemError(code, message ?? '', {
    cause: error,
    ...(retryAfterS !== undefined && { retryAfterS }),
  });
}
