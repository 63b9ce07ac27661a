import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { INCIDENT_ROUTES } from '../../../../central-collector/api/incidents/incident-routes.ts';
import { addIncidentRoutes } from '../../../../central-collector/api/incidents/routes.ts';
import { addRefusals } from '../../../../central-collector/api/refusals.ts';
import {
  incidentDetailAnswer,
  incidentStatisticsAnswer,
  incidentsAnswer,
} from '../../../../central-collector/api/schemas/incidents.ts';
import { placeFrom } from '../../../../central-collector/incidents/incident-walk.ts';
import type { EvidenceFile, IncidentsOptions } from '../../../../central-collector/incidents/incidents.ts';
import {
  BOX,
  CAMERA,
  closeIncidents,
  ID,
  incident,
  noAudit,
  openIncidents,
  T0,
} from '../../incidents/samples.ts';
import { closeRigs, openRig } from '../accounts/rig.ts';

afterEach(async () => {
  await closeIncidents();
  await closeRigs();
});

const LIST = '/api/v1/incidents?from=2026-01-01&to=2027-01-01';
const ONE = `/api/v1/incidents/${ID}`;
const CLIP_BYTES = Buffer.from('0123456789');
const SHA256 = 'a'.repeat(64);

type EvidenceOf = (file: EvidenceFile, signal: AbortSignal) => Promise<Uint8Array>;

async function openApi({
  evidence = async () => CLIP_BYTES,
  ...options
}: Partial<IncidentsOptions> & { evidence?: EvidenceOf } = {}) {
  const board = await openIncidents(options);
  const { incidents } = board;
  const rig = await openRig();
  addRefusals(rig.server, pino({ level: 'silent' }), () => undefined);
  await rig.server.register(
    (api, _options, done) => {
      addIncidentRoutes(api, rig.gate, {
        timeZone: 'Asia/Ho_Chi_Minh',
        placeFrom,
        list: (page) => incidents.list(page),
        get: (id) => incidents.get(id),
        judge: (id, judging) => incidents.judge(id, judging),
        statistics: (asked) => incidents.statistics(asked),
        evidenceOf: (id, kind) => incidents.evidenceOf(id, kind),
        evidence,
      });
      done();
    },
    { prefix: '/api/v1' },
  );
  await vi.waitFor(() => expect(incidents.problems).toEqual([]));
  return { ...board, rig };
}

const withClip = () =>
  incident(2, {
    evidence: { clip: { file: 'x/a.mp4', sha256: SHA256, bytes: 10, fromMs: T0, toMs: T0 + 1 } },
  });

describe('GET /incidents', () => {
  it('lists newest first, with times of the zone that was asked for', async () => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    incidents.take(BOX, incident(1, { id: 'i-2', detectedAtMs: T0 + 1000 }));
    const viewer = await rig.as('viewer');
    const response = await viewer.ask('GET', `${LIST}&tz=UTC`);
    const answer = incidentsAnswer.parse(response.json());
    expect(answer.incidents.map(({ id, detectedAt }) => [id.slice(-1), detectedAt])).toEqual([
      ['2', '2026-03-02T01:00:01.000+00:00'],
      ['1', '2026-03-02T01:00:00.000+00:00'],
    ]);
    const paged = await viewer.ask('GET', `${LIST}&limit=1`);
    const { next } = paged.json();
    const rest = await viewer.ask('GET', `${LIST}&limit=1&cursor=${next}`);
    expect(rest.json()).toMatchObject({ incidents: [{ id: ID }], next: null, problem: null });
  });

  it('takes a local date as its first moment in the zone', async () => {
    const { incidents, rig } = await openApi();
    // Half past midnight of March 2nd in Hải Phòng, March 1st in UTC.
    incidents.take(BOX, incident(1, { detectedAtMs: Date.parse('2026-03-02T00:30:00+07:00') }));
    const viewer = await rig.as('viewer');
    const count = async (query: string) =>
      (await viewer.ask('GET', `/api/v1/incidents?${query}`)).json().incidents.length;
    expect(await count('from=2026-03-02&to=2026-03-03')).toBe(1);
    expect(await count('from=2026-03-02&to=2026-03-03&tz=UTC')).toBe(0);
  });

  it.each([
    ['limit=0', 'query.limit'],
    ['limit=501', 'query.limit'],
    ['state=open', 'query.state'],
    ['camera=nga-tu-1', 'query.camera'],
    ["site=x' OR '1'='1", 'query.site'],
    ['kind=crash,nothing', 'query.kind'],
    ['from=yesterday', 'query.from'],
    ['tz=Mars/Olympus', 'query.tz'],
    ['cursor=nonsense', 'cursor'],
    ['from=2026-03-02&to=2026-03-02', 'before'],
    ['unknown=1', 'query'],
  ])('refuses %s and says where', async (query, place) => {
    const { rig } = await openApi();
    const viewer = await rig.as('viewer');
    const response = await viewer.ask('GET', `/api/v1/incidents?${encodeURI(query)}`);
    expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request']);
    expect(JSON.stringify(response.json())).toContain(place);
  });

  it('gives all that fit as CSV, which no spreadsheet takes for a formula', async () => {
    const { incidents, rig } = await openApi({ cameraName: () => '=cmd|"/c calc"!A1, ngã tư' });
    for (let at = 0; at < 1203; at += 1) {
      incidents.take(BOX, incident(1, { id: `n-${at}`, detectedAtMs: T0 + at * 1000 }));
    }
    await incidents.judge('hai-phong.box-017.n-0', { by: 'an', verdict: 'false-alarm', audit: noAudit });
    const viewer = await rig.as('viewer');
    const { body, headers } = await viewer.ask('GET', `${LIST}&format=csv&limit=1`);
    expect(headers['content-type']).toContain('text/csv');
    const lines = body.split('\r\n');
    expect(lines).toHaveLength(1 + 1203 + 1);
    expect(lines[0]).toMatch(/^\ufeffid,camera,camera_name,kind,/);
    expect(lines[1203]).toContain(`"'=cmd|""/c calc""!A1, ngã tư",stopped-vehicle,low,cleared,false-alarm,`);
    expect(lines[1203]).toContain('"{""durationS"":10}"');
  });

  it('gives no half table: with the database away there is no CSV, and JSON says what is missing', async () => {
    const { incidents, rig, history } = await openApi();
    incidents.take(BOX, incident());
    history.isAway = true;
    const viewer = await rig.as('viewer');
    expect((await viewer.ask('GET', `${LIST}&format=csv`)).statusCode).toBe(503);
    const { problem, incidents: known } = (await viewer.ask('GET', LIST)).json();
    expect([problem, known.length]).toEqual([expect.stringContaining('InfluxDB is away'), 1]);
    // What memory has whole needs no database.
    const today = new Date(T0 + 1 - 29 * 86_400_000).toISOString();
    expect(
      (await viewer.ask('GET', `/api/v1/incidents?from=${today}&to=2027-01-01`)).json().problem,
    ).toBeNull();
  });
});

describe('GET /incidents/:incident', () => {
  it('has versions and verdicts in one timeline', async () => {
    const { incidents, rig } = await openApi();
    for (const version of [1, 2]) incidents.take(BOX, incident(version));
    const operator = await rig.as('operator', 'an');
    await operator.ask('POST', `${ONE}/verdicts`, { verdict: 'acknowledge' });
    incidents.take(BOX, incident(3, { state: 'cleared', updatedAtMs: T0 + 90_000 }));
    const answer = incidentDetailAnswer.parse((await operator.ask('GET', ONE)).json());
    expect(answer).toMatchObject({ picture: { width: 1280, height: 720 }, problem: null });
    expect(answer.timeline.map((entry) => (entry.what === 'version' ? entry.state : entry.verdict))).toEqual([
      ...['detected', 'updated', 'acknowledge', 'cleared'],
    ]);
  });

  it.each(['nothing', 'hai-phong.box-017.none', '..%2F..%2Fetc%2Fpasswd', `x.y.${"'".repeat(90)}`])(
    'does not know %s',
    async (id) => {
      const { rig } = await openApi();
      const viewer = await rig.as('viewer');
      const { statusCode, json } = await viewer.ask('GET', `/api/v1/incidents/${id}`);
      expect([statusCode, json().code]).toEqual([404, 'not-found']);
    },
  );
});

describe('POST /incidents/:incident/verdicts', () => {
  it('answers with the incident as it is then, and stands in the audit log', async () => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    const operator = await rig.as('operator', 'an');
    const given = await operator.ask('POST', `${ONE}/verdicts`, { verdict: 'false-alarm', note: 'a shadow' });
    expect([given.statusCode, given.json()]).toEqual([
      200,
      expect.objectContaining({ state: 'cleared', verdict: 'false-alarm', clearedBy: 'an', notes: 1 }),
    ]);
    const [entry] = await rig.accounts.auditLog.read({ action: 'incident-false-alarm', limit: 5 });
    expect(entry).toMatchObject({ who: 'an', target: ID, detail: { note: 'a shadow' } });
  });

  it.each([
    ['viewer', 403],
    ['operator', 200],
    ['engineer', 200],
    ['administrator', 200],
  ] as const)('of a %s is answered with %i', async (role, status) => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    const browser = await rig.as(role);
    const { statusCode } = await browser.ask('POST', `${ONE}/verdicts`, { verdict: 'confirm' });
    expect(statusCode).toBe(status);
    expect((await incidents.get(ID)).verdict).toBe(status === 200 ? 'confirmed' : null);
  });

  it('of nobody, or of another site, is refused and changes nothing', async () => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    expect((await rig.browser().ask('POST', `${ONE}/verdicts`, { verdict: 'clear' })).statusCode).toBe(401);
    const operator = await rig.as('operator');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answer = await operator.ask('POST', `${ONE}/verdicts`, { verdict: 'clear' }, foreign);
    expect(answer.statusCode).toBe(403);
    expect((await incidents.get(ID)).state).toBe('active');
  });

  it.each([
    [{ verdict: 'delete' }, 400],
    [{ verdict: 'note' }, 400],
    [{ verdict: 'note', note: '   ' }, 400],
    [{ verdict: 'note', note: 'x'.repeat(2001) }, 400],
    [{ verdict: 'clear', by: 'somebody-else' }, 400],
    [{ verdict: 'note', note: 'x'.repeat(100_000) }, 413],
  ])('refuses %o', async (body, status) => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    const operator = await rig.as('operator');
    expect((await operator.ask('POST', `${ONE}/verdicts`, body)).statusCode).toBe(status);
    expect((await incidents.get(ID)).timeline).toHaveLength(1);
  });

  it('with the key of another verdict is a conflict', async () => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    const operator = await rig.as('operator');
    const ask = (verdict: string) => operator.ask('POST', `${ONE}/verdicts`, { verdict, key: 'one-two-3' });
    expect([(await ask('confirm')).statusCode, (await ask('confirm')).statusCode]).toEqual([200, 200]);
    expect((await ask('clear')).statusCode).toBe(409);
    expect(await rig.accounts.auditLog.read({ action: 'incident-confirmed', limit: 5 })).toHaveLength(1);
  });
});

describe('evidence', () => {
  it('is the file of the box, whole or in the parts that a player asks for', async () => {
    const asked: EvidenceFile[] = [];
    const evidence: EvidenceOf = async (file) => {
      asked.push(file);
      return CLIP_BYTES;
    };
    const { incidents, rig } = await openApi({ evidence });
    incidents.take(BOX, withClip());
    const viewer = await rig.as('viewer');
    const whole = await viewer.ask('GET', `${ONE}/clip`);
    expect(whole.headers).toMatchObject({
      'content-type': 'video/mp4',
      etag: `"${SHA256}"`,
      'accept-ranges': 'bytes',
    });
    expect(whole.rawPayload.equals(CLIP_BYTES)).toBe(true);
    expect(asked[0]).toMatchObject({
      ...BOX,
      camera: 'nga-tu-1',
      kind: 'clip',
      file: 'x/a.mp4',
      sha256: SHA256,
    });
    const part = async (range: string) => {
      const { statusCode, body, headers } = await viewer.ask('GET', `${ONE}/clip`, undefined, { range });
      return [statusCode, body, headers['content-range']];
    };
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await part('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await part('bytes=3-99')).toEqual([206, '3456789', 'bytes 3-9/10']);
    expect(await part('bytes=10-')).toEqual([416, '', 'bytes */10']);
    expect(await part('bytes=0-1,4-5')).toEqual([200, '0123456789', undefined]);
    expect(await part('lines=1-2')).toEqual([200, '0123456789', undefined]);
  });

  it('says why there is none', async () => {
    const refusal = (code: string) => Object.assign(new Error('the box keeps its pictures'), { code });
    let code = 'not-allowed';
    const { incidents, rig } = await openApi({ evidence: () => Promise.reject(refusal(code)) });
    incidents.take(BOX, withClip());
    const viewer = await rig.as('viewer');
    const status = async (what: string) => {
      const { statusCode, json } = await viewer.ask('GET', `${ONE}/${what}`);
      return [statusCode, json().code, json().detail];
    };
    expect(await status('clip')).toEqual([403, 'not-allowed', 'the box keeps its pictures']);
    code = 'unavailable';
    expect(await status('clip')).toEqual([503, 'unavailable', 'the box keeps its pictures']);
    expect(await status('snapshot')).toEqual([404, 'not-found', expect.stringContaining('no snapshot')]);
  });
});

describe('GET /incidents/statistics', () => {
  it('counts what alarms were worth', async () => {
    const { incidents, rig } = await openApi();
    incidents.take(BOX, incident());
    await incidents.judge(ID, { by: 'an', verdict: 'confirm', audit: noAudit });
    const viewer = await rig.as('viewer');
    const response = await viewer.ask('GET', '/api/v1/incidents/statistics?from=2026-03-02&to=2026-03-03');
    const answer = incidentStatisticsAnswer.parse(response.json());
    expect(answer).toMatchObject({
      from: '2026-03-02T00:00:00.000+07:00',
      timeZone: 'Asia/Ho_Chi_Minh',
      all: { alarms: 1, confirmed: 1, falseAlarmShare: 0 },
      rows: [{ camera: CAMERA, kind: 'stopped-vehicle', medianAcknowledgeS: 60 }],
    });
    const { from, to } = (await viewer.ask('GET', '/api/v1/incidents/statistics')).json();
    expect(Date.parse(to)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(to) - Date.parse(from)).toBe(30 * 86_400_000);
  });
});

it('all of them ask for a permission', () => {
  expect(Object.values(INCIDENT_ROUTES).map(({ access }) => access)).not.toContain('anyone');
});
