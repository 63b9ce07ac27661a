// Incidents below /api/v1: lists, one with its timeline and evidence, verdicts, statistics.

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { localIso, momentMs } from '../../local-time.ts';
import type { Gate } from '../accounts/gate.ts';
import { ProblemError } from '../problem.ts';
import { type Asked, addRoute } from '../route.ts';
import { CSV_HEAD, csvLines } from './incident-csv.ts';
import { INCIDENT_ROUTES } from './incident-routes.ts';
import {
  asProblem,
  type EvidenceKind,
  type IncidentsPage,
  type IncidentsSource,
} from './incidents-source.ts';
import { sendFile } from './send-file.ts';

const DAY_MS = 86_400_000;
const USUAL_SPAN_MS = 30 * DAY_MS;

/** Incidents whose box's clock is ahead are in lists without an end too. */
const AHEAD_MS = DAY_MS;

const CSV_PAGE = 500;

/** More have to be asked in parts: a spreadsheet takes a million lines, and somebody is waiting. */
const MAX_CSV_ROWS = 100_000;

const EVIDENCE_TYPES: Readonly<Record<EvidenceKind, { type: string; ending: string }>> = {
  snapshot: { type: 'image/jpeg', ending: 'jpg' },
  clip: { type: 'video/mp4', ending: 'mp4' },
};

export function addIncidentRoutes<File extends { readonly sha256: string | undefined }>(
  server: FastifyInstance,
  gate: Gate,
  source: IncidentsSource<File>,
): void {
  addRoute(server, gate, INCIDENT_ROUTES.list, async ({ query, reply }) => {
    const { tz = source.timeZone, from, to, limit, cursor, format, ...filter } = query;
    const page = { ...filter, ...rangeOf({ from, to, tz }), timeZone: tz };
    if (format === 'csv') {
      const lines = await csvOf(source, page);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="incidents.csv"')
        .send(Readable.from(lines));
    }
    return asProblem(source.list({ ...page, limit, after: placeOf(source, cursor) }));
  });

  addRoute(server, gate, INCIDENT_ROUTES.statistics, async ({ query }) => {
    const { tz = source.timeZone, from, to, ...filter } = query;
    const range = rangeOf({ from, to, tz }, 0);
    const found = await asProblem(source.statistics({ ...filter, ...range }));
    const [first, last] = [range.fromMs, range.toMs].map((atMs) => localIso(atMs, tz));
    return { from: first ?? '', to: last ?? '', timeZone: tz, ...found };
  });

  addRoute(server, gate, INCIDENT_ROUTES.get, ({ params }) => asProblem(source.get(params.incident)));

  addRoute(server, gate, INCIDENT_ROUTES.judge, ({ params, body, principal, request }) => {
    const { verdict, note, key } = body;
    const audit = (outcome: 'asked' | 'not-done') =>
      gate.audit(request, {
        action: outcome === 'asked' ? `incident-${ACTIONS[verdict]}` : 'not-done',
        target: params.incident,
        detail: {
          ...(outcome === 'not-done' && { action: `incident-${ACTIONS[verdict]}` }),
          ...(note !== undefined && { note }),
        },
      });
    const given = { verdict, ...(note !== undefined && { note }), ...(key !== undefined && { key }) };
    return asProblem(source.judge(params.incident, { ...given, by: principal?.user ?? '', audit }));
  });

  for (const kind of ['snapshot', 'clip'] as const) {
    addRoute(server, gate, INCIDENT_ROUTES[kind], (asked) => sendEvidence(source, kind, asked));
  }
}

/** As the audit log tells them. */
const ACTIONS = {
  acknowledge: 'acknowledged',
  confirm: 'confirmed',
  'false-alarm': 'false-alarm',
  clear: 'cleared',
  note: 'noted',
} as const;

async function sendEvidence<File extends { readonly sha256: string | undefined }>(
  source: IncidentsSource<File>,
  kind: EvidenceKind,
  { params, request, reply }: Asked<(typeof INCIDENT_ROUTES)['clip']>,
) {
  const file = await asProblem(source.evidenceOf(params.incident, kind));
  const gone = new AbortController();
  const onClose = () => gone.abort(new Error('nobody waits for it any more'));
  reply.raw.once('close', onClose);
  try {
    const bytes = await asProblem(source.evidence(file, gone.signal));
    const { type, ending } = EVIDENCE_TYPES[kind];
    const name = `${params.incident.replace(/[^A-Za-z0-9._-]/g, '-')}.${ending}`;
    return sendFile(request, reply, { bytes, type, sha256: file.sha256, name });
  } finally {
    reply.raw.off('close', onClose);
  }
}

type Range = { readonly from: string | undefined; readonly to: string | undefined; readonly tz: string };

function rangeOf({ from, to, tz }: Range, aheadMs = AHEAD_MS): { fromMs: number; toMs: number } {
  const nowMs = Date.now();
  const toMs = to === undefined ? nowMs + aheadMs : momentMs(to, tz);
  const fromMs = from === undefined ? Math.min(toMs, nowMs) - USUAL_SPAN_MS : momentMs(from, tz);
  if (fromMs < toMs) return { fromMs: Math.max(0, fromMs), toMs };
  throw new ProblemError('invalid-request', `expected from before to, got ${from} and ${to ?? 'now'}`);
}

function placeOf(
  source: Pick<IncidentsSource<never>, 'placeFrom'>,
  cursor: string | undefined,
): IncidentsPage['after'] {
  if (cursor === undefined) return undefined;
  const place = source.placeFrom(cursor);
  if (place !== undefined) return place;
  throw new ProblemError('invalid-request', 'expected the "next" of the page before as cursor');
}

/** A table is for reckoning: it is whole, or there is none. Throws ProblemError; what fails later ends the download. */
async function csvOf(
  source: Pick<IncidentsSource<never>, 'list' | 'placeFrom'>,
  page: Omit<IncidentsPage, 'limit' | 'after'>,
): Promise<AsyncGenerator<string>> {
  const read = async (cursor?: string) => {
    const answer = await asProblem(source.list({ ...page, limit: CSV_PAGE, after: placeOf(source, cursor) }));
    if (answer.problem !== null) throw new ProblemError('unavailable', answer.problem, { retryAfterS: 5 });
    return answer;
  };
  let answer = await read();
  return (async function* () {
    yield CSV_HEAD;
    for (let rows = 0; ; ) {
      yield csvLines(answer.incidents);
      rows += answer.incidents.length;
      if (answer.next === null) return;
      if (rows >= MAX_CSV_ROWS)
        throw new Error(`more than ${MAX_CSV_ROWS} incidents: ask for a shorter time`);
      answer = await read(answer.next);
    }
  })();
}
