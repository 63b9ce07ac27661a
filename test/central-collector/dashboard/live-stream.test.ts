import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveStream } from '../../../central-collector/dashboard/src/live/stream.ts';

type Listener = (message: { readonly data: string }) => void;

/** The browser's EventSource, which a test feeds and breaks. */
class FakeSource {
  static all: FakeSource[] = [];
  readonly url: URL;
  closed = false;
  onerror: (() => void) | null = null;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(url: string) {
    this.url = new URL(url, 'http://centre');
    FakeSource.all.push(this);
  }

  addEventListener(kind: string, listener: Listener): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener]);
  }

  close(): void {
    this.closed = true;
  }

  tell(kind: string, data: unknown, id = '-'): void {
    const event = JSON.stringify({ id, type: `ngatu.${kind}.v1`, data });
    for (const listener of this.#listeners.get(kind) ?? []) listener({ data: event });
  }

  hello(newestId: string | null = null): void {
    this.tell('hello', { now: new Date().toISOString(), newestId, heartbeatS: 2 });
  }
}

/** The browser's WebSocket; where a proxy lets none through, it ends as soon as it is opened. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static refused = true;
  readonly url: URL;
  closed = false;
  onmessage: ((message: { readonly data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: URL) {
    this.url = url;
    FakeSocket.all.push(this);
    if (FakeSocket.refused) queueMicrotask(() => this.onclose?.());
  }

  close(): void {
    this.closed = true;
  }
}

const LONG_MS = 60_000;
let stream: LiveStream;
let missed: number;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('location', { href: 'https://centre.example/incidents' });
  FakeSource.all = [];
  FakeSocket.all = [];
  FakeSocket.refused = true;
  missed = 0;
  stream = new LiveStream({ kinds: ['tile', 'incident'], onMissed: () => missed++ });
  stream.start();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live stream of the page', () => {
  it('asks for its kinds of events, and hands them to who listens', () => {
    const seen: unknown[] = [];
    const end = stream.on('tile', ({ data }) => seen.push(data));
    expect(source().url.searchParams.get('type')?.split(',')).toEqual(
      expect.arrayContaining(['tile', 'incident', 'hello', 'heartbeat', 'gap', 'slow']),
    );
    source().hello();
    source().tell('tile', { camera: 'a' });
    end();
    source().tell('tile', { camera: 'b' });
    expect(seen).toEqual([{ camera: 'a' }]);
  });

  it('has what is shown asked for once the first connection stands', () => {
    expect(missed).toBe(0);
    source().hello('7');
    expect(missed).toBe(1);
  });

  it('goes on after the last event that it has seen when the connection ends', async () => {
    source().hello('7');
    source().tell('incident', {}, '9');
    source().onerror?.();
    expect(stream.check().state).toBe('cut');
    await vi.advanceTimersByTimeAsync(LONG_MS / 60);
    expect(FakeSource.all).toHaveLength(2);
    expect(source().url.searchParams.get('lastEventId')).toBe('9');
    source().hello('12');
    expect(stream.check().state).toBe('live');
    expect(missed).toBe(1);
  });

  it('goes on after the newest event that hello has named when none has come', async () => {
    source().hello('7');
    source().onerror?.();
    await vi.advanceTimersByTimeAsync(LONG_MS / 60);
    expect(source().url.searchParams.get('lastEventId')).toBe('7');
  });

  it('begins anew, and has all asked for, when events are gone', () => {
    source().hello('7');
    source().tell('gap', { afterId: '7', firstId: '100', why: 'log' });
    expect(FakeSource.all).toHaveLength(2);
    expect(FakeSource.all[0]?.closed).toBe(true);
    expect(source().url.searchParams.has('lastEventId')).toBe(false);
    source().hello('120');
    expect(missed).toBe(2);
  });

  it('begins anew after a night of sleep instead of replaying it', async () => {
    source().hello('7');
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    expect(stream.check().state).toBe('cut');
    await vi.advanceTimersByTimeAsync(LONG_MS / 60);
    expect(source().url.searchParams.has('lastEventId')).toBe(false);
    source().hello('5000');
    expect(missed).toBe(2);
    expect(stream.check().state).toBe('live');
  });

  it('gives up a connection that says nothing, though nothing has closed it', async () => {
    source().hello('7');
    for (let s = 0; s < 14; s++) {
      await vi.advanceTimersByTimeAsync(1000);
      stream.check();
    }
    expect(FakeSource.all.length).toBeGreaterThan(1);
    expect(FakeSource.all[0]?.closed).toBe(true);
  });

  it('waits longer after each failure, at most eight seconds, and not at all when the network comes back', async () => {
    source().onerror?.();
    for (let failures = 0; failures < 8; failures++) {
      const before = FakeSource.all.length;
      await vi.advanceTimersByTimeAsync(8000);
      expect(FakeSource.all.length).toBeGreaterThan(before);
      source().onerror?.();
    }
    const before = FakeSource.all.length;
    stream.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSource.all).toHaveLength(before + 1);
  });

  it('says nothing more once it is stopped', async () => {
    const seen: unknown[] = [];
    stream.on('tile', ({ data }) => seen.push(data));
    source().hello();
    const old = source();
    stream.stop();
    old.tell('tile', { camera: 'a' });
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(seen).toEqual([]);
    expect(FakeSource.all).toHaveLength(1);
  });
});

describe('the way to the stream', () => {
  it('is a WebSocket where there is one: six tabs with Server-Sent Events would lock the seventh out', async () => {
    FakeSocket.refused = false;
    FakeSource.all = [];
    const other = new LiveStream({ kinds: ['passage'], camera: 'hai-phong/box-017/nga-tu-1' });
    const seen: unknown[] = [];
    other.on('passage', ({ data }) => seen.push(data));
    other.start();
    const socket = FakeSocket.all.at(-1);
    expect(socket?.url.href).toMatch(/^wss:\/\/centre\.example\/api\/v1\/events\/ws\?type=passage%2Chello/);
    expect(socket?.url.searchParams.get('camera')).toBe('hai-phong/box-017/nga-tu-1');
    const tell = (type: string, data: unknown, id: string) =>
      socket?.onmessage?.({ data: JSON.stringify({ id, type: `ngatu.${type}.v1`, data }) });
    tell('hello', { now: new Date().toISOString(), newestId: '4', heartbeatS: 2 }, '-');
    tell('passage', { line: 'north' }, '5');
    expect(seen).toEqual([{ line: 'north' }]);
    // It has worked: after an end the same way is tried again, and goes on after the last event.
    socket?.onclose?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all.at(-1)).not.toBe(socket);
    expect(FakeSocket.all.at(-1)?.url.searchParams.get('lastEventId')).toBe('5');
    expect(FakeSource.all).toEqual([]);
    other.stop();
    expect(FakeSocket.all.at(-1)?.closed).toBe(true);
  });

  it('is Server-Sent Events at once where a proxy lets no WebSocket through, and stays so', async () => {
    expect(FakeSocket.all).toHaveLength(1);
    expect(FakeSource.all).toHaveLength(1);
    source().hello('7');
    source().onerror?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(FakeSource.all).toHaveLength(2);
  });

  it('is changed within three seconds where a proxy swallows WebSockets without a word', async () => {
    FakeSocket.refused = false;
    FakeSource.all = [];
    const other = new LiveStream({ kinds: ['tile'] });
    other.start();
    await vi.advanceTimersByTimeAsync(2900);
    other.check();
    expect(FakeSource.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(100);
    other.check();
    expect(FakeSocket.all.at(-1)?.closed).toBe(true);
    source().hello();
    expect(other.check().state).toBe('live');
    other.stop();
  });

  it('is left to come up for twelve seconds: a slow link is no dead one', async () => {
    source().hello('7');
    source().onerror?.();
    await vi.advanceTimersByTimeAsync(1000);
    const slow = source();
    for (let ms = 0; ms < 11_000; ms += 250) {
      stream.check();
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(source()).toBe(slow);
    slow.hello('7');
    expect(stream.check().state).toBe('live');
  });
});

function source(): FakeSource {
  const newest = FakeSource.all.at(-1);
  if (newest === undefined) throw new Error('expected a connection');
  return newest;
}
