import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { tilesAnswer } from '../../../../central-collector/api/schemas/places.ts';
import { batch, CAMERA, cleanUp, passage, send, status } from '../../live/live-rig.ts';
import { closeRigs } from '../accounts/rig.ts';
import { type StreamRig, streamRig } from './stream-rig.ts';

const opened: (() => void)[] = [];

afterEach(async () => {
  for (const end of opened.splice(0)) end();
  await cleanUp();
  await closeRigs();
});

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000 });

type Told = {
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: Record<string, unknown>;
};

class Reader {
  readonly told: Told[] = [];
  headers = new Headers();
  status = 0;
  ended: string | undefined;

  kinds(): string[] {
    return this.told.map(({ type }) => type.split('.')[1] as string);
  }

  of(kind: string): Told[] {
    return this.told.filter(({ type }) => type === `ngatu.${kind}.v1`);
  }
}

async function sse(url: string, token: string, headers: Record<string, string> = {}): Promise<Reader> {
  const reader = new Reader();
  const abort = new AbortController();
  opened.push(() => abort.abort());
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  });
  reader.headers = response.headers;
  reader.status = response.status;
  void (async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (data !== undefined) reader.told.push(JSON.parse(data));
        const id = /^id: (.*)$/m.exec(part)?.[1];
        if (id !== undefined) expect(reader.told.at(-1)?.id).toBe(id);
      }
    }
    reader.ended = 'end';
  })().catch(() => {
    reader.ended = 'cut';
  });
  return reader;
}

async function ws(url: string, token: string): Promise<Reader & { socket: WebSocket }> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: { authorization: `Bearer ${token}` } });
  const reader = Object.assign(new Reader(), { socket });
  opened.push(() => socket.terminate());
  socket.on('message', (data) => reader.told.push(JSON.parse(String(data))));
  socket.on('close', (code, reason) => {
    reader.ended = `${code} ${reason}`;
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      reader.status = response.statusCode ?? 0;
      resolve();
    });
  });
  return reader;
}

function tell({ live }: StreamRig, seq: number, tracks: readonly number[]): void {
  send(
    live,
    batch(
      seq,
      tracks.map((track) => passage(track)),
    ),
    'events',
  );
}

describe('the stream over HTTP', () => {
  it('sends the same events over server-sent events and WebSockets', async () => {
    const rig = await streamRig();
    const token = await rig.token();
    const a = await sse(`${rig.url}/events?type=passage,box`, token);
    const b = await ws(`${rig.url}/events/ws?type=passage&type=box`, token);
    await until(() => a.told.length === 1 && b.told.length === 1);
    tell(rig, 1, [1, 2]);
    send(rig.live, status(Date.now()), 'status');
    await until(() => a.told.length === 4 && b.told.length === 4);
    expect(a.kinds()).toEqual(['hello', 'passage', 'passage', 'box']);
    expect(b.told.slice(1)).toEqual(a.told.slice(1));
    expect(a.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(a.headers.get('x-accel-buffering')).toBe('no');
    expect(a.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(a.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('goes on after the id of the header, or of the query where there is none', async () => {
    const rig = await streamRig();
    const token = await rig.token();
    const first = await sse(`${rig.url}/events?type=passage`, token);
    tell(rig, 1, [1, 2, 3]);
    await until(() => first.of('passage').length === 3);
    const [one, two] = first.of('passage').map(({ id }) => id) as [string, string];
    const header = await sse(`${rig.url}/events?type=passage&lastEventId=${one}`, token, {
      'last-event-id': two,
    });
    const query = await ws(`${rig.url}/events/ws?type=passage&lastEventId=${one}`, token);
    await until(() => header.told.length === 2 && query.told.length === 3);
    expect(header.of('passage').map(({ data }) => data.track)).toEqual([3]);
    expect(query.of('passage').map(({ data }) => data.track)).toEqual([2, 3]);
  });

  it('goes on from the tiles without loss', async () => {
    const rig = await streamRig();
    const token = await rig.token();
    send(rig.live, status(Date.now()), 'status');
    tell(rig, 1, [1]);
    await rig.live.settled();
    const ask = async () => {
      const response = await fetch(`${rig.url}/tiles`, { headers: { authorization: `Bearer ${token}` } });
      return tilesAnswer.parse(await response.json());
    };
    await vi.waitFor(async () => expect((await ask()).lastEventId).not.toBeNull());
    const { tiles, lastEventId } = await ask();
    expect(tiles).toMatchObject([{ camera: CAMERA, state: 'live', windowMin: 15 }]);
    tell(rig, 2, [2]);
    await rig.live.settled();
    const reader = await sse(`${rig.url}/events?type=passage,tile&lastEventId=${lastEventId}`, token);
    await until(() => reader.of('tile').length >= 1 && reader.of('passage').length >= 1);
    expect(reader.of('passage').at(-1)?.data.track).toBe(2);
  });

  it('changes the filter of a WebSocket on its word, and hangs up on what is no filter', async () => {
    const rig = await streamRig();
    const client = await ws(`${rig.url}/events/ws?type=flow`, await rig.token());
    await until(() => client.told.length === 1);
    tell(rig, 1, [1]);
    await rig.live.settled();
    client.socket.send(JSON.stringify({ type: ['passage'], camera: [CAMERA] }));
    client.socket.ping();
    await new Promise((resolve) => client.socket.once('pong', resolve));
    tell(rig, 2, [2]);
    await until(() => client.told.length === 2);
    expect(client.of('passage').map(({ data }) => data.track)).toEqual([2]);
    client.socket.send('give me everything');
    await until(() => client.ended !== undefined);
    expect(client.ended).toContain('1008 expected a filter');
  });

  it.each(['/events', '/events/ws'])(
    'refuses %s to who may not see the stream, and wrong filters',
    async (path) => {
      const rig = await streamRig();
      const token = await rig.token();
      const over = path.endsWith('ws') ? ws : sse;
      expect((await over(`${rig.url}${path}`, 'ngatu_wrong')).status).toBe(401);
      expect((await over(`${rig.url}${path}?type=nothing`, token)).status).toBe(400);
      expect((await over(`${rig.url}${path}?unknown=1`, token)).status).toBe(400);
    },
  );

  it('refuses a WebSocket of a page of somebody else', async () => {
    const rig = await streamRig();
    const browser = await rig.rig.as('viewer');
    const headers = { cookie: browser.cookie as string, origin: 'https://evil.example.org' };
    const socket = new WebSocket(`${rig.url.replace('http', 'ws')}/events/ws`, { headers });
    socket.on('error', () => undefined);
    const code = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
    expect(code).toBe(403);
  });

  it('bounds streams in all and of one token', async () => {
    const rig = await streamRig({ maxStreams: 3, maxOfPrincipal: 2 });
    const [a, b] = [await rig.token(), await rig.token()];
    const first = await sse(`${rig.url}/events`, a);
    await ws(`${rig.url}/events/ws`, a);
    expect((await sse(`${rig.url}/events`, a)).status).toBe(429);
    expect((await ws(`${rig.url}/events/ws`, a)).status).toBe(429);
    expect((await sse(`${rig.url}/events`, b)).status).toBe(200);
    const full = await sse(`${rig.url}/events`, b);
    expect(full.status).toBe(503);
    expect(full.headers.get('retry-after')).toBe('10');
    expect(first.ended).toBeUndefined();
    opened.splice(0, 1)[0]?.();
    await vi.waitFor(async () => expect((await sse(`${rig.url}/events`, b)).status).toBe(200));
  });

  it('ends the streams of somebody who signs out, soon', async () => {
    const rig = await streamRig({ checkMs: 50 });
    const browser = await rig.rig.as('viewer');
    const abort = new AbortController();
    opened.push(() => abort.abort());
    const response = await fetch(`${rig.url}/events`, {
      headers: { cookie: browser.cookie as string },
      signal: abort.signal,
    });
    const socket = new WebSocket(`${rig.url.replace('http', 'ws')}/events/ws`, {
      headers: { cookie: browser.cookie as string },
    });
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    await browser.ask('DELETE', '/api/v1/session');
    expect(await closed).toBe(1008);
    expect(await response.text()).toContain('event: hello');
  });

  it('drops a client that does not read, and the others go on', async () => {
    const rig = await streamRig({}, { limits: { maxBytes: 2_000_000 } });
    const token = await rig.token();
    const { hostname, port } = new URL(rig.url);
    const lazy = connect(Number(port), hostname);
    opened.push(() => lazy.destroy());
    lazy.write(
      `GET /api/v1/events?type=passage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: keep-alive\r\n\r\n`,
    );
    await new Promise((resolve) => lazy.once('data', resolve));
    lazy.pause();
    const lazySocket = await ws(`${rig.url}/events/ws?type=passage`, token);
    lazySocket.socket.pause();
    const good = await sse(`${rig.url}/events?type=passage`, token);
    let seq = 0;
    const more = () => {
      seq += 1;
      tell(
        rig,
        seq,
        Array.from({ length: 500 }, (_, at) => seq * 1000 + at),
      );
    };
    await vi.waitFor(
      async () => {
        more();
        await until(() => good.of('passage').length === seq * 500);
        expect(rig.live.counts.stream_slow).toBe(2);
      },
      { timeout: 20_000, interval: 5 },
    );
    await until(() => good.of('passage').length === seq * 500);
    expect(good.ended).toBeUndefined();
    let text = '';
    lazy.on('data', (chunk) => {
      text += chunk;
    });
    lazy.resume();
    // The last chunk, then the end of the response.
    await until(() => text.endsWith('\r\n0\r\n\r\n'));
    expect(text).toContain('event: slow');
  });

  it('beats', async () => {
    const rig = await streamRig({}, { heartbeatMs: 50, problems: () => ['the disk is full'] });
    const token = await rig.token();
    const a = await sse(`${rig.url}/events?type=incident`, token);
    const b = await ws(`${rig.url}/events/ws?type=incident`, token);
    await until(() => a.of('heartbeat').length > 2 && b.of('heartbeat').length > 2);
    expect(a.of('heartbeat')[0]?.data.problems).toEqual(['the disk is full']);
  });
});
