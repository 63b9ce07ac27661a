// The page's one connection to the live stream. It is made anew when it ends, goes on after the last event that was
// seen, and tells at once when it is not live.

import { signal } from '@preact/signals';
import type { StreamEvent, StreamKind } from '../../../api/schemas/stream.ts';
import { get } from '../api/client.ts';
import { type Connection, CUT_AFTER_MS, elapsedMs, Freshness, type Instant } from './freshness.ts';
import { openTransport, type Transport, type Way } from './transport.ts';

type Handler<K extends StreamKind> = (event: StreamEvent<K>) => void;
type AnyHandler = (event: never) => void;

/** How this page's screens stand to the centre. Shown by the shell; components grey their numbers by it. */
export const connection = signal<Connection>({ state: 'starting', sinceMs: null });

/** What the centre itself is in trouble with, as its heartbeat says. */
export const centreProblems = signal<readonly string[]>([]);

/** Grows when what was asked for before must be asked for anew: events were, or may have been, missed. */
export const renewals = signal(0);

/** The centre's clock, ms; moves on once a second while pages are open. */
export const nowMs = signal(Date.now());

const ALWAYS = ['hello', 'heartbeat', 'gap', 'slow'] as const satisfies StreamKind[];
const KINDS = ['flow', 'incident', 'verdict', 'box', 'camera', 'tile'] as const satisfies StreamKind[];
const TICK_MS = 250;
const FIRST_RETRY_MS = 500;
const MOST_RETRY_MS = 8000;
const REFUSED_FROM_MS = 1000;
/** Some proxies neither let a WebSocket through nor refuse it: the other way is tried before the page counts as cut off. */
const TRIAL_MS = 3000;
/** Cut off for longer, what is shown is asked for anew instead of all that has happened since. */
const RESUME_WITHIN_MS = 120_000;

export type LiveStreamOptions = {
  readonly kinds: readonly StreamKind[];
  /** Only events of this camera. */
  readonly camera?: string;
  /** Events may have been missed: what is shown must be asked for, now that the stream tells what follows. */
  readonly onMissed?: () => void;
  /** It could not be opened, several times: maybe nobody is signed in any more. */
  readonly onRefused?: () => void;
};

/** Calls handlers with what arrives. `start` and `stop` may be called again and again. */
export class LiveStream {
  readonly #options: LiveStreamOptions;
  readonly #handlers = new Map<StreamKind, Set<AnyHandler>>();
  readonly #freshness = new Freshness(instant());
  #transport: Transport | null = null;
  #way: Way = 'websocket';
  /** Whether `#way` has ever brought a word: until then the two take turns. */
  #proven = false;
  /** When this connection was opened, or its last word. */
  #lastSign = instant();
  #lastEventId: string | null = null;
  /** Whether this connection goes on where the last one ended. */
  #resumes = false;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #running = false;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
  }

  /** Calls `handler` for each event of this kind until the function that it gives is called. */
  on<K extends StreamKind>(kind: K, handler: Handler<K>): () => void {
    const handlers = this.#handlers.get(kind) ?? new Set();
    this.#handlers.set(kind, handlers);
    handlers.add(handler as AnyHandler);
    return () => handlers.delete(handler as AnyHandler);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#freshness.restarted(instant());
    this.#lastEventId = null;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#close();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** Looks at the clock; call it several times a second. A connection that is silent for too long is given up. */
  check(): Connection {
    const now = instant();
    const patienceMs = !this.#proven && this.#way === 'websocket' ? TRIAL_MS : CUT_AFTER_MS;
    if (this.#transport !== null && elapsedMs(this.#lastSign, now) >= patienceMs) this.#again();
    return this.#freshness.at(now);
  }

  /** Now rather than after the pause: the machine woke up, the network came back. */
  hurry(): void {
    if (!this.#running || this.#transport !== null) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  serverNowMs(): number {
    return this.#freshness.serverNowMs(instant());
  }

  #connect(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const { sinceMs } = this.#freshness.at(instant());
    if (sinceMs !== null && Date.now() - sinceMs > RESUME_WITHIN_MS) this.#lastEventId = null;
    this.#resumes = this.#lastEventId !== null;
    this.#lastSign = instant();
    const kinds = [...this.#options.kinds, ...ALWAYS];
    this.#transport = openTransport(this.#way, {
      query: { type: kinds, camera: this.#options.camera, lastEventId: this.#lastEventId },
      kinds,
      onEvent: (text) => this.#receive(text),
      onEnd: () => this.#again(),
    });
  }

  #again(): void {
    this.#close();
    if (!this.#running) return;
    const otherWay = !this.#proven && this.#way === 'websocket';
    if (!this.#proven) this.#way = otherWay ? 'sse' : 'websocket';
    if (otherWay) {
      this.#connect();
      return;
    }
    if (this.#retryMs > REFUSED_FROM_MS) this.#options.onRefused?.();
    // Spread: a centre that comes back is not asked by all walls and desks in the same moment.
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs * (0.5 + Math.random() / 2));
    this.#retryMs = Math.min(MOST_RETRY_MS, this.#retryMs * 2);
  }

  #close(): void {
    this.#transport?.close();
    this.#transport = null;
    this.#freshness.closed();
  }

  #receive(text: string): void {
    const event = JSON.parse(text) as StreamEvent;
    const kind = event.type.split('.')[1] as StreamKind;
    this.#lastSign = instant();
    this.#proven = true;
    if (event.id !== '-' && event.id !== '') this.#lastEventId = event.id;
    if (event.type === 'ngatu.hello.v1') {
      this.#retryMs = FIRST_RETRY_MS;
      if (!this.#resumes) this.#options.onMissed?.();
      this.#lastEventId ??= event.data.newestId;
    }
    if (event.type === 'ngatu.hello.v1' || event.type === 'ngatu.heartbeat.v1')
      this.#freshness.heard(Date.parse(event.data.now), instant());
    if (event.type === 'ngatu.gap.v1') {
      // From now on, and what is shown asked for anew as soon as this connection stands.
      this.#lastEventId = null;
      this.#close();
      this.#connect();
    }
    for (const handler of [...(this.#handlers.get(kind) ?? [])])
      (handler as (event: StreamEvent) => void)(event);
  }
}

/** The page's connection, of all cameras. Passages are not in it: a city has thousands a second. */
export const live = new LiveStream({
  kinds: KINDS,
  onMissed: () => {
    renewals.value += 1;
  },
  // Of a stream the browser does not say why it was refused. A session that has ended leads to the sign-in.
  onRefused: () => {
    get('/session').catch(() => undefined);
  },
});

/** Calls `handler` for each event of this kind until the function that it gives is called. */
export function on<K extends StreamKind>(kind: K, handler: Handler<K>): () => void {
  return live.on(kind, handler);
}

/** The centre's clock. */
export function serverNowMs(): number {
  return live.serverNowMs();
}

/** Keeps the signals above true; called once, by the shell. Gives the function that ends it. */
export function watchConnection(): () => void {
  const look = () => {
    const next = live.check();
    const { state, sinceMs } = connection.peek();
    if (next.state !== state || next.sinceMs !== sinceMs) connection.value = next;
    const second = Math.floor(serverNowMs() / 1000) * 1000;
    if (second !== nowMs.peek()) nowMs.value = second;
  };
  const wake = () => {
    look();
    if (connection.peek().state !== 'live') live.hurry();
  };
  const visible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  const ends = [
    on('heartbeat', ({ data }) => {
      if (data.problems.join() !== centreProblems.peek().join()) centreProblems.value = data.problems;
      look();
    }),
    on('hello', look),
  ];
  const timer = setInterval(look, TICK_MS);
  window.addEventListener('online', wake);
  window.addEventListener('focus', wake);
  window.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', visible);
  return () => {
    clearInterval(timer);
    for (const end of ends) end();
    window.removeEventListener('online', wake);
    window.removeEventListener('focus', wake);
    window.removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', visible);
  };
}

function instant(): Instant {
  return { wallMs: Date.now(), steadyMs: performance.now() };
}
