// The page as it is built, with a stand-in for the centre behind it: tests say what it answers, when it falls silent and
// when it goes away. Its answers are checked against the API's own descriptions.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { flowsAnswer } from '../../central-collector/api/schemas/history.ts';
import { type IncidentAnswer, incidentsAnswer } from '../../central-collector/api/schemas/incidents.ts';
import * as places from '../../central-collector/api/schemas/places.ts';
import type { StreamKind } from '../../central-collector/api/schemas/stream.ts';

const DIST = 'dist/central-collector/dashboard';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};
/** As the collector's: a page that needs more than this does not work there. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; media-src 'self' blob:; img-src 'self' data: blob:";
const HEARTBEAT_MS = 500;

export const CAMERA = 'hai-phong/box-017/nga-tu-1';
export const AWAY = 'hai-phong/box-018/cau-rao';

export type AskedFor = {
  readonly method: string;
  /** Below /api/v1, with its query. */
  readonly path: string;
  readonly body: unknown;
};

/** Of JSON, or of a JPEG as a buffer. */
export type Answer = { readonly status: number; readonly body?: unknown };

type Stream = {
  readonly kinds: readonly string[];
  readonly send: (kind: StreamKind, event: string) => void;
  readonly end: () => void;
};

export class StandInCentre {
  readonly url: string;
  /** Paths below /api/v1 in the order in which they were asked for, without their queries. */
  readonly asked: string[] = [];
  signedIn = true;
  /** Connections stay open and nothing is said. */
  silent = false;
  /** False: a proxy lets none through. */
  webSockets = true;
  /** What the heartbeat tells of. */
  problems: string[] = [];
  tiles: places.Tile[] = [tile(CAMERA, 'Ngã tư Lạch Tray'), awayTile()];
  incidents: IncidentAnswer[] = [];
  map: unknown = { type: 'FeatureCollection', features: [] };
  sites: places.SiteAnswer[] = [SITE];
  /** Answers before the stand-in does, for pages that change something; undefined leaves it to the stand-in. */
  answer: ((asked: AskedFor) => Answer | undefined | Promise<Answer | undefined>) | undefined;
  readonly #server;
  readonly #streams = new Set<Stream>();
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #heartbeat;
  #id = 100;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request, socket, head) => {
      if (!this.webSockets) socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      else this.#sockets.handleUpgrade(request, socket, head, (client) => this.#webSocket(request, client));
    });
    this.#heartbeat = setInterval(
      () => this.tell('heartbeat', { now: iso(), problems: this.problems }),
      HEARTBEAT_MS,
    );
  }

  static async open(): Promise<StandInCentre> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StandInCentre(server);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.drop();
    this.#sockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Ends all streams, as a restart does. */
  drop(): void {
    for (const { end } of this.#streams) end();
    this.#streams.clear();
  }

  tell(kind: StreamKind, data: unknown): void {
    if (this.silent) return;
    const text = this.#event(kind, data);
    for (const { send, kinds } of this.#streams) if (kinds.includes(kind)) send(kind, text);
  }

  #event(kind: StreamKind, data: unknown): string {
    const momentary = ['tile', 'hello', 'heartbeat', 'gap', 'slow'].includes(kind);
    const id = momentary ? '-' : String(++this.#id);
    const type = `ngatu.${kind}.v1`;
    return JSON.stringify({ specversion: '1.0', id, source: '/ngatu/centre', type, time: iso(), data });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith('/api/')) {
      const file = join(DIST, url.pathname);
      const found = extname(file) !== '' && existsSync(file) ? file : join(DIST, 'index.html');
      response.writeHead(200, {
        'content-type': TYPES[extname(found)] ?? 'text/plain',
        'content-security-policy': POLICY,
      });
      response.end(readFileSync(found));
      return;
    }
    const path = url.pathname.replace('/api/v1', '');
    this.asked.push(path);
    if (path === '/events') {
      this.#stream(url, request, response);
      return;
    }
    const answer = (await this.#answerOfTest(request, path + url.search)) ?? this.#answerTo(path);
    const { status, body } = answer;
    const json = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, { 'content-type': Buffer.isBuffer(body) ? 'image/jpeg' : json });
    response.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  async #answerOfTest(request: IncomingMessage, path: string) {
    if (this.answer === undefined) return undefined;
    let text = '';
    for await (const chunk of request) text += chunk;
    return this.answer({
      method: request.method ?? '',
      path,
      body: text === '' ? undefined : JSON.parse(text),
    });
  }

  #stream(url: URL, request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const leave = this.#enter(url, {
      send: (kind, text) => response.write(`event: ${kind}\ndata: ${text}\n\n`),
      end: () => response.destroy(),
    });
    request.on('close', leave);
  }

  #webSocket(request: IncomingMessage, client: WebSocket): void {
    const leave = this.#enter(new URL(request.url ?? '/', this.url), {
      send: (_, text) => client.send(text),
      end: () => client.terminate(),
    });
    client.on('close', leave);
  }

  #enter(url: URL, way: Pick<Stream, 'send' | 'end'>): () => void {
    const stream = { ...way, kinds: (url.searchParams.get('type') ?? '').split(',') };
    this.#streams.add(stream);
    const hello = { now: iso(), newestId: String(this.#id), heartbeatS: 2 };
    if (!this.silent) stream.send('hello', this.#event('hello', hello));
    return () => this.#streams.delete(stream);
  }

  #answerTo(path: string): { readonly status: number; readonly body: unknown } {
    if (path === '/centre') return ok(places.centreAnswer.parse(CENTRE));
    if (!this.signedIn) return problem(401, 'not-signed-in', 'there is no session');
    switch (path) {
      case '/session':
        return ok(SESSION);
      case '/tiles':
        return ok(places.tilesAnswer.parse({ now: iso(), lastEventId: String(this.#id), tiles: this.tiles }));
      case '/cameras':
        return ok(places.camerasAnswer.parse({ cameras: this.tiles.map(cameraOf), next: null }));
      case '/sites':
        return ok(places.sitesAnswer.parse({ sites: this.sites }));
      case '/boxes':
        return ok(places.boxesAnswer.parse({ boxes: [box('box-017'), awayBox()], next: null }));
      case '/health':
        return ok(places.healthAnswer.parse({ ...HEALTH, now: iso(), problems: this.problems }));
      case '/incidents':
        return ok(incidentsAnswer.parse({ incidents: this.incidents, next: null, problem: null }));
      case '/map':
        return ok(this.map);
      case '/flows':
        return ok(flowsAnswer.parse(lastHour()));
      default: {
        const found = this.tiles.find(({ camera }) => `/cameras/${camera}` === path);
        return found === undefined
          ? problem(404, 'not-found', 'there is nothing at this address')
          : ok(places.cameraAnswer.parse(cameraOf(found)));
      }
    }
  }
}

export function tile(camera: string, name: string, change: Partial<places.Tile> = {}): places.Tile {
  return {
    camera,
    name,
    state: 'live',
    detail: null,
    at: iso(),
    freshUntil: iso(-3000),
    windowMin: 15,
    coverage: 0.98,
    flows: [flow('towards', 321), flow('away', 204)],
    minutes: [20, 31, null, null, 28, 24, 30],
    activeIncidents: 0,
    ...change,
  };
}

export function flow(direction: string, motorcycles: number): NonNullable<places.Tile['flows']>[number] {
  const counts = { motorcycle: motorcycles, car: 80, bus: 3, truck: 7, bicycle: 2 };
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return {
    line: 'north',
    direction,
    counts,
    total,
    perHour: total * 4,
    meanSpeedKmh: 27.4,
    levelOfService: direction === 'away' ? 'B' : 'D',
  };
}

function awayTile(): places.Tile {
  return tile(AWAY, 'Cầu Rào', {
    state: 'offline',
    freshUntil: iso(-25 * 60_000),
    coverage: 0,
    flows: null,
    minutes: [null, null, null, null],
  });
}

function cameraOf({ camera: id, name, state }: places.Tile): places.CameraAnswer {
  const [site = '', agent = '', camera = ''] = id.split('/');
  return {
    id,
    site,
    agent,
    camera,
    name,
    state,
    since: iso(-3_600_000),
    fault: null,
    detail: null,
    coverage: 0.98,
    lastEventAt: iso(-3000),
    position: id === CAMERA ? { lat: 20.84, lon: 106.69 } : null,
    picture: { width: 1280, height: 720 },
    lines: [{ line: 'north', directions: ['towards', 'away'] }],
    zones: [],
  };
}

function box(agent: string): places.BoxAnswer {
  return {
    site: 'hai-phong',
    agent,
    state: 'online',
    reason: null,
    since: iso(-3_600_000),
    version: '0.1.0',
    problem: null,
    startedAt: iso(-3_600_000),
    health: {
      at: iso(-4000),
      uptimeS: 3600,
      cpu: 0.4,
      rssBytes: 300e6,
      loadAverage: 1,
      temperatureC: 55,
      clockOffsetMs: 3,
      outbox: { batches: 1, bytes: 2000, oldestAt: iso(-700), dropped: 0 },
      cameras: [
        {
          camera: 'nga-tu-1',
          fps: 9.9,
          framesAnalysed: 99,
          framesDropped: 0,
          reconnects: 0,
          latencyP95Ms: 180,
        },
      ],
    },
    batchesMissing: 0,
    lastBatchAt: iso(-900),
  };
}

function awayBox(): places.BoxAnswer {
  return { ...box('box-018'), state: 'offline', reason: 'lost', since: iso(-25 * 60_000) };
}

function lastHour() {
  const from = Math.floor(Date.now() / 60_000) * 60_000 - 60 * 60_000;
  const intervals = Array.from({ length: 60 }, (_, i) => new Date(from + i * 60_000).toISOString());
  const n = intervals.map((_, i) => (i > 20 && i < 26 ? null : 10 + (i % 7)));
  return {
    from: intervals[0],
    to: new Date(from + 60 * 60_000).toISOString(),
    every: '1m',
    timeZone: CENTRE.timeZone,
    intervals,
    series: [
      {
        line: 'north',
        direction: 'towards',
        coverage: n.map((one) => (one === null ? 0 : 1)),
        n,
        low: n.map(() => null),
        high: n.map(() => null),
        perHour: n.map((one) => (one === null ? null : one * 60)),
      },
    ],
    next: null,
  };
}

export function iso(ms = 0): string {
  return new Date(Date.now() + ms).toISOString();
}

function ok(body: unknown) {
  return { status: 200, body };
}

function problem(status: number, code: string, detail: string) {
  return { status, body: { type: `urn:ngatu:problem:${code}`, code, title: code, status, detail } };
}

const CENTRE = {
  name: 'Hải Phòng',
  version: '0.1.0',
  timeZone: 'Asia/Ho_Chi_Minh',
  language: 'vi',
  tiles: null,
  now: new Date().toISOString(),
} as const;

const SITE = {
  site: 'hai-phong',
  name: 'Hải Phòng',
  position: { lat: 20.8561, lon: 106.6822 },
  cameras: { total: 2, live: 1, fault: 0, offline: 1 },
  activeIncidents: 0,
  worstSeverity: null,
};

const HEALTH = {
  ok: true,
  totals: { events_stored: 12_345 },
  gauges: { broker_connected: 1 },
  quarantined: {},
};

const SESSION = {
  user: 'minh',
  displayName: 'Trần Thị Minh',
  role: 'engineer',
  permissions: ['read', 'stream', 'verdict', 'configure', 'quarantine'],
  kind: 'session',
  passwordChangeRequired: false,
  csrfToken: 'token',
  expiresAt: iso(86_400_000),
};
