// No secret of a configuration comes out of a running agent or collector: not in a log at its most talkative, on a page, in a
// message, in a file that they write, or in the process list, whether what the secret is for works or refuses it.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startInfluxdb } from '../../scripts/services/influxdb.ts';
import { freePort } from '../../scripts/services/ports.ts';
import { type RunningProcess, startProcess } from '../../scripts/services/process.ts';
import { startRtspServer } from '../../scripts/services/rtsp-server.ts';
import { SCENE_CAMERA, SCENE_CLIP, sceneModel } from '../support/scene.ts';
import { until } from './collector-rig.ts';
import { startSecureBroker, TestAuthority } from './secure-broker.ts';

const NGATU = join(import.meta.dirname, '../../dist/cli/ngatu.js');
const model = sceneModel();

/** With characters that have to be encoded in addresses; the first word is looked for in every text. */
const secretOf = (word: string) => `${word}7Qz/ä@:%41`;
const SECRETS = {
  BROKER_BOX: secretOf('brokerbox'),
  BROKER_CENTRE: secretOf('brokercentre'),
  BROKER_PAGES: secretOf('brokerpages'),
  BROKER_WRONG: secretOf('brokerwrong'),
  CAMERA: secretOf('camera'),
  CAMERA_WRONG: secretOf('camerawrong'),
  INFLUX: secretOf('influx'),
  TOKEN: 'httptoken7Qz-A._~+/=',
};
const USERS = ['hai-phong/box-1', 'hai-phong/box-2', 'collector-1', 'centre-1', 'viewer', 'writer'];

const forms = Object.values(SECRETS).flatMap((secret) => [
  secret,
  secret.slice(0, secret.indexOf('7Qz') + 3),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('hex'),
  ...USERS.map((user) => Buffer.from(`${user}:${secret}`).toString('base64')),
]);

let folder: string;
let echo: Server;
const stops: (() => Promise<unknown>)[] = [];
const programs: RunningProcess[] = [];
const ports: Record<string, number> = {};
const commandLines = new Set<string>();
const seen = { messages: '', pages: '' };

beforeAll(async () => {
  if (model === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'ngatu-secrets-'));
  const authority = await TestAuthority.create(join(folder, 'pki'));
  const broker = await startSecureBroker(authority, join(folder, 'broker'), {
    passwords: await passwordFile(),
    collectors: ['collector-1', 'centre-1', 'spy'],
  });
  stops.push(() => broker.stop());
  const influx = await startInfluxdb({ directory: join(folder, 'influxdb') });
  stops.push(() => influx.stop());
  const camera = await startRtspServer({
    mounts: { '/cam': { clip: SCENE_CLIP } },
    user: 'viewer',
    password: SECRETS.CAMERA,
  });
  stops.push(() => camera.stop());
  const echoUrl = await startEcho();

  const ca = join(authority.directory, 'ca.pem');
  const spy = await connectAsync(broker.url, {
    ca: await readFile(ca),
    username: 'spy',
    password: 'spy',
    protocolVersion: 5,
  });
  stops.push(() => spy.endAsync(true));
  spy.on('message', (topic, payload) => {
    seen.messages += `${topic} ${payload.toString()}\n`;
  });
  await spy.subscribeAsync('ngatu/v1/#', { qos: 1 });

  const mqtt = (username: string, variable: keyof typeof SECRETS) => ({
    url: broker.url,
    username,
    password: { env: variable },
    tls: { ca },
  });
  const source = (variable: keyof typeof SECRETS, url = camera.url('/cam')) => ({
    url,
    username: 'viewer',
    password: { env: variable },
  });
  const database = (url: string) => ({ url, username: 'writer', password: { env: 'INFLUX' } });
  await Promise.all([
    start('edge', 'box-works', {
      ...box('box-1', mqtt('hai-phong/box-1', 'BROKER_BOX')),
      cameras: [cameraOf('north', source('CAMERA')), cameraOf('south', source('CAMERA_WRONG'))],
    }),
    start('edge', 'box-refused', {
      ...box('box-2', mqtt('hai-phong/box-2', 'BROKER_WRONG')),
      // A web camera that says back what it was sent.
      cameras: [cameraOf('west', source('CAMERA_WRONG', `${echoUrl}/video.mjpg`))],
    }),
    start('collector', 'centre-works', {
      mqtt: mqtt('collector-1', 'BROKER_CENTRE'),
      influxdb: database(influx.url),
      quarantine: { directory: './quarantine-works' },
      centre: { mqtt: { username: 'centre-1', password: { env: 'BROKER_PAGES' } } },
    }),
    start('collector', 'centre-refused', {
      mqtt: mqtt('collector-1', 'BROKER_WRONG'),
      influxdb: database(influx.url),
      quarantine: { directory: './quarantine-refused' },
      centre: { enabled: false },
    }),
    start('collector', 'database-refuses', {
      mqtt: mqtt('collector-1', 'BROKER_CENTRE'),
      influxdb: database(echoUrl),
      quarantine: { directory: './quarantine-database' },
      centre: { enabled: false },
    }),
  ]);
});

afterAll(async () => {
  for (const program of programs) await program.stop();
  for (const stop of stops.reverse()) await stop();
  echo?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(model === undefined)('every secret set, every part working or refused', () => {
  it('all parts come to the point where they use their secrets', async () => {
    const isLive = /"camera":"north",[^}]*"state":"live"/;
    await until(() => isLive.test(seen.messages), 90_000, 'the camera that works');
    await until(() => seen.messages.includes('"fault":"unauthorised"'), 90_000, 'the camera that refuses');
    const acknowledged = /^ngatu_collector_acks_sent_total [1-9]/m;
    await until(
      async () => acknowledged.test(await page('centre-works', '/metrics')),
      90_000,
      'an acknowledgement',
    );
    const problems = async (name: string) => {
      const { problems: told } = JSON.parse(await page(name, '/healthz')) as { problems: string[] };
      return told.join();
    };
    await until(
      async () => /Not authorized.*mqtt\.password/.test(await problems('box-refused')),
      60_000,
      'box',
    );
    await until(
      async () => /Not authorized.*mqtt\.password/.test(await problems('centre-refused')),
      60_000,
      'centre',
    );
    await until(async () => /refused the user/.test(await problems('database-refuses')), 60_000, 'database');
  });

  it('pages want the token, and tell nobody what it is', async () => {
    for (const name of Object.keys(ports)) {
      const { status } = await fetch(`http://127.0.0.1:${ports[name]}/metrics`);
      expect([name, status]).toEqual([name, 401]);
      const paths = name.startsWith('box') ? ['/healthz', '/metrics'] : ['/healthz', '/metrics', '/ledger'];
      for (const path of paths) {
        seen.pages += await page(name, path);
        seen.pages += await page(name, path, 'wrong');
      }
    }
    expect(seen.pages).toContain('ngatu_collector_points_stored_total');
    expect(leaks(seen.pages)).toEqual([]);
  });

  it('no message holds one', () => {
    for (const channel of ['status', 'events']) expect(seen.messages).toContain(`/box-1/${channel} {`);
    expect(leaks(seen.messages)).toEqual([]);
  });

  it('no process list showed one, with ffmpeg at work', () => {
    const lines = [...commandLines].join('\n');
    expect(lines).toContain('ngatu.js');
    expect(lines).toContain('ffmpeg');
    expect(leaks(lines)).toEqual([]);
  });

  it('no log at level trace, and no file that they keep, holds one', async () => {
    for (const program of programs) expect((await program.stop()).code).toBe(0);
    const logs = programs.map(({ logFile }) => readFileSync(logFile, 'utf8'));
    for (const log of logs) expect(log.length).toBeGreaterThan(500);
    expect(logs.flatMap(leaks)).toEqual([]);
    for (const name of readdirSync(join(folder, 'work'), { recursive: true, withFileTypes: true })) {
      if (!name.isFile() || name.name.endsWith('.yaml')) continue;
      const path = join(name.parentPath, name.name);
      expect([path, leaks(readFileSync(path, 'latin1'))]).toEqual([path, []]);
    }
  });
});

/** Names of the secrets that a text holds in some form. */
function leaks(text: string): string[] {
  return forms.filter((form) => text.includes(form));
}

async function passwordFile(): Promise<string> {
  const file = join(folder, 'passwd');
  await writeFile(file, '');
  for (const [user, password] of [
    ['hai-phong/box-1', SECRETS.BROKER_BOX],
    ['hai-phong/box-2', 'another'],
    ['collector-1', SECRETS.BROKER_CENTRE],
    ['centre-1', SECRETS.BROKER_PAGES],
    ['spy', 'spy'],
  ] as const) {
    expect(spawnSync('mosquitto_passwd', ['-b', file, user, password]).status).toBe(0);
  }
  return readFile(file, 'utf8');
}

/** Refuses everybody, and says back all that it was sent: what it answers must not be believed to be harmless. */
async function startEcho(): Promise<string> {
  echo = createServer((request, response) => {
    const told = Buffer.from(request.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    const error = `authorization failed: ${request.url} ${request.headers.authorization} ${told}`;
    response.writeHead(401, {
      'www-authenticate': 'Basic realm="x"',
      'x-influxdb-error': error.replace(/[^ -~]/g, '?'),
    });
    response.end(JSON.stringify({ error }));
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
}

function box(agent: string, mqtt: object) {
  const outbox = { directory: `./outbox-${agent}` };
  return { site: 'hai-phong', agent, mqtt, outbox, detector: model };
}

function cameraOf(camera: string, source: object) {
  const { picture, lines } = SCENE_CAMERA;
  return { camera, picture, lines, intervalS: 5, source: { ...source, analysisFps: 2 } };
}

async function start(kind: 'edge' | 'collector', name: string, config: object): Promise<void> {
  const port = await freePort();
  ports[name] = port;
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  const file = join(work, `${name}.yaml`);
  const http = { port, token: { env: 'TOKEN' } };
  await writeFile(file, stringify({ ...config, http, log: { level: 'trace' } }));
  const program = await startProcess({
    name,
    command: process.execPath,
    args: [NGATU, kind, '--config', file],
    logFile: join(folder, `${name}.log`),
    env: SECRETS,
    ready: async () => {
      watchCommandLines();
      return fetch(`http://127.0.0.1:${port}/healthz`).then(
        () => true,
        () => false,
      );
    },
    readyTimeoutMs: 90_000,
  });
  programs.push(program);
}

async function page(name: string, path: string, token = SECRETS.TOKEN): Promise<string> {
  watchCommandLines();
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`http://127.0.0.1:${ports[name]}${path}`, { headers })).text();
}

/** Command lines of the programs, of what they started, and of what that started. */
function watchCommandLines(): void {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const path = `/proc/${pid}/cmdline`;
    try {
      const line = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\0', ' ') : '';
      if (/ngatu\.js|ffmpeg|ffprobe|setpriv/.test(line)) commandLines.add(line);
    } catch {
      // It ended while it was looked at.
    }
  }
}
