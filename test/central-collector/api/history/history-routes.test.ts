import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Gate } from '../../../../central-collector/api/accounts/gate.ts';
import {
  addHistoryRoutes,
  HISTORY_ROUTES,
  type HistorySource,
} from '../../../../central-collector/api/history/history-routes.ts';
import { problemOf, sendProblem } from '../../../../central-collector/api/problem.ts';
import type {
  FlowsAnswer,
  HistoryQuery,
  TurningAnswer,
} from '../../../../central-collector/api/schemas/history.ts';
import { flowsAnswer } from '../../../../central-collector/api/schemas/history.ts';

let server: FastifyInstance;
const asked: HistoryQuery[] = [];
afterEach(async () => {
  asked.length = 0;
  await server?.close();
});

const page = (hours: readonly number[], next: string | null): FlowsAnswer => ({
  from: '2026-11-22T00:00:00.000+07:00',
  to: '2026-11-22T03:00:00.000+07:00',
  ...{ every: '1h', timeZone: 'Asia/Ho_Chi_Minh', next },
  intervals: hours.map((hour) => `2026-11-22T0${hour}:00:00.000+07:00`),
  series: [
    {
      ...{ camera: 's/a/c', line: 'l', direction: 'in' },
      coverage: hours.map((hour) => (hour === 1 ? 0 : 1)),
      n: hours.map((hour) => (hour === 1 ? null : 10 * hour)),
      low: hours.map(() => null),
      high: hours.map(() => null),
      perHour: hours.map((hour) => (hour === 1 ? null : 10.5 * hour)),
    },
  ],
});

const turning: TurningAnswer = {
  ...{
    from: '2026-11-22T00:00:00.000+07:00',
    to: '2026-11-22T02:00:00.000+07:00',
    every: '1h',
    timeZone: 'Asia/Ho_Chi_Minh',
  },
  ...{ camera: 's/a/c', next: null },
  intervals: [
    {
      ...{ from: '2026-11-22T00:00:00.000+07:00', to: '2026-11-22T01:00:00.000+07:00', coverage: 0.5 },
      movements: [
        { entryLine: 'l', exitLine: 'm', counts: { car: 2, bus: 1 }, total: 3, meanDurationS: 4.5 },
      ],
    },
    {
      from: '2026-11-22T01:00:00.000+07:00',
      to: '2026-11-22T02:00:00.000+07:00',
      coverage: 0,
      movements: [],
    },
  ],
};

function start(source: Partial<HistorySource>): void {
  server = Fastify();
  server.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  const everybody = {
    requires: () => async () => undefined,
    principalOf: () => undefined,
  } as unknown as Gate;
  addHistoryRoutes(server, everybody, source as HistorySource);
}

const twoPages: Partial<HistorySource> = {
  flows: async (query) => {
    asked.push(query);
    return query.cursor === undefined ? page([0, 1], 'x') : page([2], null);
  },
};
const DAY = 'from=2026-11-22&to=2026-11-23';

describe('flows over HTTP', () => {
  it('are JSON, a page at a time, that may be kept and asked for again', async () => {
    start(twoPages);
    const answer = await server.inject(`/flows?${DAY}&camera=s/a/c,s/a/d&roadUser=car&roadUser=bus&limit=2`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'private, no-cache', vary: 'accept' });
    expect(flowsAnswer.parse(answer.json())).toEqual(page([0, 1], 'x'));
    expect(asked[0]).toMatchObject({
      camera: ['s/a/c', 's/a/d'],
      roadUser: ['car', 'bus'],
      limit: 2,
      every: '1h',
    });
  });

  it.each([
    ['format=csv', {}],
    ['', { accept: 'text/csv' }],
  ])('are CSV of all pages with %j and the headers %j', async (more, headers) => {
    start(twoPages);
    const answer = await server.inject({ url: `/flows?${DAY}&${more}`, headers });
    expect(answer.headers['content-type']).toMatch(/^text\/csv; charset=utf-8/);
    expect(answer.headers['content-disposition']).toBe(
      'attachment; filename="flows_2026-11-22_2026-11-22_1h.csv"',
    );
    expect(answer.body.split('\r\n')).toEqual([
      'from,to,camera,line,direction,lane,roadUser,coverage,n,low,high,perHour',
      '2026-11-22T00:00:00.000+07:00,2026-11-22T01:00:00.000+07:00,s/a/c,l,in,,,1,0,,,0',
      '2026-11-22T01:00:00.000+07:00,2026-11-22T02:00:00.000+07:00,s/a/c,l,in,,,0,,,,',
      '2026-11-22T02:00:00.000+07:00,2026-11-22T03:00:00.000+07:00,s/a/c,l,in,,,1,20,,,21',
      '',
    ]);
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, 'x']);
  });

  it('are one sum where nothing is to be kept apart', async () => {
    start(twoPages);
    await server.inject(`/flows?${DAY}&by=none`);
    await server.inject(`/flows?${DAY}&by=line,direction`);
    expect(asked.map(({ by }) => by)).toEqual([[], ['line', 'direction']]);
  });

  it('are CSV of one page where a limit says so', async () => {
    start(twoPages);
    expect((await server.inject(`/flows?${DAY}&format=csv&limit=2`)).body.split('\r\n')).toHaveLength(4);
  });

  it.each([
    ['to=2026-11-23', 'query.from'],
    [`${DAY}&every=2h`, 'query.every'],
    [`${DAY}&tz=Mars/Olympus`, 'query.tz'],
    [`${DAY}&camera=c`, 'query.camera.0'],
    [`${DAY}&line=l'--`, 'query.line'],
    [`${DAY}&by=colour`, 'query.by.0'],
    [`${DAY}&drop=1`, 'query'],
    [`${DAY}&limit=0`, 'query.limit'],
  ])('asked for as %s are refused with the place', async (query, path) => {
    start(twoPages);
    const answer = await server.inject(`/flows?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      code: 'invalid-request',
      errors: [expect.objectContaining({ path })],
    });
    expect(asked).toEqual([]);
  });

  it('say what to do when InfluxDB is away, also for CSV', async () => {
    const error = Object.assign(new Error('ask again when it is back'), {
      code: 'unavailable',
      retryAfterS: 10,
    });
    start({ flows: () => Promise.reject(error) });
    for (const format of ['json', 'csv']) {
      const answer = await server.inject(`/flows?${DAY}&format=${format}`);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('10');
      expect(answer.json()).toMatchObject({ code: 'unavailable', detail: 'ask again when it is back' });
    }
  });

  it('refuse a file without end', async () => {
    start({ flows: async () => ({ ...page([0], null), every: '1m', to: '2036-11-22T00:00:00.000+07:00' }) });
    const answer = await server.inject(`/flows?${DAY}&format=csv&every=1m`);
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringMatching(/too long/)]);
  });

  it('break off a file that cannot be finished, so that nobody takes it for whole', async () => {
    const long = page(
      Array.from({ length: 2000 }, () => 2),
      'x',
    );
    start({
      flows: async ({ cursor }) => {
        if (cursor === undefined) return long;
        if (cursor === 'x') return { ...long, next: 'y' };
        throw Object.assign(new Error('InfluxDB is gone'), { code: 'unavailable' });
      },
    });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${url}/flows?${DAY}&format=csv`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('turning movements as CSV', () => {
  it('have a row for each movement, and one for an interval without any', async () => {
    start({ turningMovements: async () => turning });
    const { body } = await server.inject(`/turning-movements?${DAY}&camera=s/a/c&format=csv`);
    expect(body.split('\r\n')).toEqual([
      'from,to,camera,coverage,entryLine,exitLine,car,motorcycle,bus,truck,bicycle,person,vehicle,total,meanDurationS',
      '2026-11-22T00:00:00.000+07:00,2026-11-22T01:00:00.000+07:00,s/a/c,0.5,l,m,2,,1,,,,,3,4.5',
      '2026-11-22T01:00:00.000+07:00,2026-11-22T02:00:00.000+07:00,s/a/c,0,,,,,,,,,,,',
      '',
    ]);
  });
});

describe('the routes of the past', () => {
  it('are for those who may read, with an answer and a query each', () => {
    expect(HISTORY_ROUTES.map(({ path }) => path)).toEqual([
      ...['/flows', '/speeds', '/headways', '/occupancy', '/zones', '/turning-movements'],
    ]);
    for (const { access, cache, answer, query, produces } of HISTORY_ROUTES) {
      expect([access, cache, produces]).toEqual(['read', 'private', ['text/csv']]);
      expect([answer, query]).not.toContain(undefined);
    }
  });
});
