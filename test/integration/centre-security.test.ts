// The control centre of a whole collector, with a real broker and database: what goes through to InfluxDB, https, proxies,
// guessing, and two collectors on one folder.

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROUTE_GROUPS } from '../../central-collector/api/openapi/routes.ts';
import type { RouteDescription } from '../../central-collector/api/route.ts';
import type { CentreOptions } from '../../central-collector/centre-options.ts';
import { FolderLockError } from '../../central-collector/folder-lock.ts';
import {
  type CollectorOptions,
  type RunningCollector,
  startCollector,
} from '../../central-collector/main.ts';
import { admitsBearer } from '../../config/bearer.ts';
import { type Influxdb, startInfluxdb } from '../../scripts/services/influxdb.ts';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.ts';
import { ask, batches, countOf, FakeAgent, until } from './collector-rig.ts';

const PASSWORD = 'bridge lantern seven';

let directory: string;
let broker: Mosquitto;
let influx: Influxdb;
let running: RunningCollector | undefined;
let started = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ngatu-centre-security-'));
  broker = await startMosquitto({ directory: join(directory, 'mosquitto') });
  influx = await startInfluxdb({ directory: join(directory, 'influxdb') });
});
afterEach(async () => {
  await running?.close();
  running = undefined;
});
afterAll(async () => {
  await broker?.stop();
  await influx?.stop();
  await rm(directory, { recursive: true, force: true });
});

function optionsWith(
  centre: Partial<CentreOptions> = {},
  http: Partial<CollectorOptions['http']> = {},
): CollectorOptions {
  started += 1;
  return {
    name: `collector-${started}`,
    mqtt: { url: broker.url, sharedGroup: `group-${started}` },
    influxdb: { url: influx.url, database: 'ngatu', retentionPolicy: 'raw', keep: 'INF' },
    quarantine: { directory: join(directory, `quarantine-${started}`), maxBytes: 1e7 },
    http: { host: '127.0.0.1', port: 0, ...http },
    log: pino({ level: process.env.NGATU_TEST_LOG ?? 'silent' }),
    centre: {
      ...{ name: 'Hải Phòng', timeZone: 'Asia/Ho_Chi_Minh', language: 'vi', version: '0.0.0' },
      ...{ host: '127.0.0.1', hashCost: { logN: 4, r: 8, p: 1 } },
      directory: join(directory, `centre-${started}`),
      ...centre,
    },
  };
}

async function start(options: CollectorOptions): Promise<string> {
  running = await startCollector(options);
  return `http://127.0.0.1:${running.port}`;
}

type Session = { readonly cookie: string; readonly csrf: string };

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** The first administrator, who has chosen a password. */
async function enter(origin: string): Promise<Session> {
  const { oneTimePassword = '' } = running?.firstPassword ?? {};
  const sessionOf = async (response: Response): Promise<Session> => {
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { csrfToken } = (await response.json()) as { csrfToken: string };
    return { cookie, csrf: csrfToken };
  };
  const api = `${origin}/api/v1/session`;
  const first = await sessionOf(await post(api, { name: 'admin', password: oneTimePassword }));
  const change = { currentPassword: oneTimePassword, newPassword: PASSWORD };
  const headers = { cookie: first.cookie, 'x-csrf-token': first.csrf };
  return sessionOf(await post(`${api}/password`, change, headers));
}

/** Texts that mean something in InfluxQL, in regular expressions, in paths and in line protocol. */
const HOSTILE = [
  `x' OR 1=1; DROP DATABASE ngatu; --`,
  `x"; DROP MEASUREMENT passage; --`,
  `x\\'; DROP SERIES FROM passage; --`,
  `/.*/`,
  `x\nDROP DATABASE ngatu`,
  `passage,site=a n=1`,
  `../../../etc/passwd`,
  `\u0000`,
  `__proto__`,
];

function readingRoutes(): RouteDescription[] {
  return ROUTE_GROUPS.flatMap(({ routes }) => Object.values(routes)).filter(
    ({ method, path }) => method === 'GET' && !path.startsWith('/events'),
  );
}

describe('what is asked of the database', () => {
  it('is never what a parameter says: every query and path parameter of every route', async () => {
    // More questions than anybody may ask in a minute.
    const origin = await start(optionsWith({ rateLimits: { signedIn: 100_000, anyone: 100_000 } }));
    const session = await enter(origin);
    const agent = await FakeAgent.connect(broker.url, 'box-1');
    await agent.deliver(batches('box-1', 2, 10));
    await agent.close();
    const before = await countOf(influx.url, 'passage', 'track');
    expect(before).toBe(20);

    const told: string[] = [];
    const tell = async (url: string) => {
      const response = await fetch(`${origin}/api/v1${url}`, { headers: { cookie: session.cookie } });
      const text = await response.text();
      const isKnown = [200, 400, 404].includes(response.status) && !text.includes('root:');
      if (!isKnown) told.push(`${response.status} ${url} ${text.slice(0, 300)}`);
    };
    for (const { path, query } of readingRoutes()) {
      const names = Object.keys(query ? (z.toJSONSchema(query, { io: 'input' }).properties ?? {}) : {});
      const urls = HOSTILE.flatMap((hostile) => {
        const inPath = path.replaceAll(/:(\w+)/g, encodeURIComponent(hostile));
        const asked = names.map((name) => {
          const right = { from: '2026-01-01', to: '2026-01-02', camera: 'hai-phong/box-1/nga-tu-1' };
          const kept = Object.entries(right).filter(([key]) => names.includes(key) && key !== name);
          return `${inPath}?${new URLSearchParams([...kept, [name, hostile]])}`;
        });
        return path === inPath ? asked : [inPath, ...asked];
      });
      await Promise.all(urls.map(tell));
    }
    expect(told).toEqual([]);
    expect(await countOf(influx.url, 'passage', 'track')).toBe(before);
    const databases = await ask(influx.url, 'SHOW DATABASES');
    expect(databases.map(({ name }) => name)).toContain('ngatu');
  });
});

describe('who guesses passwords', () => {
  const guess = (origin: string, name: string, headers: Record<string, string> = {}) =>
    post(`${origin}/api/v1/session`, { name, password: 'not the one, surely' }, headers);

  it('has to wait longer and longer, whichever addresses he claims to have', async () => {
    const origin = await start(optionsWith());
    const answers: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const response = await guess(origin, 'admin', { 'x-forwarded-for': `198.51.100.${n}` });
      answers.push(response.status);
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(answers.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(3);
  });

  it('behind a proxy is told apart from others behind it', async () => {
    const origin = await start(optionsWith({ behindHttps: true }));
    // Names that nobody has, so that only the address counts.
    const statusFrom = async (address: string, n: number) =>
      (await guess(origin, `nobody-${n}`, { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }))
        .status;
    let last = 0;
    for (let n = 0; n < 25; n += 1) last = await statusFrom('198.51.100.1', n);
    expect(last).toBe(429);
    expect(await statusFrom('198.51.100.2', 99)).toBe(401);
  });
});

describe('pages for machines', () => {
  it('want their token beside a centre, whose own pages do not', async () => {
    const admits = admitsBearer({ reveal: () => 'a-token-for-machines' });
    const origin = await start(optionsWith({}, { admits }));
    const statusOf = async (path: string, authorization?: string) =>
      (await fetch(origin + path, { headers: authorization ? { authorization } : {} })).status;
    for (const path of ['/metrics', '/ledger']) {
      expect(await statusOf(path)).toBe(401);
      expect(await statusOf(path, 'Bearer a-token-for-machines')).toBe(200);
    }
    // Other ways to write the address lead to no page for machines.
    for (const path of ['/LEDGER', '//ledger', '/%6cedger', '/metrics/', '/ledger;x']) {
      const response = await fetch(origin + path);
      expect(await response.text(), path).not.toMatch(/"agents"|ngatu_collector_/);
    }
    expect(await statusOf('/api/v1/centre')).toBe(200);
    expect(await statusOf('/api/v1/cameras', 'Bearer a-token-for-machines')).toBe(401);
  });
});

describe('https', () => {
  it('is spoken with the certificate of the configuration: secure cookies, and nothing by plain http', async () => {
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const rsa = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...rsa, ...subject], { stdio: 'ignore' });
    const files = { cert: await readFile(cert), key: await readFile(key) };
    await start(optionsWith({ https: files }));
    const port = running?.port ?? 0;
    const payload = JSON.stringify({ name: 'admin', password: running?.firstPassword?.oneTimePassword });
    const { status, headers } = await byTls(
      { port, path: '/api/v1/session', method: 'POST', ca: files.cert, minVersion: 'TLSv1.2' },
      payload,
    );
    expect(status).toBe(200);
    expect(String(headers['set-cookie'])).toMatch(/^__Host-ngatu=.+HttpOnly; Secure; SameSite=Strict/);
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/);
    await expect(fetch(`http://127.0.0.1:${port}/api/v1/centre`)).rejects.toThrow();
    await expect(byTls({ port, path: '/', ca: files.cert, maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });
});

describe('the folder of the centre', () => {
  it('is one collector’s: another says so, and the first goes on', async () => {
    const options = optionsWith();
    const origin = await start(options);
    const second = { ...optionsWith({ directory: options.centre?.directory ?? '' }) };
    await expect(startCollector(second)).rejects.toThrow(FolderLockError);
    expect((await fetch(`${origin}/api/v1/centre`)).status).toBe(200);
  });
});

describe('streams', () => {
  it('end with the collector, which does not wait for them', async () => {
    const origin = await start(optionsWith());
    const { cookie } = await enter(origin);
    const stream = await fetch(`${origin}/api/v1/events`, { headers: { cookie } });
    const reader = stream.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('retry:');
    expect(stream.headers.get('content-encoding')).toBeNull();
    expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
    const beganMs = performance.now();
    await running?.close();
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    await until(async () => (await reader?.read().catch(() => ({ done: true })))?.done === true, 5000);
  });
});

function byTls(
  options: RequestOptions,
  payload?: string,
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const asked = request({ host: '127.0.0.1', headers, ...options }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    asked.on('error', reject);
    asked.end(payload);
  });
}
